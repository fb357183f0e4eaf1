import { auth, compute, type compute_v1 } from '@googleapis/compute'
import type { Access } from '../types.ts'
import type { GcpSettings } from './settings.ts'

export const PUBLIC_HOST = 'https://compute.googleapis.com'

const SCOPE = 'https://www.googleapis.com/auth/compute.readonly'

/** Compute's images, and how each of them is asked for. */
export interface Compute {
  readonly images: compute_v1.Resource$Images
  readonly options: {
    readonly retry: boolean
    readonly redirect: 'error'
    readonly adapter: Adapter
    readonly retryConfig?: {
      readonly retryBackoff: (error: object, delay: number) => Promise<void>
    }
  }
  /** Who asks, as far as the credentials tell. */
  secrets(): readonly string[]
}

/** Opens Compute; a replay needs no credentials. Nothing is sent yet. */
export function openCompute(access: Access<GcpSettings>): Compute {
  const options = {
    // A recording does not change its answer when asked again.
    retry: access.live,
    // A token goes to the host that it is for, never to where an answer points.
    redirect: 'error' as const,
    adapter: within(access.timeout),
    ...(access.live && { retryConfig: { retryBackoff: waitAsTold } }),
  }
  if (!access.live) {
    const { images } = compute({
      version: 'v1',
      rootUrl: PUBLIC_HOST,
      universeDomain: 'googleapis.com',
    })
    return { images, options, secrets: () => [] }
  }
  const credentials = new auth.GoogleAuth({ scopes: [SCOPE] })
  // A service account signs its own token then, and no further server is asked for one.
  credentials.useJWTAccessWithScope = true
  const { images } = compute({
    version: 'v1',
    rootUrl: access.settings.endpoint ?? PUBLIC_HOST,
    auth: credentials,
  })
  return { images, options, secrets: () => secretsOf(credentials.cachedCredential) }
}

type Adapter = NonNullable<compute_v1.Options['adapter']>

/**
 * Sends a request that is answered in time or fails. The library's own timeout does not keep the
 * process from ending, and it waits for ever for the rest of an answer that was cut off.
 *
 * @param timeout in milliseconds
 */
function within(timeout: number): Adapter {
  return async (options, send) => {
    const stopping = new AbortController()
    const timer = setTimeout(() => stopping.abort(), timeout)
    options.headers.set('accept-encoding', 'identity')
    return send({ ...options, signal: stopping.signal }).finally(() => clearTimeout(timer))
  }
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
  const { credentials = {} } = credential as { credentials?: object }
  const members = Object.entries(credential).filter(([name]) => MEMBERS.test(name))
  return [...members.map(([, value]) => value), ...Object.values(credentials)].filter(
    (value) => typeof value === 'string' && value !== 'Bearer' && !value.startsWith('https://'),
  )
}
