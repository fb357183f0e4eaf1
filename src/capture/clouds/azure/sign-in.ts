import { execFile } from 'node:child_process'
import type { AccessToken, TokenCredential } from '@azure/identity'
import { ServiceError, UserError } from '../../../errors.ts'
import { coreClient } from '../../http/core-client.ts'
import {
  concealMessage,
  type Explanation,
  explainConnection,
  explainResponse,
  explainUnknown,
  type Received,
  SignInTrace,
} from '../../http/errors.ts'
import type { Send } from '../../http/message.ts'
import { LONGEST_TIMER } from '../../http/time-limit.ts'
import { OAUTH_ERRORS, SIGN_IN_ERRORS } from './errors.ts'
import { type AzureSettings, ENVIRONMENTS, type Hosts, noCredentials } from './settings.ts'

export const NO_CREDENTIAL: TokenCredential = {
  getToken: async () => ({ token: 'replay', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
}

/** A token is renewed when it expires within this time, in milliseconds. */
const RENEWAL = 300_000

/** Signs in with a service principal file, or else with `DefaultAzureCredential`. */
export async function signIn(
  settings: AzureSettings,
  timeout: number,
  hosts: Hosts,
  send: Send,
): Promise<{ readonly credential: TokenCredential; readonly secrets: readonly string[] }> {
  const { subscription, principal } = settings
  const secrets = [subscription, ...Object.values(principal ?? {}), ...settings.secrets]
  const trace = new SignInTrace()
  const limit = Math.min(timeout, LONGEST_TIMER)
  const credential = await openCredential(settings, hosts, trace.watch(send), limit)
  const load = async (): Promise<AccessToken> => {
    try {
      const received = await credential.getToken(hosts.scope)
      if (typeof received?.token !== 'string') throw new Error('az printed no token')
      if (received.expiresOnTimestamp <= Date.now()) {
        throw new ServiceError(
          'azure: the received token has already expired',
          "Check this machine's clock, or sign in again with az login.",
        )
      }
      secrets.push(received.token)
      return received
    } catch (error) {
      if (error instanceof UserError) throw error
      throw await explain(error as Error, trace, settings, hosts, limit)
    }
  }
  let token = await load()
  const getToken = async () => {
    if (token.expiresOnTimestamp - Date.now() < RENEWAL) token = await load()
    return token
  }
  return { credential: { getToken }, secrets }
}

async function openCredential(
  { principal, authority, tenant }: AzureSettings,
  hosts: Hosts,
  send: Send,
  timeout: number,
): Promise<TokenCredential> {
  // A replay does not sign in, and the library takes long to load.
  const identity = await import('@azure/identity')
  const options = {
    authorityHost: authority ?? hosts.authority,
    httpClient: coreClient(send),
    redirectOptions: { maxRetries: 0 },
    // Microsoft's list of authorities does not contain private ones.
    ...(authority !== undefined && { disableInstanceDiscovery: !isListed(authority) }),
  }
  if (principal === undefined) {
    return new identity.DefaultAzureCredential({
      ...options,
      processTimeoutInMs: timeout,
      ...(tenant && { tenantId: tenant }),
    })
  }
  const { tenantId, clientId, clientSecret, certificate, certificatePassword } = principal
  if (certificate !== '') {
    const pem = { certificate, ...(certificatePassword && { certificatePassword }) }
    return new identity.ClientCertificateCredential(tenantId, clientId, pem, options)
  }
  if (clientSecret !== '') {
    return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, options)
  }
  return new identity.ManagedIdentityCredential({ ...options, ...(clientId && { clientId }) })
}

function isListed(authority: string): boolean {
  const { host } = new URL(authority)
  return Object.values(ENVIRONMENTS).some((hosts) => new URL(hosts.authority).host === host)
}

async function explain(
  error: Error,
  trace: SignInTrace,
  settings: AzureSettings,
  hosts: Hosts,
  timeout: number,
): Promise<ServiceError> {
  const { principal, principalFile } = settings
  const text = messages(error)
  const { failure, success, metadata } = trace
  const response = failure?.response
  // With a missing variable, the sign-in of az is the fallback.
  const printed = settings.missing === undefined ? text : ''
  const number = findNumber(response?.body.toString('utf8')) ?? findNumber(printed)
  const description = response && readJson(response.body).error_description
  const explained =
    (number !== undefined && explainNumber(number, `${description}\n${text}`)) ||
    (failure?.response && explainRefusal(failure)) ||
    trace.explainConnection() ||
    (success && explainForeign(success)) ||
    (await explainAz(printed, settings, hosts, timeout)) ||
    (principal && metadata && explainRefusal(metadata)) ||
    // A principal may fail before any request, for example with an encrypted key.
    (principal && (explainConnection(error) ?? explainUnknown(error, 'sign-in failed: ')))
  if (!explained) {
    return noCredentials(settings.missing, error)
  }
  const isRefused = number !== undefined || response !== undefined
  const remedy = isRefused && principal ? `Renew or remove ${principalFile}.` : explained.remedy
  return new ServiceError(`azure: ${explained.cause}`, remedy, { cause: error })
}

function findNumber(text = ''): string | undefined {
  return /\bAADSTS([0-9]{4,8})\b/.exec(text)?.[1]
}

function explainNumber(number: string, text: string): Explanation {
  const row = SIGN_IN_ERRORS.get(number)
  if (row) return { cause: `sign-in failed: ${row[0]} (AADSTS${number})`, remedy: row[1] }
  const [, message = ''] = new RegExp(`AADSTS${number}: ?([^\\r\\n]*)`).exec(text) ?? []
  const [sentence = ''] = message.split(/ ?Trace ID/)
  return { cause: `sign-in failed: AADSTS${number}: ${concealMessage(sentence)}` }
}

/** A page of a proxy with the status of a token. */
function explainForeign({ host, response }: Received): Explanation | undefined {
  if (/^\s*\{/.test(response.body.toString('utf8'))) return undefined
  return {
    cause: `sign-in at ${host}: the response is not JSON`,
    remedy: 'Check HTTPS_PROXY: a proxy or a sign-in page may have sent the response.',
  }
}

/** An error without an AADSTS number, of an authority or of a managed identity. */
function explainRefusal({ host, response }: Received): Explanation {
  const { error, message, error_description: description = message } = readJson(response.body)
  const code = typeof error === 'string' ? error : ''
  return explainResponse(response.status, code, description, OAUTH_ERRORS, `sign-in at ${host}`)
}

function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString('utf8')))
  } catch {
    return {}
  }
}

const NOT_SIGNED_IN: Explanation = {
  cause: 'az is not signed in, or the sign-in has expired',
  remedy: 'Sign in with az login.',
}

/** The library replaces output of az that contains az login. */
async function explainAz(
  text: string,
  { tenant }: AzureSettings,
  { scope }: Hosts,
  timeout: number,
): Promise<Explanation | undefined> {
  if (/Please run 'az login'/.test(text)) {
    const printed = await runAz(scope, tenant, timeout)
    const number = findNumber(printed)
    return number === undefined ? NOT_SIGNED_IN : explainNumber(number, printed)
  }
  if (/az login/.test(text) && !/Azure CLI could not be found/.test(text)) return NOT_SIGNED_IN
  const command = 'az account get-access-token'
  if (/az printed no token|Unexpected (end of|token).*JSON|not valid JSON/.test(text)) {
    return {
      cause: `${command} printed no token`,
      remedy: `Run ${command} to see why, or sign in again with az login.`,
    }
  }
  const [, printed] = /^ERROR: (.*)$/m.exec(text) ?? []
  return printed === undefined ? undefined : { cause: `${command}: ${concealMessage(printed)}` }
}

/** @returns the stderr of az */
function runAz(scope: string, tenant: string | undefined, timeout: number): Promise<string> {
  const resource = scope.replace(/\/\.default$/, '')
  const words = ['account', 'get-access-token', '--output', 'json', '--resource', resource]
  return new Promise((resolve) => {
    execFile('az', tenant ? [...words, '--tenant', tenant] : words, { timeout }, (_, __, stderr) =>
      resolve(stderr),
    )
  })
}

/** The messages of an error, of its causes and of the errors that it combines. */
function messages(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { errors = [] } = error as { errors?: unknown[] }
  return [error.message, messages(error.cause), ...errors.map(messages)].join('\n')
}
