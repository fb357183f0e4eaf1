import { globalAgent } from 'node:https'
import { auth, compute, type compute_v1 } from '@googleapis/compute'
import { signingIn } from '../../http/others.ts'
import { once } from '../../http/shared.ts'
import {
  mayBeAskedAgain,
  mayPass,
  type Note,
  openTransport,
  type Send,
} from '../../http/transport.ts'
import type { Access, Live } from '../types.ts'
import type { GcpSettings } from './settings.ts'

export const PUBLIC_HOST = 'https://compute.googleapis.com'

const SCOPE = 'https://www.googleapis.com/auth/compute.readonly'

/** Compute's images, and how each of them is asked for. */
export interface Compute {
  readonly images: compute_v1.Resource$Images
  readonly options: {
    readonly retry: boolean
    readonly fetchImplementation: typeof fetch
    readonly agent: typeof globalAgent
    readonly retryConfig?: typeof RETRIES
  }
  /** Makes sure that there are credentials. @throws SignInFailure */
  signIn(): Promise<void>
  /** Who asks, as far as the credentials tell. */
  secrets(): readonly string[]
}

/** The credentials could not be had, or the service that gives them out refused. */
export class SignInFailure extends Error {
  /** @param heard what became of the last request for them */
  constructor(
    cause: unknown,
    readonly heard: Error | undefined,
  ) {
    super('the credentials cannot be had', { cause })
    this.name = 'SignInFailure'
  }
}

/** Opens Compute; a replay needs no credentials. Nothing is sent yet. */
export function openCompute(access: Access<GcpSettings>, onExchange: Note): Compute {
  const { timeout } = access
  const shared = access.live ? access.shared : undefined
  const way = wayBy(openTransport({ timeout, onExchange, live: access.live, shared }))
  if (!access.live) {
    const { images } = compute({
      version: 'v1',
      rootUrl: PUBLIC_HOST,
      universeDomain: 'googleapis.com',
    })
    // A recording does not change its answer when asked again.
    const options = { retry: false, ...way }
    return { images, options, signIn: async () => undefined, secrets: () => [] }
  }
  const credentials = once(shared, 'gcp', () => openCredentials(access))
  const { images } = compute({
    version: 'v1',
    rootUrl: access.settings.endpoint ?? PUBLIC_HOST,
    auth: credentials,
  })
  return {
    images,
    options: {
      retry: true,
      ...way,
      retryConfig: RETRIES,
    },
    async signIn() {
      let heard: Error | undefined
      const hear = (failure: Error | undefined) => {
        heard = failure
      }
      try {
        const headers = await signingIn(hear, async () => {
          const client = await credentials.getClient()
          for (const part of partsOf(client)) guide(part, access.timeout)
          return client.getRequestHeaders(PUBLIC_HOST)
        })
        // Whatever answer the library gets, it takes for one with a token.
        if (!/^Bearer (?!undefined$|null$|\[object )/.test(headers.get('authorization') ?? '')) {
          throw new Error('the answer has no token')
        }
      } catch (error) {
        throw new SignInFailure(error, heard)
      }
    },
    secrets: () => secretsOf(credentials.cachedCredential),
  }
}

/** How whoever gives out tokens is asked. */
function signInWay(timeout: number) {
  return { ...wayBy(openTransport({ timeout, live: true })), retry: true, retryConfig: RETRIES }
}

/** A client and what it is made of: who exchanges a token for it, and for whom it stands in. */
function partsOf(client: object): object[] {
  const parts = ['stsCredential', 'sourceClient'].map((name): unknown => Reflect.get(client, name))
  const objects = parts.filter((part) => typeof part === 'object' && part !== null)
  return [client, ...objects.flatMap(partsOf)]
}

/** The library lets some parts go their own way, after redirects and past the proxy. */
function guide(part: object, timeout: number): void {
  const { transporter } = part as { transporter?: { defaults: object } }
  if (transporter) transporter.defaults = signInWay(timeout)
}

function openCredentials({ timeout }: Live<GcpSettings>) {
  const credentials = new auth.GoogleAuth({
    scopes: [SCOPE],
    // Not asked for by anything; the library would ask the metadata service and the Resource Manager.
    projectId: 'none',
    clientOptions: { transporterOptions: signInWay(timeout) },
  })
  // A service account signs its own token then, and no further server is asked for one.
  credentials.useJWTAccessWithScope = true
  return credentials
}

/** Statuses with which no body may come. */
const BODILESS = [204, 205, 304]

/** The way out; the library finds proxies itself unless it has an agent, which goes unused. */
function wayBy(send: Send) {
  return { fetchImplementation: fetchBy(send), agent: globalAgent }
}

/** The transport as Google's library wants its fetch; a redirect is an answer like any other. */
function fetchBy(send: Send): typeof fetch {
  return async (input, init = {}) => {
    const { status, headers, body } = await send({
      method: init.method ?? 'GET',
      url: String(input),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: textOf(init.body),
      signal: init.signal ?? undefined,
    })
    const { 'content-encoding': _, ...plain } = headers
    return new Response(BODILESS.includes(status) ? null : new Uint8Array(body), {
      status,
      headers: plain,
    })
  }
}

/** The library sends forms and JSON. */
function textOf(body: RequestInit['body']): string | undefined {
  return body === undefined || body === null ? undefined : String(body)
}

/** Three more attempts, for what may pass. */
const RETRIES = {
  retry: 3,
  retryBackoff: waitAsTold,
  shouldRetry(error: Retried): boolean {
    const { response, config } = error
    const isWorthIt =
      response === undefined ? mayPass(error) : mayBeAskedAgain(response.status ?? 0)
    return isWorthIt && (config.retryConfig?.currentRetryAttempt ?? 0) < RETRIES.retry
  },
}

/** What the library tells of an attempt that failed. */
interface Retried {
  readonly response?: { readonly status?: number } | undefined
  readonly config: { readonly retryConfig?: { readonly currentRetryAttempt?: number } }
}

/** As long as the cloud says, in seconds; the library's own delay, in milliseconds, where it does not. */
async function waitAsTold(error: object, delay: number): Promise<void> {
  const { response } = error as { response?: { headers?: Headers } }
  const told = Number(response?.headers?.get?.('retry-after')) * 1000
  await new Promise((resolve) => setTimeout(resolve, told > 0 ? told : delay))
}

/** The members by which the library's kinds of credentials hold what is secret. */
const MEMBERS = /^_?(email|key|keyId|clientId|clientSecret|refreshToken|projectId|quotaProjectId)$/

function secretsOf(credential: object | null): string[] {
  if (credential === null) return []
  return partsOf(credential)
    .flatMap((part) => {
      const { credentials = {} } = part as { credentials?: object }
      const members = Object.entries(part).filter(([name]) => MEMBERS.test(name))
      return [...members.map(([, value]) => value), ...Object.values(credentials)]
    })
    .filter(
      (value) => typeof value === 'string' && value !== 'Bearer' && !value.startsWith('https://'),
    )
}
