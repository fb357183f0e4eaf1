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
import { createFaultSelector, type FaultRule, type InjectedFault } from './faults.ts'

/** A request with its whole body. */
export interface MockRequest {
  method: string
  /** The percent-encoded path without the query. */
  path: string
  query: URLSearchParams
  /** Names are in lower case. Values of a repeated header are joined with `, `. */
  headers: Record<string, string>
  body: string
}

/** The response of a handler. The server adds `content-length` and `content-encoding`. */
export interface MockResponse {
  status: number
  /** An array repeats the header, as `set-cookie` requires. */
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

export interface LoggedRequest {
  method: string
  /** The percent-encoded path with the query. */
  path: string
  /** Time of arrival in milliseconds since 1970. */
  time: number
  /** Number of open requests at the time of arrival, including this request. */
  concurrency: number
  /** Absent until the response is complete, and if a fault aborts the response. */
  status?: number
}

export interface ServerOptions {
  /** Enables HTTPS. */
  certificate?: Certificate
  /** Delay of each response in milliseconds. */
  latencyMs?: number
  /** Delays the response to a request for `path` until the promise is resolved. */
  waitFor?(path: string): Promise<unknown> | undefined
  faults?: readonly FaultRule[]
  /** Compresses responses for clients that accept gzip. Default: false. */
  gzip?: boolean
  /** Builds the response for a `status` fault. Default: one line of text. */
  errorResponse?(status: number, request: MockRequest): MockResponse
}

export interface MockServer {
  /** Scheme, host and port without a trailing slash. */
  url: string
  /** The log, in order of arrival. */
  requests: readonly LoggedRequest[]
  /** Replaces the fault rules and resets their counters. */
  setFaults(rules: readonly FaultRule[]): void
  /** Handles a request without a connection and without faults. */
  respond(request: MockRequest): Promise<MockResponse>
  /** Aborts all connections. */
  close(): Promise<void>
}

/** Starts a server on 127.0.0.1. If `handler` throws, the response is status 500 with the error. */
export async function startServer(
  handler: (request: MockRequest) => MockResponse | Promise<MockResponse>,
  options: ServerOptions = {},
): Promise<MockServer> {
  const requests: LoggedRequest[] = []
  const stopped = new AbortController()
  const sockets = new Map<number, Socket>()
  let inFlight = 0
  let selectFault = createFaultSelector(options.faults ?? [])

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const target = incoming.url ?? '/'
    const { fault, delay: faultDelay } = selectFault(target)
    inFlight += 1
    const entry: LoggedRequest = {
      method: incoming.method ?? 'GET',
      path: target,
      time: Date.now(),
      concurrency: inFlight,
    }
    requests.push(entry)
    let isCounted = true
    const finish = () => {
      if (isCounted) inFlight -= 1
      isCounted = false
    }
    outgoing.once('close', finish)
    outgoing.once('finish', () => {
      entry.status = outgoing.statusCode
    })

    const request = await readRequest(incoming)
    await options.waitFor?.(target)
    const wait = (options.latencyMs ?? 0) + faultDelay
    if (wait > 0) await delay(wait, undefined, { signal: stopped.signal })

    if (fault?.kind === 'reset') {
      // A TLS socket cannot be reset, only the TCP socket below it.
      sockets.get(incoming.socket.remotePort ?? 0)?.resetAndDestroy()
      return
    }
    if (fault?.kind === 'endless' || fault?.kind === 'drip') {
      return writeEndlessly(outgoing, fault.kind)
    }
    const regular = await getResponse(request, fault)
    if (fault?.kind === 'raw') {
      incoming.socket.end(fault.bytes(regular))
      return
    }
    const half = fault?.kind === 'cut-off' || fault?.kind === 'stall' ? fault.kind : undefined
    // The next request of the client may arrive before the `close` event of this response.
    if (half === undefined) finish()
    send(outgoing, applyFault(regular, fault), {
      gzip: options.gzip === true && /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
      half,
    })
  }

  async function getResponse(
    request: MockRequest,
    fault: InjectedFault['fault'],
  ): Promise<MockResponse> {
    if (fault?.kind !== 'status') {
      try {
        return await handler(request)
      } catch (cause) {
        return { status: 500, body: `the mock server failed: ${cause}` }
      }
    }
    const { status, retryAfter } = fault
    const response = options.errorResponse?.(status, request) ?? {
      status,
      body: `status ${status}`,
    }
    if (retryAfter === undefined) return response
    return { ...response, headers: { ...response.headers, 'retry-after': String(retryAfter) } }
  }

  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Fails only if the client disconnects or the server stops.
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
    respond: (request) => getResponse(request, undefined),
    setFaults(rules) {
      selectFault = createFaultSelector(rules)
    },
    async close() {
      stopped.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

export interface SecureOptions extends Omit<ServerOptions, 'certificate' | 'errorResponse'> {
  /** More host names for the certificate, for clients that connect through a proxy. */
  hosts?: readonly string[]
}

export interface SecureServer extends MockServer {
  /** PEM, for the `ca` option of a client in this process. */
  certificate: string
  /** A file with the same PEM, for `NODE_EXTRA_CA_CERTS`. */
  certificateFile: string
}

export async function startSecureServer(
  handler: (request: MockRequest) => MockResponse | Promise<MockResponse>,
  { hosts, ...options }: SecureOptions & Pick<ServerOptions, 'errorResponse'> = {},
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

/** Applies the faults whose result is still a valid HTTP response. */
function applyFault(response: MockResponse, fault: InjectedFault['fault']): MockResponse {
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
      const headers = { ...response.headers, 'content-encoding': 'gzip' }
      return { status: 200, headers, body: makeBomb(fault.megabytes) }
    }
    case 'truncated':
      return { ...response, body: firstHalf(Buffer.from(response.body ?? '')) }
    default:
      return response
  }
}

const bombs = new Map<number, Buffer>()

/** Cached, because compression takes longer than the time limit of a client. */
export function makeBomb(megabytes: number): Buffer {
  const bomb = bombs.get(megabytes) ?? gzipSync(Buffer.alloc(megabytes * 1024 * 1024, ' '))
  bombs.set(megabytes, bomb)
  return bomb
}

function send(
  outgoing: ServerResponse,
  { status, headers = {}, body = '' }: MockResponse,
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
  // The socket is closed after the write, or the half would not be sent.
  else outgoing.write(firstHalf(bytes), () => outgoing.destroy())
}

/** Writes until the client disconnects. */
async function writeEndlessly(outgoing: ServerResponse, kind: 'endless' | 'drip'): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  const closed = once(outgoing, 'close')
  const chunk = kind === 'drip' ? ' ' : ' '.repeat(1024 * 1024)
  while (!outgoing.destroyed) {
    const isFull = !outgoing.write(chunk)
    if (kind === 'drip') await delay(1000)
    else if (isFull) await Promise.race([once(outgoing, 'drain'), closed])
  }
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}
