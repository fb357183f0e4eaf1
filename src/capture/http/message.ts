import type { Definition } from 'nock'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
  /** The SDK's own limit for this request, in milliseconds; the shorter one counts. */
  readonly timeout?: number | undefined
  /** Of a query of AWS: several regions may have the same URL. */
  readonly region?: string | undefined
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; repeated values are joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Exchange extends Definition {
  readonly region?: string | undefined
}

export type Send = (request: HttpRequest) => Promise<HttpResponse>

/** A URL's origin as nock writes it, with the port. */
export function originWithPort(url: string | URL): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** What the captures of one run share, so that each sign-in and each query happens once. */
export class Shared {
  readonly #responses = new Map<string, HttpResponse>()
  readonly #made = new Map<string, unknown>()

  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make())
    return this.#made.get(name) as T
  }

  find(request: HttpRequest): HttpResponse | undefined {
    const kept = this.#responses.get(keyFor(request))
    return kept && copy(kept)
  }

  /** Keeps a response that a second request would not change. */
  keep(request: HttpRequest, response: HttpResponse): void {
    if (KEPT.includes(response.status)) this.#responses.set(keyFor(request), copy(response))
  }
}

const KEPT = [200, 403, 404]

/** SDKs change the bytes that they receive. */
function copy(response: HttpResponse): HttpResponse {
  return { ...response, body: Buffer.from(response.body) }
}

/** Headers identify the caller, the time and the attempt, not the query. */
function keyFor({ method, url, region = '', body = '' }: HttpRequest): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  return `${region} ${method} ${url}\n${text}`
}
