import { gzipSync } from 'node:zlib'
import type { Fault } from '../mock-servers/faults.ts'
import type { BadServers } from './front.ts'

/** What goes wrong between a capture and whom it asks. */
export interface Trial {
  readonly name: string
  /** With an answer. */
  readonly http?: Fault
  /** With the connection. */
  readonly wire?: 'refused' | 'reset' | 'silent' | keyof BadServers['ports']
  /** How often, and then no more; without, always. */
  readonly times?: number
  /** Of one request, in seconds. */
  readonly timeout?: number
  /** What is said of it, whoever is asked. */
  readonly said?: RegExp
}

const DEEP = 100_000
/** Of one request, where it is what ends the waiting. In seconds. */
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
const refusal = (code: number, text: object): Fault => ({
  kind: 'body',
  status: code,
  body: JSON.stringify(text),
})
/** An answer as it goes over the wire, with the right body. */
const raw = (head: readonly string[], spell = (right: Buffer) => right): Fault => ({
  kind: 'raw',
  bytes: ({ body: right = '' }) =>
    Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), spell(Buffer.from(right))]),
})
const OK = ['HTTP/1.1 200 OK', 'content-type: application/json']

/** What passes; then a capture is as if there had been nothing. */
export const PASSING: readonly Trial[] = [
  { name: '429 once, with Retry-After: 1', http: status(429, 1), times: 1 },
  { name: '503 twice', http: status(503), times: 2 },
  { name: 'a reset, once', http: { kind: 'reset' }, times: 1 },
  { name: 'a body cut off, once', http: { kind: 'cut-off' }, times: 1 },
]

const CUT = /reset or cut off \(ECONNRESET\)|the proxy: /
const LATE = /no complete response within [0-9] s|no (response|success) within 20 s/

/** The status or the sign-in's own code, or the wait that is longer than the time limit. */
const told = (code: number, wait?: number) =>
  new RegExp(`returned ${code}|AADSTS90033|requires a wait of ${wait ?? '[0-9]+'} s`)

/** What stays. */
export const LASTING: readonly Trial[] = [
  { name: 'refused', wire: 'refused', said: /connection refused/ },
  { name: 'reset at the connection', wire: 'reset', said: CUT },
  { name: 'silence at the connection', wire: 'silent', timeout: SHORT, said: LATE },
  { name: 'TLS: self-signed', wire: 'self-signed', said: /TLS: / },
  { name: 'TLS: expired', wire: 'expired', said: /TLS: the certificate has expired/ },
  { name: 'TLS: not valid yet', wire: 'not valid yet', said: /certificate is not valid yet/ },
  { name: 'TLS: of a client', wire: 'of a client', said: /not a server certificate/ },
  { name: 'TLS: of another host', wire: 'of another host', said: /TLS: .* another host/ },

  { name: 'reset before the headers', http: { kind: 'reset' }, said: CUT },
  { name: 'cut off in the body', http: { kind: 'cut-off' }, said: CUT },
  {
    name: 'headers that do not come',
    http: { kind: 'late', milliseconds: 100_000 },
    timeout: SHORT,
    said: LATE,
  },
  { name: 'a body that stalls', http: { kind: 'stall' }, timeout: SHORT, said: LATE },
  { name: 'a body that drips', http: { kind: 'drip' }, timeout: SHORT, said: LATE },
  {
    name: 'a body without an end',
    http: { kind: 'endless' },
    said: /exceeds 8 MB|no complete response|reset or cut off/,
  },
  {
    name: 'a bomb of 300 MB',
    http: { kind: 'bomb', megabytes: 300 },
    said: /exceeds 8 MB|decompressed/,
  },
  {
    name: 'gzip that is none',
    http: raw([...OK, 'content-encoding: gzip', 'connection: close']),
    said: /decompressed|reset or cut off|the response/,
  },
  {
    name: 'gzip cut off',
    http: raw([...OK, 'content-encoding: gzip', 'connection: close'], (right) =>
      gzipSync(right).subarray(0, 20),
    ),
  },
  {
    name: 'chunks that are none',
    http: raw([...OK, 'transfer-encoding: chunked'], () => Buffer.from('zz\r\n{}\r\n0\r\n\r\n')),
  },
  { name: 'shorter than it says', http: raw([...OK, 'content-length: 10000000']), said: CUT },
  {
    name: 'headers of 100 kB',
    http: raw([...OK, `x-filler: ${'x'.repeat(100_000)}`]),
    said: /not HTTP/,
  },
  { name: 'no HTTP', http: raw(['SSH-2.0-OpenSSH_9.2']), said: /not HTTP/ },

  { name: 'half of the JSON', http: { kind: 'truncated' } },
  { name: 'a page', http: { kind: 'html' } },
  {
    name: 'a page of 502',
    http: { kind: 'body', status: 502, body: '<html>', type: 'text/html' },
    said: told(502),
  },
  { name: 'no body', http: body('') },
  { name: 'a body of bytes', http: body('\u0000\u0001\ufffd'.repeat(100)) },
  { name: 'null', http: body('null') },
  { name: 'a list', http: body('[]') },
  { name: 'an empty object', http: body('{}') },
  {
    name: 'null members',
    http: body(
      '{"access_token":null,"expires_in":null,"AccessKeyId":null,"roleCredentials":null,"value":null,"items":null,"buildid":null}',
    ),
  },
  {
    name: 'members of other kinds',
    http: body(
      '{"access_token":{},"AccessKeyId":7,"roleCredentials":7,"value":[{"name":7}],"error":7}',
    ),
  },
  { name: 'XML of another kind', http: body('<?xml version="1.0"?><a><b/></a>', 'text/xml') },
  {
    name: 'XML that is none',
    http: body('<?xml version="1.0"?><DescribeImagesResponse><', 'text/xml'),
  },
  { name: 'nesting 100,000 deep', http: body('['.repeat(DEEP) + ']'.repeat(DEEP)) },

  ...[400, 401, 403, 404, 408, 418, 429, 500, 503].map((code) => ({
    name: String(code),
    http: status(code),
    said: told(code),
  })),
  {
    name: '400 invalid_grant',
    http: refusal(400, { error: 'invalid_grant', error_description: 'of planted-person' }),
  },
  { name: '429, Retry-After a moment', http: status(429, '0.2'), said: told(429) },
  { name: '429, Retry-After an hour', http: status(429, 3600), said: told(429, 3600) },
  { name: '429, Retry-After 10^12', http: status(429, 1e12), said: told(429, 1e12) },
  { name: '429, Retry-After negative', http: status(429, -5), said: told(429) },
  {
    name: '429, Retry-After a date',
    http: status(429, 'Fri, 01 Jan 2099 00:00:00 GMT'),
    said: told(429),
  },
  { name: '429, Retry-After no number', http: status(429, 'soon; \u00e9'), said: told(429) },
  { name: '503, Retry-After a day', http: status(503, 86_400), said: told(503, 86_400) },
]

export const redirectsTo = (location: string): Trial[] =>
  [301, 302, 303, 307, 308].map((code) => ({
    name: `a redirect with ${code}`,
    http: { kind: 'redirect', location, status: code },
  }))

/** An answer by the rules of an older HTTP, which ends where the connection does, is an answer. */
export const OLD: Trial = {
  name: 'HTTP/1.0',
  http: {
    kind: 'raw',
    bytes: ({ status: code, headers = {}, body: right = '' }) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      return `${[`HTTP/1.0 ${code} So`, ...lines].join('\r\n')}\r\n\r\n${right}`
    },
  },
}
