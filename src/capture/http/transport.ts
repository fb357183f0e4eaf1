import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https, { Agent } from 'node:https'
import { unzipSync } from 'node:zlib'
import type { Definition } from 'nock'
import { explainConnection, ProxyError, ResponseTimeout, TransportError } from './errors.ts'
import type { HttpRequest, HttpResponse } from './message.ts'
import type { Shared } from './shared.ts'
import { countBytes, LONGEST_TIMER, noteFailure, noteWait } from './time-limit.ts'

export type { HttpRequest, HttpResponse } from './message.ts'

export type Send = (request: HttpRequest) => Promise<HttpResponse>

export interface TransportOptions {
  /** For one request, from the first byte sent to the last byte received; in milliseconds. */
  readonly timeout: number
  /** Set while a replay is running: ends its requests when it is over. */
  readonly replayed?: AbortSignal | undefined
  /** Receives each exchange as nock writes it. */
  readonly onExchange?: ((exchange: Definition) => void) | undefined
  /** Responses that earlier captures of the same run received. */
  readonly shared?: Shared | undefined
  /** The bytes that a capture may still receive. */
  readonly budget?: Budget | undefined
}

export interface Budget {
  bytes: number
}

/** In bytes. The longest page of EC2 has 3 MB. */
export const LONGEST_RESPONSE = 8 * 1024 * 1024

/** All responses of one capture, in bytes. */
export const LONGEST_CAPTURE = 64 * 1024 * 1024

/** Whether a retry may succeed: the connection failed or was cut off. */
export function isTransient(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE)$/.test(code ?? '')) {
      return true
    }
  }
  return false
}

/** Whether a service that returns this status may return another one later. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/**
 * The only way to the network: every SDK uses it through its own seam for an HTTP client. Responses
 * are bounded in size and time. Redirects are not followed, so that no token goes to another host.
 */
export function openTransport(options: TransportOptions): Send {
  return async (request) => {
    const url = new URL(request.url)
    refusePlainHttp(url)
    const { shared, budget } = options
    const response = shared?.find(request) ?? (await send(request, url, options).catch(reject))
    shared?.keep(request, response)
    countBytes(response.body.length)
    if (budget) spend(budget, response.body.length)
    if (isTransientStatus(response.status)) {
      noteFailure(`returned ${response.status}`)
      noteWait(getRetryAfter(response.headers))
    }
    options.onExchange?.(toDefinition(request, url, response))
    return response
  }
}

function reject(error: unknown): never {
  noteFailure(explainConnection(error)?.cause)
  throw error
}

function spend(budget: Budget, length: number): void {
  budget.bytes -= length
  if (budget.bytes >= 0) return
  const limit = LONGEST_CAPTURE / 1024 / 1024
  throw new TransportError('CAPTURE_TOO_LONG', `the responses are longer than ${limit} MB in all`)
}

/** Loopback, and the addresses of a cloud machine's metadata service. */
const LOCAL =
  /^(localhost|127(\.[0-9]+){3}|\[::1\]|169\.254(\.[0-9]+){2}|metadata\.google\.internal)$/i

function refusePlainHttp({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && LOCAL.test(hostname))) return
  throw new TransportError('PLAIN_HTTP', 'plain http is only allowed to this machine')
}

const DIRECT = new Agent({ keepAlive: true })

async function send(
  request: HttpRequest,
  url: URL,
  options: TransportOptions,
): Promise<HttpResponse> {
  const { replayed } = options
  if (replayed?.aborted) throw new Error('the replay is over')
  // Only a request to the network has a time limit: a suspended machine must not fail a replay.
  if (replayed) return exchange(request, url, { signals: [replayed] })
  const timeout = Math.min(request.timeout || options.timeout, options.timeout, LONGEST_TIMER)
  if (url.protocol !== 'https:') return exchange(request, url, { timeout })
  const { proxyAgent } = await import('./proxy.ts')
  const attempt = Math.ceil(timeout / ADDRESSES)
  const proxy = proxyAgent(url, attempt)
  return exchange(request, url, {
    timeout,
    agent: proxy ?? DIRECT,
    isProxied: proxy !== undefined,
  })
}

/** Addresses of one host that are tried within the time limit of a request. */
const ADDRESSES = 4

interface Route {
  readonly timeout?: number
  readonly agent?: Agent
  readonly isProxied?: boolean
  readonly signals?: readonly AbortSignal[]
}

function exchange(request: HttpRequest, url: URL, route: Route): Promise<HttpResponse> {
  const { timeout, agent, isProxied = false, signals = [] } = route
  return new Promise((resolve, reject) => {
    const all = [...signals, ...(request.signal ? [request.signal] : [])]
    let isConnected = !isProxied
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
      method: request.method,
      headers: withoutCompression(request.headers),
      ...(all.length > 0 && { signal: AbortSignal.any(all) }),
      ...(agent && { agent }),
      // Node's default of 250 ms fails on slow routes to hosts with A and AAAA records.
      ...(timeout && { autoSelectFamilyAttemptTimeout: Math.ceil(timeout / ADDRESSES) }),
    } as RequestOptions)
    const end = (outcome: HttpResponse | Error) => {
      clearTimeout(timer)
      if (!(outcome instanceof Error)) return resolve(outcome)
      reject(outcome)
      outgoing.destroy()
    }
    const timer = timeout && setTimeout(() => end(new ResponseTimeout(timeout / 1000)), timeout)
    outgoing.on('error', (error) => end(isConnected ? error : new ProxyError(error)))
    outgoing.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      isConnected = true
      if (statusCode === 200) return
      end(new TransportError('PROXY_REFUSED', `the proxy returned ${statusCode}`))
    })
    outgoing.on('response', (response) => readResponse(response).then(end, end))
    outgoing.end(request.body)
  })
}

/** A response that is not compressed is counted as it comes. */
function withoutCompression(headers: HttpRequest['headers']): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => !/^accept-encoding$/i.test(name))
  return { ...Object.fromEntries(others), 'accept-encoding': 'identity' }
}

async function readResponse(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > LONGEST_RESPONSE) throw responseTooLong()
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('ECONNRESET', 'the response was cut off', { cause })
  }
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  const plain = Object.fromEntries(headers)
  return {
    status: response.statusCode ?? 0,
    headers: plain,
    body: decompress(Buffer.concat(chunks), plain['content-encoding'] ?? ''),
  }
}

/** Some servers compress whether the request allows it or not. */
function decompress(body: Buffer, encoding: string): Buffer {
  if (!/^(x-)?gzip$|^deflate$/i.test(encoding) || body.length === 0) return body
  try {
    return unzipSync(body, { maxOutputLength: LONGEST_RESPONSE })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw responseTooLong()
    throw new TransportError('BAD_ENCODING', 'the response cannot be decompressed', { cause })
  }
}

function responseTooLong(): TransportError {
  const limit = LONGEST_RESPONSE / 1024 / 1024
  return new TransportError('RESPONSE_TOO_LONG', `the response is longer than ${limit} MB`)
}

/** The wait that the server requires, in seconds. */
function getRetryAfter(headers: HttpResponse['headers']): number | undefined {
  const milliseconds = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms']
  if (milliseconds !== undefined && /^[0-9]+$/.test(milliseconds)) {
    return Number(milliseconds) / 1000
  }
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - Date.now()) / 1000))
}

function toDefinition(request: HttpRequest, url: URL, response: HttpResponse): Definition {
  const { body = '', method, headers } = request
  return {
    scope: originWithPort(url),
    method,
    path: `${url.pathname}${url.search}`,
    body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
    status: response.status,
    response: parseBody(response.body.toString('utf8')),
    rawHeaders: { ...response.headers },
    reqheaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  }
}

/** A URL's origin as nock writes it, with the port. */
export function originWithPort(url: string | URL): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

function parseBody(text: string): NonNullable<Definition['response']> {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
