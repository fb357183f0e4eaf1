import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Certificate, makeCertificate } from './certificate.ts'
import { type FaultRule, faultChooser, type Mishap } from './faults.ts'

/** A request as a mock server's handler sees it, body read to its end. */
export interface MockRequest {
  method: string
  /** The path as it was sent, percent-encoded, without the query. */
  path: string
  query: URLSearchParams
  /** Names in lower case; a repeated header's values are joined by `, `. */
  headers: Record<string, string>
  body: string
}

/** What a handler answers. `content-length` and `content-encoding` are the server's business. */
export interface Answer {
  status: number
  /** A list of values gives the header more than once, as `set-cookie` needs it. */
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

/** One request in the log, in the order of arrival. */
export interface LoggedRequest {
  method: string
  /** Path and query as they were sent. */
  path: string
  /** Arrival, in milliseconds since 1970. */
  time: number
  /** How many requests were being answered just then, this one among them. */
  concurrency: number
  /** What was answered; absent while it is not, and where a fault cut it short. */
  status?: number
  /** The fault that befell it, by its kind. */
  fault?: string
}

export interface ServerOptions {
  /** Makes it an https server. */
  certificate?: Certificate
  /** Added to each answer, in milliseconds. */
  latencyMs?: number
  /** What an answer waits for besides, by the path that is asked for. */
  hold?(path: string): Promise<unknown> | undefined
  faults?: readonly FaultRule[]
  /** Compress answers for clients that accept gzip; default false. */
  gzip?: boolean
  /** The mock server's own words for a `status` fault; default a line of text. */
  errorAnswer?(status: number, request: MockRequest): Answer
}

/** A running mock server. */
export interface MockServer {
  /** Scheme, host and port, without a slash at the end. */
  url: string
  /** Grows as requests arrive. */
  requests: readonly LoggedRequest[]
  /** Replaces the fault rules; what the old ones had counted is forgotten. */
  setFaults(rules: readonly FaultRule[]): void
  /** Answers a request without a connection and without faults. */
  answer(request: MockRequest): Promise<Answer>
  /** Ends every connection, whatever it is doing. */
  close(): Promise<void>
}

/**
 * Starts a server on 127.0.0.1 that answers each request by `handler`, apart from those that a
 * fault befalls. A handler that throws gives status 500 and its message.
 */
export async function startServer(
  handler: (request: MockRequest) => Answer | Promise<Answer>,
  options: ServerOptions = {},
): Promise<MockServer> {
  const requests: LoggedRequest[] = []
  const stopped = new AbortController()
  const sockets = new Map<number, Socket>()
  let inFlight = 0
  let choose = faultChooser(options.faults ?? [])

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const target = incoming.url ?? '/'
    const mishap = choose(target)
    inFlight += 1
    const entry: LoggedRequest = {
      method: incoming.method ?? 'GET',
      path: target,
      time: Date.now(),
      concurrency: inFlight,
    }
    if (mishap.fault !== undefined) entry.fault = mishap.fault.kind
    else if (mishap.delay > 0) entry.fault = 'late'
    requests.push(entry)
    let isOver = false
    const leave = () => {
      if (!isOver) inFlight -= 1
      isOver = true
    }
    outgoing.once('close', leave)
    outgoing.once('finish', () => {
      entry.status = outgoing.statusCode
    })

    const request = await readRequest(incoming)
    await options.hold?.(target)
    const wait = (options.latencyMs ?? 0) + mishap.delay
    if (wait > 0) await delay(wait, undefined, { signal: stopped.signal })

    if (mishap.fault?.kind === 'reset') {
      // Only the socket below TLS can be reset; the one above it knows but an orderly end.
      sockets.get(incoming.socket.remotePort ?? 0)?.resetAndDestroy()
      return
    }
    if (mishap.fault?.kind === 'endless' || mishap.fault?.kind === 'drip') {
      return pour(outgoing, mishap.fault.kind)
    }
    const regular = await regularAnswer(request, mishap)
    if (mishap.fault?.kind === 'raw') {
      incoming.socket.end(mishap.fault.bytes(regular))
      return
    }
    const answer = spoil(regular, mishap)
    // A client that has the whole answer may ask again before this side hears that it is gone.
    if (getHalf(mishap) === undefined) leave()
    send(outgoing, answer, {
      gzip: options.gzip === true && /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
      half: getHalf(mishap),
    })
  }

  async function regularAnswer(request: MockRequest, { fault }: Mishap): Promise<Answer> {
    if (fault?.kind !== 'status') {
      try {
        return await handler(request)
      } catch (cause) {
        return { status: 500, body: `the mock server failed: ${cause}` }
      }
    }
    const { status, retryAfter } = fault
    const answer = options.errorAnswer?.(status, request) ?? { status, body: `status ${status}` }
    if (retryAfter === undefined) return answer
    return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } }
  }

  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // What fails here is a client that left or a server that stops: nobody to tell.
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  }
  const { certificate } = options
  const server =
    certificate === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ key: certificate.key, cert: certificate.pem }, listener)
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket
    if (remotePort === undefined) return
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    answer: (request) => regularAnswer(request, { delay: 0 }),
    setFaults(rules) {
      choose = faultChooser(rules)
    },
    async close() {
      stopped.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

export interface SecureOptions extends Omit<ServerOptions, 'certificate' | 'errorAnswer'> {
  /** Names by which it is known besides, behind a proxy that leads to it. */
  hosts?: readonly string[]
}

/** A running mock server over TLS. */
export interface SecureServer extends MockServer {
  /** PEM, for the `ca` of a client in this process. */
  certificate: string
  /** The same in a file, for `NODE_EXTRA_CA_CERTS`. */
  certificateFile: string
}

export async function startSecureServer(
  handler: (request: MockRequest) => Answer | Promise<Answer>,
  { hosts, ...options }: SecureOptions & Pick<ServerOptions, 'errorAnswer'> = {},
): Promise<SecureServer> {
  const certificate = await makeCertificate(hosts)
  const server = await startServer(handler, { ...options, certificate })
  return {
    ...server,
    certificate: certificate.pem,
    certificateFile: certificate.file,
    async close() {
      await server.close()
      await certificate.remove()
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<MockRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const [path = '/', ...query] = (incoming.url ?? '/').split('?')
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

const PAGE = `<!DOCTYPE html>
<html><head><title>Sign in to the network</title></head>
<body><h1>Sign in to the network</h1><p>Accept the terms to go on.</p></body></html>
`

/** The faults that are answers in their own right, by HTTP's rules. */
function spoil(answer: Answer, { fault }: Mishap): Answer {
  switch (fault?.kind) {
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PAGE }
    case 'body': {
      const { body, type = 'application/json; charset=utf-8', status = 200 } = fault
      return { status, headers: { 'content-type': type }, body }
    }
    case 'redirect':
      return { status: fault.status ?? 302, headers: { location: fault.location } }
    case 'bomb': {
      const headers = { ...answer.headers, 'content-encoding': 'gzip' }
      return { status: 200, headers, body: makeBomb(fault.megabytes) }
    }
    case 'truncated':
      return { ...answer, body: firstHalf(Buffer.from(answer.body ?? '')) }
    default:
      return answer
  }
}

const bombs = new Map<number, Buffer>()

/** Made once, as it takes longer than a client may wait. */
export function makeBomb(megabytes: number): Buffer {
  const bomb = bombs.get(megabytes) ?? gzipSync(Buffer.alloc(megabytes * 1024 * 1024, ' '))
  bombs.set(megabytes, bomb)
  return bomb
}

/** How an answer ends that does not get beyond its half. */
function getHalf({ fault }: Mishap): 'cut-off' | 'stall' | undefined {
  return fault?.kind === 'cut-off' || fault?.kind === 'stall' ? fault.kind : undefined
}

function send(
  outgoing: ServerResponse,
  { status, headers = {}, body = '' }: Answer,
  { gzip, half }: { gzip: boolean; half: 'cut-off' | 'stall' | undefined },
): void {
  const plain = Buffer.from(body)
  const compress = gzip && plain.length > 0
  const bytes = compress ? gzipSync(plain) : plain
  outgoing.writeHead(status, {
    ...headers,
    ...(compress ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    'content-length': bytes.length,
  })
  if (half === undefined) outgoing.end(bytes)
  else if (half === 'stall') outgoing.write(firstHalf(bytes))
  // The socket ends once the half is on its way, or nothing of it would arrive.
  else outgoing.write(firstHalf(bytes), () => outgoing.destroy())
}

/** Writes on for as long as somebody listens. */
async function pour(outgoing: ServerResponse, kind: 'endless' | 'drip'): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  const closed = once(outgoing, 'close')
  const chunk = kind === 'drip' ? ' ' : ' '.repeat(1024 * 1024)
  while (!outgoing.destroyed) {
    const isFull = !outgoing.write(chunk)
    if (kind === 'drip') await delay(1000)
    else if (isFull) {
      await Promise.race([once(outgoing, 'drain'), closed])
    }
  }
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}
