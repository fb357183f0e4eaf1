import { ComputeManagementClient } from '@azure/arm-compute'
import type { TokenCredential } from '@azure/identity'
import type { AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { coreClient } from '../../http/core-client.ts'
import { type Note, openTransport } from '../../http/transport.ts'
import type { Access } from '../types.ts'
import { ENVIRONMENTS } from './environment.ts'
import { NO_ID } from './recording.ts'
import type { AzureSettings } from './settings.ts'

/** Opens Microsoft.Compute of an environment, or for a replay one that needs no credentials. */
export function openClient(
  access: Access<AzureSettings>,
  environment: AzureEnvironment,
  credential: TokenCredential,
  onExchange: Note,
): ComputeManagementClient {
  const hosts = ENVIRONMENTS[environment]
  const { timeout } = access
  const shared = access.live ? access.shared : undefined
  return new ComputeManagementClient(
    credential,
    access.live ? access.settings.subscription : NO_ID,
    {
      endpoint: (access.live && access.settings.endpoint) || hosts.endpoint,
      httpClient: coreClient(openTransport({ timeout, onExchange, live: access.live, shared })),
      // Without these a national cloud's client asks for a token of the public cloud.
      credentials: { scopes: [hosts.scope] },
      // A recording does not change its answer when asked again.
      ...(!access.live && { retryOptions: { maxRetries: 0 } }),
      // A token goes to the host that it is for, never to where an answer points.
      redirectOptions: { maxRetries: 0 },
    },
  )
}
