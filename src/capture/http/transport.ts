import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { unzipSync } from 'node:zlib'
import { isLoopback } from '../../core/snapshot/values.ts'
import type { Replay } from '../replay.ts'
import {
  explainConnection,
  explainUnknown,
  isMetadataHost,
  NOT_THE_SERVICE,
  RETRY,
  TransportError,
} from './errors.ts'
import {
  type Exchange,
  getBodyText,
  type HttpRequest,
  type HttpResponse,
  originWithPort,
  type Send,
  type Shared,
} from './message.ts'
import { LONGEST_TIMER, noteFailure, noteWait } from './time-limit.ts'

export interface TransportOptions {
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** Set for a replay. */
  readonly replay?: Replay | undefined
  /** Aborts the requests of a capture that is over. */
  readonly ended?: AbortSignal | undefined
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
  /** The responses that other captures of the run received. */
  readonly shared?: Shared | undefined
  /** The bytes that the responses of a capture may still have. */
  readonly budget?: { bytes: number } | undefined
}

/** In bytes. The longest page of EC2 has 3 MB. */
const LONGEST_RESPONSE = 8 * 1024 * 1024
export const LONGEST_CAPTURE = 64 * 1024 * 1024

export function isTransient(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE)$/.test(code ?? '')) {
      return true
    }
  }
  return false
}

export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/**
 * The HTTP client of every SDK. The size and the time of responses are limited. Redirects are not
 * followed, so that no token is sent to another host.
 */
export function openTransport(options: TransportOptions): Send {
  return async (request) => {
    const url = new URL(request.url)
    const isLocal = isLoopback(url.hostname) || isMetadataHost(url.hostname)
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
      throw new TransportError(
        'plain http is only allowed to this machine',
        'PLAIN_HTTP',
        'Use an https endpoint.',
      )
    }
    const { shared, budget } = options
    const response =
      shared?.find(request) ??
      (await send(request, url, options).catch((error) => {
        noteFailure(explainConnection(error)?.cause)
        throw error
      }))
    shared?.keep(request, response)
    if (budget) {
      budget.bytes -= response.body.length
      if (budget.bytes < 0) throw captureTooLong()
    }
    if (isTransientStatus(response.status)) {
      noteFailure(`returned ${response.status}`)
      noteWait(getRetryAfter(response.headers))
    }
    options.onExchange?.(toExchange(request, url, response))
    return response
  }
}

function captureTooLong(): TransportError {
  return new TransportError(
    'the responses of the capture exceed 64 MB',
    'CAPTURE_TOO_LONG',
    'Use criteria that match fewer images, or query fewer clouds with --cloud.',
  )
}

/** The addresses of a host that are tried within the time limit. */
const ADDRESSES = 4

async function send(
  request: HttpRequest,
  url: URL,
  { timeout: longest, replay, ended }: TransportOptions,
): Promise<HttpResponse> {
  if (ended?.aborted) throw new Error('the capture is over')
  // Only a request to the network has a time limit: a suspended machine must not fail a replay.
  const timeout = replay ? 0 : Math.min(request.timeout || longest, longest, LONGEST_TIMER)
  const attempt = Math.ceil(timeout / ADDRESSES)
  const isTls = url.protocol === 'https:'
  const agent = timeout && isTls ? (await import('./proxy.ts')).proxyAgent(url, attempt) : undefined
  const signals = [ended, request.signal].filter((signal) => signal !== undefined)
  return new Promise((resolve, reject) => {
    let isConnected = agent === undefined
    const outgoing = (isTls ? https : http).request(url, {
      method: request.method,
      // The length of an uncompressed response is known while it is received.
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      ...(agent && { agent }),
      // Node's default of 250 ms fails on slow routes to hosts with A and AAAA records.
      ...(timeout && { autoSelectFamilyAttemptTimeout: attempt }),
    } as RequestOptions)
    const end = (outcome: HttpResponse | Error) => {
      clearTimeout(timer)
      if (!(outcome instanceof Error)) return resolve(outcome)
      reject(outcome)
      outgoing.destroy()
    }
    const timer = timeout && setTimeout(() => end(timeoutError(timeout)), timeout)
    outgoing.on('error', (error) => {
      if (!signals.some(({ aborted }) => aborted)) {
        replay?.refuse(`${request.method} ${url.pathname}${url.search}`)
      }
      end(isConnected ? error : proxyError(error))
    })
    outgoing.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      isConnected = true
      if (statusCode === 200) return
      end(new TransportError(`the proxy returned ${statusCode}`, '', PROXY))
    })
    outgoing.on('response', (response) => readResponse(response).then(end, end))
    outgoing.end(request.body)
  })
}

const PROXY = 'Correct HTTPS_PROXY, or add the host to NO_PROXY.'

function proxyError(cause: Error): TransportError {
  const { cause: why } = explainConnection(cause) ?? explainUnknown(cause)
  return new TransportError(`the proxy: ${why}`, '', PROXY, { cause })
}

function timeoutError(timeout: number): TransportError {
  const message = `no complete response within ${timeout / 1000} s`
  return new TransportError(message, '', 'Increase the time limit with --timeout SECONDS.')
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
    throw new TransportError('the connection was reset or cut off', 'ECONNRESET', RETRY, { cause })
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')]),
  )
  return {
    status: response.statusCode ?? 0,
    headers,
    body: decompress(Buffer.concat(chunks), headers['content-encoding'] ?? ''),
  }
}

/** Some servers compress even if the request does not allow it. */
function decompress(body: Buffer, encoding: string): Buffer {
  if (!/^(x-)?gzip$|^deflate$/i.test(encoding) || body.length === 0) return body
  try {
    return unzipSync(body, { maxOutputLength: LONGEST_RESPONSE })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw responseTooLong()
    const message = 'the response cannot be decompressed'
    throw new TransportError(message, 'BAD_ENCODING', RETRY, { cause })
  }
}

function responseTooLong(): TransportError {
  const message = 'the response exceeds 8 MB'
  return new TransportError(message, 'RESPONSE_TOO_LONG', NOT_THE_SERVICE)
}

/** In seconds, from a number or a date. */
export function getRetryAfter(headers: HttpResponse['headers']): number | undefined {
  const milliseconds = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms']
  if (milliseconds && /^[0-9]+$/.test(milliseconds)) return Number(milliseconds) / 1000
  const text = headers['retry-after'] ?? ''
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - Date.now()) / 1000))
}

function toExchange(request: HttpRequest, url: URL, response: HttpResponse): Exchange {
  const { method, region } = request
  return {
    scope: originWithPort(url),
    method,
    path: `${url.pathname}${url.search}`,
    body: getBodyText(request),
    status: response.status,
    response: parseBody(response.body.toString('utf8')),
    rawHeaders: { ...response.headers },
    region,
  }
}

function parseBody(text: string): NonNullable<Exchange['response']> {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
