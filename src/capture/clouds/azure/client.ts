import { ComputeManagementClient } from '@azure/arm-compute'
import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  type TokenCredential,
} from '@azure/identity'
import type { AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { wholeAnswer } from '../../http/answer.ts'
import type { Access, Live } from '../types.ts'
import { ENVIRONMENTS } from './environment.ts'
import { NO_ID } from './recording.ts'
import type { AzureSettings } from './settings.ts'

/** Opens Microsoft.Compute of an environment, or for a replay one that needs no credentials. */
export function openClient(
  access: Access<AzureSettings>,
  environment: AzureEnvironment,
  credential: TokenCredential,
): ComputeManagementClient {
  const hosts = ENVIRONMENTS[environment]
  const endpoint = (access.live && access.settings.endpoint) || hosts.endpoint
  const client = new ComputeManagementClient(
    credential,
    access.live ? access.settings.subscription : NO_ID,
    {
      endpoint,
      // Without these a national cloud's client asks for a token of the public cloud.
      credentials: { scopes: [hosts.scope] },
      // A recording does not change its answer when asked again.
      ...(!access.live && { retryOptions: { maxRetries: 0 } }),
      // A token goes to the host that it is for, never to where an answer points.
      redirectOptions: { maxRetries: 0 },
      ...perAttempt(wholeAnswer(access.timeout)),
    },
  )
  // A compressed answer that is cut off leaves the SDK waiting for ever; a plain one fails.
  client.pipeline.removePolicy({ name: 'decompressResponsePolicy' })
  // A replay goes nowhere; a proxy of the environment's would hide its requests from the recording.
  if (!access.live) client.pipeline.removePolicy({ name: 'proxyPolicy' })
  return client
}

/** The credentials that OpenShift's engineers keep come first, then whatever the library finds. */
export function openCredential(
  { settings, timeout }: Live<AzureSettings>,
  environment: AzureEnvironment,
  onFailure: (error: unknown) => void,
): TokenCredential {
  const { principal, authority } = settings
  const options = {
    authorityHost: authority ?? ENVIRONMENTS[environment].authority,
    redirectOptions: { maxRetries: 0 },
    ...perAttempt(wholeAnswer(timeout, onFailure)),
    // Microsoft's list of authorities does not know one of somebody's own.
    ...(authority !== undefined && { disableInstanceDiscovery: !isListed(authority) }),
  }
  if (principal === undefined) return new DefaultAzureCredential(options)
  const { tenantId, clientId, clientSecret } = principal
  return new ClientSecretCredential(tenantId, clientId, clientSecret, options)
}

function perAttempt(policy: PipelinePolicy) {
  return { additionalPolicies: [{ position: 'perRetry' as const, policy }] }
}

function isListed(authority: string): boolean {
  const host = URL.canParse(authority) ? new URL(authority).host : authority
  return Object.values(ENVIRONMENTS).some((hosts) => new URL(hosts.authority).host === host)
}

/** For replays, where nobody looks at the token. */
export const NO_CREDENTIAL: TokenCredential = {
  getToken: async () => ({ token: 'replay', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
}
