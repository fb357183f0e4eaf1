import { gzipSync } from 'node:zlib'
import type { Fault } from '../mock-servers/faults.ts'
import type { BadServers } from './network-servers.ts'

/** A network fault between a capture and a service. */
export interface NetworkFault {
  readonly name: string
  /** A fault of the response. */
  readonly http?: Fault
  /** A fault of the connection. */
  readonly connection?: 'refused' | 'reset' | 'silent' | keyof BadServers['ports']
  /** The number of faults; by default, the fault does not end. */
  readonly times?: number
  /** The time limit for one request in seconds. */
  readonly timeout?: number
  /** The error message, for every service. */
  readonly message?: RegExp
}

const DEEP = 100_000
/** A time limit in seconds for requests that never end. */
const SHORT = 2

const status = (code: number, retryAfter?: number | string): Fault => ({
  kind: 'status',
  status: code,
  ...(retryAfter !== undefined && { retryAfter }),
})
const body = (text: string, type?: string): Fault => ({
  kind: 'body',
  body: text,
  ...(type !== undefined && { type }),
})
/** Returns raw response bytes: header lines, and the correct body, optionally encoded. */
const raw = (head: readonly string[], encode = (correct: Buffer) => correct): Fault => ({
  kind: 'raw',
  bytes: ({ body: correct = '' }) =>
    Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), encode(Buffer.from(correct))]),
})
const OK = ['HTTP/1.1 200 OK', 'content-type: application/json']

/** Faults that end; the capture succeeds after a retry. */
export const TEMPORARY: readonly NetworkFault[] = [
  { name: '429 once, with Retry-After: 1', http: status(429, 1), times: 1 },
  { name: '503 twice', http: status(503), times: 2 },
  { name: 'one reset', http: { kind: 'reset' }, times: 1 },
  { name: 'one body that is cut off', http: { kind: 'cut-off' }, times: 1 },
]

const CUT = /reset or cut off \(ECONNRESET\)|the proxy: /
const LATE = /no complete response within [0-9] s|no (response|success) within 20 s/

/** Matches the status, the error code of the sign-in, or a required wait longer than the time limit. */
const matchStatus = (code: number, wait?: number) =>
  new RegExp(`returned ${code}|AADSTS90033|requires a wait of ${wait ?? '[0-9]+'} s`)

/** Faults that do not end; the capture fails. */
export const PERMANENT: readonly NetworkFault[] = [
  { name: 'connection refused', connection: 'refused', message: /connection refused/ },
  { name: 'connection reset', connection: 'reset', message: CUT },
  { name: 'connection without a response', connection: 'silent', timeout: SHORT, message: LATE },
  { name: 'TLS: self-signed', connection: 'self-signed', message: /TLS: / },
  { name: 'TLS: expired', connection: 'expired', message: /TLS: the certificate has expired/ },
  {
    name: 'TLS: not valid yet',
    connection: 'not valid yet',
    message: /certificate is not valid yet/,
  },
  {
    name: 'TLS: client certificate',
    connection: 'for clients',
    message: /not a server certificate/,
  },
  { name: 'TLS: another host', connection: 'for another host', message: /TLS: .* another host/ },

  { name: 'reset before the headers', http: { kind: 'reset' }, message: CUT },
  { name: 'body cut off', http: { kind: 'cut-off' }, message: CUT },
  {
    name: 'no headers',
    http: { kind: 'late', milliseconds: 100_000 },
    timeout: SHORT,
    message: LATE,
  },
  { name: 'a stalled body', http: { kind: 'stall' }, timeout: SHORT, message: LATE },
  { name: 'a body of one byte per second', http: { kind: 'drip' }, timeout: SHORT, message: LATE },
  {
    name: 'an endless body',
    http: { kind: 'endless' },
    message: /exceeds 8 MB|no complete response|reset or cut off/,
  },
  {
    name: 'a decompression bomb of 300 MB',
    http: { kind: 'bomb', megabytes: 300 },
    message: /exceeds 8 MB|decompressed/,
  },
  {
    name: 'invalid gzip',
    http: raw([...OK, 'content-encoding: gzip', 'connection: close']),
    message: /decompressed|reset or cut off|the response/,
  },
  {
    name: 'gzip cut off',
    http: raw([...OK, 'content-encoding: gzip', 'connection: close'], (correct) =>
      gzipSync(correct).subarray(0, 20),
    ),
  },
  {
    name: 'invalid chunks',
    http: raw([...OK, 'transfer-encoding: chunked'], () => Buffer.from('zz\r\n{}\r\n0\r\n\r\n')),
  },
  {
    name: 'a body shorter than its content-length',
    http: raw([...OK, 'content-length: 10000000']),
    message: CUT,
  },
  {
    name: 'headers of 100 kB',
    http: raw([...OK, `x-filler: ${'x'.repeat(100_000)}`]),
    message: /not HTTP/,
  },
  { name: 'not HTTP', http: raw(['SSH-2.0-OpenSSH_9.2']), message: /not HTTP/ },

  { name: 'half of the JSON', http: { kind: 'truncated' } },
  { name: 'an HTML page', http: { kind: 'html' } },
  {
    name: 'an HTML page with 502',
    http: { kind: 'body', status: 502, body: '<html>', type: 'text/html' },
    message: matchStatus(502),
  },
  { name: 'an empty body', http: body('') },
  { name: 'a binary body', http: body('\u0000\u0001\ufffd'.repeat(100)) },
  { name: 'null', http: body('null') },
  { name: 'an empty list', http: body('[]') },
  { name: 'an empty object', http: body('{}') },
  {
    name: 'keys with null',
    http: body(
      '{"access_token":null,"expires_in":null,"AccessKeyId":null,"roleCredentials":null,"value":null,"items":null,"buildid":null}',
    ),
  },
  {
    name: 'keys with other types',
    http: body(
      '{"access_token":{},"AccessKeyId":7,"roleCredentials":7,"value":[{"name":7}],"error":7}',
    ),
  },
  { name: 'other XML', http: body('<?xml version="1.0"?><a><b/></a>', 'text/xml') },
  {
    name: 'invalid XML',
    http: body('<?xml version="1.0"?><DescribeImagesResponse><', 'text/xml'),
  },
  { name: '100,000 nested lists', http: body('['.repeat(DEEP) + ']'.repeat(DEEP)) },

  ...[400, 401, 403, 404, 408, 418, 429, 500, 503].map((code) => ({
    name: String(code),
    http: status(code),
    message: matchStatus(code),
  })),
  {
    name: '400 invalid_grant',
    http: {
      kind: 'body',
      status: 400,
      body: JSON.stringify({ error: 'invalid_grant', error_description: 'for planted-person' }),
    },
  },
  { name: '429, Retry-After 0.2 s', http: status(429, '0.2'), message: matchStatus(429) },
  { name: '429, Retry-After 1 hour', http: status(429, 3600), message: matchStatus(429, 3600) },
  { name: '429, Retry-After 10^12', http: status(429, 1e12), message: matchStatus(429, 1e12) },
  { name: '429, Retry-After negative', http: status(429, -5), message: matchStatus(429) },
  {
    name: '429, Retry-After a date',
    http: status(429, 'Fri, 01 Jan 2099 00:00:00 GMT'),
    message: matchStatus(429),
  },
  {
    name: '429, invalid Retry-After',
    http: status(429, 'soon; \u00e9'),
    message: matchStatus(429),
  },
  { name: '503, Retry-After 1 day', http: status(503, 86_400), message: matchStatus(503, 86_400) },
]

export const createRedirects = (location: string): NetworkFault[] =>
  [301, 302, 303, 307, 308].map((code) => ({
    name: `a redirect with ${code}`,
    http: { kind: 'redirect', location, status: code },
  }))

/** A valid response whose body ends when the connection closes. */
export const HTTP_1_0: NetworkFault = {
  name: 'HTTP/1.0',
  http: {
    kind: 'raw',
    bytes: ({ status: code, headers = {}, body: correct = '' }) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      return `${[`HTTP/1.0 ${code} So`, ...lines].join('\r\n')}\r\n\r\n${correct}`
    },
  },
}
