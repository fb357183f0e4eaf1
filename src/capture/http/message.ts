export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
  /** The SDK's limit for this request, in milliseconds; the shorter limit applies. */
  readonly timeout?: number | undefined
  /** Of a query of AWS: several regions may have the same endpoint. */
  readonly region?: string | undefined
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; repeated values are joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A request and its response, in nock's format. */
export interface Exchange {
  /** The origin, with its port. */
  readonly scope: string
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body?: string | Readonly<Record<string, string>> | undefined
  readonly status: number
  /** Parsed if it is JSON. */
  readonly response: unknown
  readonly rawHeaders?: Readonly<Record<string, string>>
  /** Not recorded. */
  readonly region?: string | undefined
}

export type Send = (request: HttpRequest) => Promise<HttpResponse>

export function originWithPort(url: string | URL): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** Shares sign-ins and responses among the captures of one run, so that each is requested once. */
export class Shared {
  readonly #responses = new Map<string, HttpResponse>()
  readonly #made = new Map<string, unknown>()

  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make())
    return this.#made.get(name) as T
  }

  find(request: HttpRequest): HttpResponse | undefined {
    const kept = this.#responses.get(getRequestKey(request))
    return kept && copy(kept)
  }

  /** Keeps a response that a second request would not change. */
  keep(request: HttpRequest, response: HttpResponse): void {
    const isFinal = [200, 403, 404].includes(response.status)
    if (isFinal) this.#responses.set(getRequestKey(request), copy(response))
  }
}

/** SDKs change the bytes that they receive. */
function copy(response: HttpResponse): HttpResponse {
  return { ...response, body: Buffer.from(response.body) }
}

/** Headers identify the caller, the time and the attempt, not the query. */
function getRequestKey(request: HttpRequest): string {
  const { method, url, region = '' } = request
  return `${region} ${method} ${url}\n${getBodyText(request)}`
}

export function getBodyText({ body = '' }: HttpRequest): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
}
