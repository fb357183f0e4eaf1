import { describe, expect, it } from 'vitest'
import { awsSettings } from '../../../src/capture/clouds/aws/settings.ts'
import { azureSettings } from '../../../src/capture/clouds/azure/settings.ts'
import type { Source } from '../../../src/capture/clouds/cloud.ts'
import { type AzureCriteria, BUILT_IN } from '../../../src/core/criteria/criteria.ts'

const HOME = '/home/somebody'

function source(
  env: Source['env'],
  files: Readonly<Record<string, string>> = {},
  args: Source['args'] = {},
): Source {
  return { args, env: { HOME, ...env }, readFile: (path) => files[path] }
}

const SUBSCRIPTIONS = [
  { id: 'public', isDefault: true, tenantId: 't-1', environmentName: 'AzureCloud' },
  { id: 'government', isDefault: false, tenantId: 't-2', environmentName: 'AzureUSGovernment' },
]
const PROFILE = {
  [`${HOME}/.azure/azureProfile.json`]: JSON.stringify({ subscriptions: SUBSCRIPTIONS }),
}

describe("Azure's environment", () => {
  const criteria = BUILT_IN.azure as AzureCriteria
  const GOVERNMENT = 'AzureUSGovernmentCloud'

  it.each([
    ['the default subscription of az login', {}, {}, 'AzurePublicCloud'],
    ['the subscription that is named', {}, { subscription: 'government' }, GOVERNMENT],
    ['AZURE_SUBSCRIPTION_ID', { AZURE_SUBSCRIPTION_ID: 'GOVERNMENT' }, {}, GOVERNMENT],
    ['the option', {}, { 'azure-environment': 'AzureChinaCloud' }, 'AzureChinaCloud'],
    [
      'AZURE_AUTHORITY_HOST',
      { AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' },
      {},
      'AzureChinaCloud',
    ],
    [
      'the public cloud for a service principal',
      { AZURE_CLIENT_ID: 'a', AZURE_SUBSCRIPTION_ID: 'government' },
      {},
      'AzurePublicCloud',
    ],
  ])('is that of %s', (_, env, args, expected) => {
    const resolved = azureSettings.resolve(criteria, source(env, PROFILE, args))
    expect(resolved.environment).toBe(expected)
  })

  it('is that of the criteria if they name a national cloud', () => {
    const own = { ...criteria, environment: GOVERNMENT } as const
    expect(azureSettings.resolve(own, source({}, PROFILE)).environment).toBe(GOVERNMENT)
  })

  it('comes with the tenant of the subscription', () => {
    const settings = azureSettings.read(source({}, PROFILE, { subscription: 'government' }))
    expect(settings).toMatchObject({ subscription: 'government', tenant: 't-2' })
  })
})

describe("AWS's region for the sign-in", () => {
  it.each([
    [{ AWS_REGION: 'us-gov-west-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-gov-west-1'],
    [{ AWS_DEFAULT_REGION: 'cn-north-1' }, 'cn-north-1'],
    [{}, undefined],
  ])('of %j is %s', (env, region) => {
    expect(awsSettings.read(source(env)).region).toBe(region)
  })
})
