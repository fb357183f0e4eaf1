import { describe, expect, it } from 'vitest'
import { awsSettings } from '../../../src/capture/clouds/aws/settings.ts'
import { azureSettings } from '../../../src/capture/clouds/azure/settings.ts'
import type { Source } from '../../../src/capture/clouds/cloud.ts'
import { type AzureCriteria, BUILT_IN } from '../../../src/core/criteria/criteria.ts'

const HOME = '/home/somebody'

function createSource(
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

describe('the Azure environment', () => {
  const criteria = BUILT_IN.azure as AzureCriteria
  const GOVERNMENT = 'AzureUSGovernmentCloud'

  it.each([
    ['the default subscription of az login', {}, {}, 'AzurePublicCloud'],
    ['the subscription option', {}, { subscription: 'government' }, GOVERNMENT],
    ['AZURE_SUBSCRIPTION_ID', { AZURE_SUBSCRIPTION_ID: 'GOVERNMENT' }, {}, GOVERNMENT],
    ['the environment option', {}, { 'azure-environment': 'AzureChinaCloud' }, 'AzureChinaCloud'],
    [
      'AZURE_AUTHORITY_HOST',
      { AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' },
      {},
      'AzureChinaCloud',
    ],
    [
      'the default for a service principal',
      { AZURE_CLIENT_ID: 'a', AZURE_SUBSCRIPTION_ID: 'government' },
      {},
      'AzurePublicCloud',
    ],
  ])('comes from %s', (_, env, args, expected) => {
    const resolved = azureSettings.resolve(criteria, createSource(env, PROFILE, args))
    expect(resolved.environment).toBe(expected)
  })

  it('comes from the criteria if they contain a national cloud', () => {
    const national = { ...criteria, environment: GOVERNMENT } as const
    expect(azureSettings.resolve(national, createSource({}, PROFILE)).environment).toBe(GOVERNMENT)
  })

  it('has the tenant of the subscription', () => {
    const settings = azureSettings.read(createSource({}, PROFILE, { subscription: 'government' }))
    expect(settings).toMatchObject({ subscription: 'government', tenant: 't-2' })
  })
})

describe('the AWS region for the sign-in', () => {
  it.each([
    [{ AWS_REGION: 'us-gov-west-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-gov-west-1'],
    [{ AWS_DEFAULT_REGION: 'cn-north-1' }, 'cn-north-1'],
    [{}, undefined],
  ])('for %j is %s', (env, region) => {
    expect(awsSettings.read(createSource(env)).region).toBe(region)
  })
})
