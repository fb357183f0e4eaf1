import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AWS } from './aws.ts'
import { AZ, signIn } from './az.ts'
import { startTestClouds, type TestClouds } from './test-clouds.ts'

let testClouds: TestClouds

beforeAll(async () => {
  testClouds = await startTestClouds()
})
afterAll(() => testClouds.close())

describe('az', () => {
  it('signs in as a service principal and finds its subscription', async () => {
    const { tenantId, subscriptionId, clientId } = testClouds.clouds.azure.account
    expect(JSON.parse(await signIn(testClouds))).toMatchObject([
      { id: subscriptionId, tenantId, state: 'Enabled', user: { name: clientId } },
    ])
    expect(JSON.parse(await testClouds.client('az', 'account', 'list-locations'))).toMatchObject([
      { name: 'eastus' },
    ])
  })

  it.each(Object.entries(AZ))('agrees with a snapshot in %s', (_, compare) => compare(testClouds))

  it('provides its credentials, tenant and subscription to capture', async () => {
    const principal = ['CLIENT_ID', 'CLIENT_SECRET', 'TENANT_ID', 'SUBSCRIPTION_ID']
    const { images } = await testClouds.capture(
      'azure',
      principal.map((name) => `AZURE_${name}`),
    )
    expect(images.length).toBeGreaterThan(50)
  })

  it('compares versions as strings to find the latest version', async () => {
    const urn = 'redhat-limited:rh-ocp-worker:rh-ocp-worker:latest'
    const show = ['vm', 'image', 'show', '--location', 'eastus', '--urn', urn]
    expect(JSON.parse(await testClouds.client('az', ...show))).toMatchObject({
      name: '413.92.2023101700',
    })
  })

  it('does not find an image that is missing for capture', async () => {
    const urn = 'azureopenshift:aro4:416-v2:416.94.20240701'
    const outcome = await testClouds.attempt(
      'az',
      ...['vm', 'image', 'show', '--location', 'eastus', '--urn', urn],
    )
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain('(NotFound) Artifact: VMImage was not found.')
    const { queries } = await testClouds.capture('azure')
    expect(queries).toContainEqual(expect.objectContaining({ sku: '416-v2', missing: true }))
  })
})

describe('aws', () => {
  it.each(Object.entries(AWS))('agrees with a snapshot in %s', (_, compare) => compare(testClouds))

  it('lists regions that are not enabled and that capture does not query', async () => {
    const { Regions: regions } = JSON.parse(
      await testClouds.client(
        'aws',
        'ec2',
        'describe-regions',
        '--all-regions',
        '--output',
        'json',
      ),
    )
    expect(regions).toContainEqual({
      Endpoint: 'ec2.me-south-1.amazonaws.com',
      RegionName: 'me-south-1',
      OptInStatus: 'not-opted-in',
    })
    const { queries } = await testClouds.capture('aws')
    expect(queries.map(({ region }) => region)).not.toContain('me-south-1')
  })
})
