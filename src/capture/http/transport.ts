import http, { Agent as HttpAgent, type IncomingMessage, type RequestOptions } from 'node:http'
import https, { Agent } from 'node:https'
import { Duplex } from 'node:stream'
import { unzipSync } from 'node:zlib'
import type { Definition } from 'nock'
import { hearer, markOwn, refusalBy } from './hearing.ts'
import type { Answer, Request } from './message.ts'
import { currentGate, noteAnswer } from './question.ts'
import type { Shared } from './shared.ts'

export type { Answer, Request } from './message.ts'

export type Send = (request: Request) => Promise<Answer>

export interface TransportOptions {
  /** For one request, from the first byte sent to the last received; in milliseconds. */
  readonly timeout: number
  /** Whether it leads out, through a proxy where there is one; without, no connection is made. */
  readonly live: boolean
  /** Hears of each exchange, its answer whole, before the one who asked does. */
  readonly onExchange?: Note | undefined
  /** The answers that others of the run got; of none where what is asked is not to be kept. */
  readonly shared?: Shared | undefined
  /** The place that is asked, where the URL need not tell it: an endpoint of one's own has all of them. */
  readonly place?: string | undefined
}

/** Takes down an exchange as nock does, its body decoded. */
export type Note = (exchange: Definition) => void

/** In bytes. EC2's longest page is 3 MB, and nothing else comes near. */
export const LONGEST_ANSWER = 16 * 1024 * 1024

/**
 * No answer, or not all of it, within the time that one request may take; a retry would wait as
 * long again.
 */
export class NoAnswer extends Error {
  constructor(readonly seconds: number) {
    super(`no complete answer within ${seconds} s`)
    this.name = 'NoAnswer'
  }
}

/** An error of ours with a code like those of Node's sockets. */
export class TransportFailure extends Error {
  constructor(
    readonly code:
      | 'ECONNRESET'
      | 'TOO_LONG'
      | 'BAD_CODING'
      | 'PLAIN_HTTP'
      | 'PROXY_REFUSED'
      | 'OFFLINE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'TransportFailure'
  }
}

/**
 * Whether an attempt failed of what may be over at the next: a connection that was reset, an answer
 * that was cut off. One that came too late or was too long would be so again.
 */
export function mayPass(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE)$/.test(code ?? ''))
      return true
  }
  return false
}

/** Something failed between here and the proxy, so nothing is known of the server behind it. */
export class ProxyFailure extends Error {
  constructor(cause: unknown) {
    super('the proxy cannot be reached', { cause })
    this.name = 'ProxyFailure'
  }
}

const DIRECT = new Agent({ keepAlive: true })

/**
 * Below nock, which would let a request out that it is not told of: whatever else is in the process,
 * and whatever a recording says, a request that is not live makes no connection.
 */
const NOWHERE: Readonly<Record<string, HttpAgent>> = {
  'http:': Object.assign(new HttpAgent(), { createConnection: refuse }),
  'https:': Object.assign(new Agent(), { createConnection: refuse }),
}

/** In the place of a socket. */
function refuse(): Duplex {
  const offline = () => new TransportFailure('OFFLINE', 'a recording answers, and nobody else')
  return new Duplex({
    read() {
      this.destroy(offline())
    },
    write: (_chunk, _encoding, done) => done(offline()),
  })
}

/**
 * The one way out to the network, which each SDK takes by the seam that it has for an HTTP client
 * of one's own. Whoever asks, an answer is whole, plain, of a bounded size and in time, and comes
 * from the host that was asked: no redirect is followed, so no token and no secret of a sign-in
 * goes where an answer points, and plain http reaches this machine alone.
 */
export function openTransport(options: TransportOptions): Send {
  return async (request) => {
    const url = new URL(request.url)
    refusePlain(url)
    const { shared, place = '' } = options
    const answer = shared?.answerTo(request, place) ?? (await told(send(request, url, options)))
    shared?.keep(request, place, answer)
    noteAnswer(mayBeAskedAgain(answer.status) ? waitOf(answer.headers) : undefined)
    options.onExchange?.(definitionOf(request, url, answer))
    return answer
  }
}

/** Tells whoever hears what becomes of it. */
async function told(sent: Promise<Answer>): Promise<Answer> {
  const hear = hearer()
  try {
    const answer = await sent
    hear?.(refusalBy(answer.status))
    return answer
  } catch (error) {
    hear?.(error as Error)
    throw error
  }
}

async function send(request: Request, url: URL, options: TransportOptions): Promise<Answer> {
  const way = await agentFor(url, options)
  const by = (signal = request.signal) => exchange(request, url, options.timeout, way, signal)
  const gate = currentGate()
  return gate ? gate.pass((shut) => by(anyOf(shut, request.signal))) : by()
}

function anyOf(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second === undefined ? first : AbortSignal.any([first, second])
}

/** Loopback, and the addresses at which a machine in a cloud finds what it is. */
const OF_THIS_MACHINE =
  /^(localhost|127(\.[0-9]+){3}|\[::1\]|169\.254(\.[0-9]+){2}|metadata\.google\.internal)$/i

function refusePlain({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && OF_THIS_MACHINE.test(hostname))) return
  throw new TransportFailure('PLAIN_HTTP', 'plain http goes to this machine alone')
}

/** What connects to a host. */
interface Way {
  readonly agent?: HttpAgent | undefined
  readonly isTunnel: boolean
}

async function agentFor(url: URL, { live }: TransportOptions): Promise<Way> {
  if (!live) return { agent: NOWHERE[url.protocol], isTunnel: false }
  if (url.protocol !== 'https:') return { isTunnel: false }
  const { proxyAgent } = await import('./proxy.ts')
  const tunnel = proxyAgent(url)
  return { agent: tunnel ?? DIRECT, isTunnel: tunnel !== undefined }
}

function exchange(
  request: Request,
  url: URL,
  timeout: number,
  { agent, isTunnel }: Way,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    const timer = setTimeout(() => end(new NoAnswer(timeout / 1000)), timeout)
    signal?.addEventListener('abort', stop, { once: true })
    let isThroughProxy = !isTunnel
    const sent: RequestOptions = {
      method: request.method,
      headers: headersOf(request),
      signal: stopping.signal,
      ...(agent && { agent }),
    }
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, sent)
    markOwn(outgoing)
    const end = (outcome: Answer | Error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (!(outcome instanceof Error)) return resolve(outcome)
      reject(outcome)
      outgoing.destroy()
    }
    outgoing.on('error', (error) => end(isThroughProxy ? error : new ProxyFailure(error)))
    outgoing.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      isThroughProxy = true
      if (statusCode === 200) return
      end(new TransportFailure('PROXY_REFUSED', `the proxy answered ${statusCode}`))
    })
    outgoing.on('response', (response) => readWhole(response).then(end, end))
    outgoing.end(request.body)
  })
}

/** Whatever the SDK says of compression: a plain answer is counted as it comes. */
function headersOf({ headers }: Request): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => !/^accept-encoding$/i.test(name))
  return { ...Object.fromEntries(others), 'accept-encoding': 'identity' }
}

async function readWhole(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > LONGEST_ANSWER) throw tooLong()
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof TransportFailure) throw cause
    throw cutOff(cause)
  }
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  const answer = {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  }
  return { ...answer, body: decode(answer) }
}

/** A store of objects serves what it has, compressed or not. */
function decode({ headers, body }: Answer): Buffer {
  if (!/^(x-)?gzip$|^deflate$/i.test(headers['content-encoding'] ?? '') || body.length === 0) {
    return body
  }
  try {
    return unzipSync(body, { maxOutputLength: LONGEST_ANSWER })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong()
    throw new TransportFailure('BAD_CODING', 'the answer cannot be decompressed', { cause })
  }
}

export function cutOff(cause?: unknown): TransportFailure {
  return new TransportFailure('ECONNRESET', 'the answer was cut off', { cause })
}

export function tooLong(): TransportFailure {
  return new TransportFailure('TOO_LONG', 'the answer is too long')
}

/** Whether a service that answers so may answer otherwise later. */
export function mayBeAskedAgain(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** How long the server asks to wait, in seconds; undefined where it does not. */
function waitOf(headers: Answer['headers']): number | undefined {
  const milliseconds = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms']
  if (milliseconds !== undefined && /^[0-9]+$/.test(milliseconds))
    return Number(milliseconds) / 1000
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - Date.now()) / 1000))
}

/** The exchange as nock writes it. */
function definitionOf(request: Request, url: URL, answer: Answer): Definition {
  const { protocol, hostname, port, pathname, search } = url
  const { body = '', method, headers } = request
  return {
    scope: `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`,
    method,
    path: `${pathname}${search}`,
    body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
    status: answer.status,
    response: parseBody(answer.body.toString('utf8')),
    rawHeaders: { ...answer.headers },
    reqheaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  }
}

function parseBody(text: string): NonNullable<Definition['response']> {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
