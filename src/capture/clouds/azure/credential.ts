import type { AccessToken, TokenCredential } from '@azure/identity'
import type { AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { coreClient } from '../../http/core-client.ts'
import type { Hear } from '../../http/hearing.ts'
import { signingIn } from '../../http/others.ts'
import { openTransport, type Send } from '../../http/transport.ts'
import type { Live } from '../types.ts'
import { ENVIRONMENTS } from './environment.ts'
import { SignInRefusal } from './failure.ts'
import type { AzureSettings } from './settings.ts'

/** For replays, where nobody looks at the token. */
export const NO_CREDENTIAL: TokenCredential = {
  getToken: async () => ({ token: 'replay', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
}

/** How long a token has to be good for yet; some of those who give them out keep none. In milliseconds. */
const SPARE = 300_000

/**
 * The credentials that OpenShift's engineers keep come first, then whatever the library finds. Each
 * token that was used is kept, so that the capture can make sure it is in no file, and what the last
 * request for one failed of, which the library leaves out of its error.
 *
 * @param secrets grows by the tokens
 */
export async function openCredential(
  access: Live<AzureSettings>,
  environment: AzureEnvironment,
  secrets: string[],
): Promise<TokenCredential> {
  let failure: Error | undefined
  let last: AccessToken | undefined
  const hear = (heard: Error | undefined) => {
    failure = heard
  }
  const credential = await open(access, environment, hear)
  return {
    async getToken(scopes, options) {
      failure = undefined
      if (last && !options?.claims && last.expiresOnTimestamp - Date.now() > SPARE) return last
      try {
        const token = await signingIn(hear, () => credential.getToken(scopes, options))
        if (token && typeof token.token !== 'string') throw new NoToken()
        if (token) secrets.push(token.token)
        last = token ?? undefined
        return token
      } catch (error) {
        if (error instanceof Error) firstCauseOf(error).cause ??= failure
        throw error
      }
    },
  }
}

async function open(
  { settings, timeout }: Live<AzureSettings>,
  environment: AzureEnvironment,
  hear: Hear,
): Promise<TokenCredential> {
  // A replay signs in nowhere, and the library takes long to load.
  const identity = await import('@azure/identity')
  const { principal, authority, tenant } = settings
  const send = openTransport({ timeout, live: true })
  const options = {
    authorityHost: authority ?? ENVIRONMENTS[environment].authority,
    httpClient: coreClient(reading(send, hear)),
    redirectOptions: { maxRetries: 0 },
    // Microsoft's list of authorities does not know one of somebody's own.
    ...(authority !== undefined && { disableInstanceDiscovery: !isListed(authority) }),
  }
  if (principal === undefined) {
    const process = { processTimeoutInMs: timeout }
    return new identity.DefaultAzureCredential({
      ...options,
      ...process,
      ...(tenant && { tenantId: tenant }),
    })
  }
  const { tenantId, clientId, clientSecret, certificate, certificatePassword } = principal
  if (certificate !== undefined) {
    return new identity.ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate, ...(certificatePassword && { certificatePassword }) },
      options,
    )
  }
  if (clientSecret !== undefined) {
    return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, options)
  }
  return clientId === ''
    ? new identity.ManagedIdentityCredential(options)
    : new identity.ManagedIdentityCredential({ ...options, clientId })
}

/** The library takes whatever az prints, and is given the name of its own error. */
class NoToken extends Error {
  constructor() {
    super('the token is no text')
    this.name = 'CredentialUnavailableError'
  }
}

function firstCauseOf(error: Error): Error {
  return error.cause instanceof Error ? firstCauseOf(error.cause) : error
}

/** Reads in a refusal what the library's errors do not tell. */
function reading(send: Send, hear: Hear): Send {
  return async (request) => {
    const answer = await send(request)
    if (answer.status >= 300) hear(SignInRefusal.of(answer))
    return answer
  }
}

function isListed(authority: string): boolean {
  const host = URL.canParse(authority) ? new URL(authority).host : authority
  return Object.values(ENVIRONMENTS).some((hosts) => new URL(hosts.authority).host === host)
}
