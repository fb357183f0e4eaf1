import { globalAgent } from 'node:https'
import { auth } from '@googleapis/compute'
import { MissingCredentials, ServiceError, UserError } from '../../../errors.ts'
import { SignInTrace } from '../../http/errors.ts'
import type { Send } from '../../http/message.ts'
import { getRetryAfter, isTransient, isTransientStatus } from '../../http/transport.ts'
import { explainMessage, explainSignIn, LOGIN } from './errors.ts'

const SCOPE = 'https://www.googleapis.com/auth/compute.readonly'

type GoogleAuth = InstanceType<typeof auth.GoogleAuth>

/** Signs in with the application default credentials. @param host of the API */
export async function signIn(
  send: Send,
  host: string,
): Promise<{ readonly auth: GoogleAuth; secrets(): readonly string[] }> {
  const trace = new SignInTrace()
  const options = { ...toRequestOptions(trace.watch(send)), retry: true, retryConfig: RETRIES }
  const credentials = new auth.GoogleAuth({
    scopes: [SCOPE],
    // Otherwise the library queries the metadata service and the Resource Manager for it.
    projectId: 'none',
    clientOptions: { transporterOptions: options },
  })
  // A service account signs its own token then, without a request.
  credentials.useJWTAccessWithScope = true
  try {
    const client = await credentials.getClient()
    // The library gives its own transport to some parts, which ignores the proxy.
    for (const part of getParts(client)) {
      const { transporter } = part as { transporter?: { defaults: object } }
      if (transporter) transporter.defaults = options
    }
    const headers = await client.getRequestHeaders(host)
    // The library accepts any response as one with a token.
    if (!/^Bearer (?!undefined$|null$|\[object )/.test(headers.get('authorization') ?? '')) {
      throw new Error('the response has no token')
    }
  } catch (error) {
    throw explain(error as Error, trace)
  }
  return { auth: credentials, secrets: () => getSecrets(credentials.cachedCredential) }
}

function explain(error: Error, trace: SignInTrace): Error {
  if (error instanceof UserError) return error
  if (/Could not load the default credentials/.test(error.message)) {
    return new MissingCredentials('gcp: no credentials found', LOGIN, { cause: error })
  }
  const { cause, remedy } =
    explainSignIn(error, trace.failure?.host) ?? trace.explainConnection() ?? explainMessage(error)
  return new ServiceError(`gcp: ${cause}`, remedy, { cause: error })
}

/** A client, and the clients that exchange a token for it or impersonate a service account. */
function getParts(client: object): object[] {
  const parts = ['stsCredential', 'sourceClient'].map((name): unknown => Reflect.get(client, name))
  const objects = parts.filter((part) => typeof part === 'object' && part !== null)
  return [client, ...objects.flatMap(getParts)]
}

/** The transport as options of Google's libraries; with an agent they do not use a proxy. */
export function toRequestOptions(send: Send) {
  const fetchImplementation: typeof fetch = async (input, init = {}) => {
    const { status, headers, body } = await send({
      method: init.method ?? 'GET',
      url: String(input),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body === undefined || init.body === null ? undefined : String(init.body),
      signal: init.signal ?? undefined,
    })
    const { 'content-encoding': _, ...plain } = headers
    const isEmpty = [204, 205, 304].includes(status)
    return new Response(isEmpty ? null : new Uint8Array(body), {
      status,
      headers: plain,
    })
  }
  return { fetchImplementation, agent: globalAgent }
}

/** Three retries; `Retry-After` takes precedence over the library's delay in milliseconds. */
export const RETRIES = {
  retry: 3,
  async retryBackoff({ response }: Attempt, delay: number): Promise<void> {
    const header = response?.headers?.get?.('retry-after') ?? ''
    const seconds = getRetryAfter({ 'retry-after': header }) ?? 0
    await new Promise((resolve) => setTimeout(resolve, seconds > 0 ? seconds * 1000 : delay))
  },
  shouldRetry(error: Attempt): boolean {
    const { response, config } = error
    const mayRetry = response ? isTransientStatus(response.status ?? 0) : isTransient(error)
    return mayRetry && (config?.retryConfig?.currentRetryAttempt ?? 0) < RETRIES.retry
  },
}

interface Attempt {
  readonly response?: { readonly status?: number; readonly headers?: Headers } | undefined
  readonly config?: { readonly retryConfig?: { readonly currentRetryAttempt?: number } }
}

/** The members of the library's credentials with secrets and ids. */
const MEMBERS = /^_?(email|key|keyId|clientId|clientSecret|refreshToken|projectId|quotaProjectId)$/

function getSecrets(credential: object | null): string[] {
  const parts = credential === null ? [] : getParts(credential)
  const values = parts.flatMap((part) => {
    const { credentials = {} } = part as { credentials?: object }
    const members = Object.entries(part).flatMap(([name, value]) =>
      MEMBERS.test(name) ? [value] : [],
    )
    return [...members, ...Object.values(credentials)]
  })
  return values.filter(
    (value) => typeof value === 'string' && value !== 'Bearer' && !value.startsWith('https://'),
  )
}
