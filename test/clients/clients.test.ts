import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AWS } from './aws.ts'
import { AZ, signIn } from './az.ts'
import { startWorld, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

describe('az', () => {
  it('logs in as a service principal, and finds its subscription', async () => {
    const { tenantId, subscriptionId, clientId } = world.clouds.azure.account
    expect(JSON.parse(await signIn(world))).toMatchObject([
      { id: subscriptionId, tenantId, state: 'Enabled', user: { name: clientId } },
    ])
    expect(JSON.parse(await world.client('az', 'account', 'list-locations'))).toMatchObject([
      { name: 'eastus' },
    ])
  })

  it.each(Object.entries(AZ))('%s', (_, compare) => compare(world))

  it('gives capture its login, its tenant and its subscription', async () => {
    const principal = ['CLIENT_ID', 'CLIENT_SECRET', 'TENANT_ID', 'SUBSCRIPTION_ID']
    const { images } = await world.capture(
      'azure',
      principal.map((name) => `AZURE_${name}`),
    )
    expect(images.length).toBeGreaterThan(50)
  })

  it('takes the latest version by its name, where list goes by numbers', async () => {
    const urn = 'redhat-limited:rh-ocp-worker:rh-ocp-worker:latest'
    const show = ['vm', 'image', 'show', '--location', 'eastus', '--urn', urn]
    expect(JSON.parse(await world.client('az', ...show))).toMatchObject({
      name: '413.92.2023101700',
    })
  })

  it('has no image where capture finds none', async () => {
    const urn = 'azureopenshift:aro4:416-v2:416.94.20240701'
    const outcome = await world.attempt(
      'az',
      ...['vm', 'image', 'show', '--location', 'eastus', '--urn', urn],
    )
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain('(NotFound) Artifact: VMImage was not found.')
    const { queries } = await world.capture('azure')
    expect(queries).toContainEqual(expect.objectContaining({ sku: '416-v2', missing: true }))
  })
})

describe('aws', () => {
  it.each(Object.entries(AWS))('%s', (_, compare) => compare(world))

  it('lists regions that are not enabled, which capture does not query', async () => {
    const { Regions: regions } = JSON.parse(
      await world.client('aws', 'ec2', 'describe-regions', '--all-regions', '--output', 'json'),
    )
    expect(regions).toContainEqual({
      Endpoint: 'ec2.me-south-1.amazonaws.com',
      RegionName: 'me-south-1',
      OptInStatus: 'not-opted-in',
    })
    const { queries } = await world.capture('aws')
    expect(queries.map(({ region }) => region)).not.toContain('me-south-1')
  })
})
