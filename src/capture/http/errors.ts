import { ServiceError, UserError } from '../../errors.ts'
import { visibleLine } from '../../printable.ts'
import { conceal } from '../../secrets.ts'

/** No complete response within the time limit of one request. */
export class ResponseTimeout extends Error {
  constructor(readonly seconds: number) {
    super(`no complete response within ${seconds} s`)
    this.name = 'ResponseTimeout'
  }
}

/** An error of the transport, with a code like those of Node's sockets. */
export class TransportError extends Error {
  constructor(
    readonly code: TransportCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'TransportError'
  }
}

export type TransportCode =
  | 'ECONNRESET'
  | 'RESPONSE_TOO_LONG'
  | 'CAPTURE_TOO_LONG'
  | 'BAD_ENCODING'
  | 'PLAIN_HTTP'
  | 'PROXY_REFUSED'

/** The connection to the proxy failed, so nothing is known about the server behind it. */
export class ProxyError extends Error {
  constructor(cause: unknown) {
    super('the proxy cannot be reached', { cause })
    this.name = 'ProxyError'
  }
}

/** Codes with their meaning and, where there is one, what to do. */
export type ErrorTable = Readonly<Record<string, ErrorRow>>
export type ErrorRow = readonly [meaning: string, remedy?: string]

/** What failed, for an error message, and what to do about it. */
export interface Explanation {
  readonly cause: string
  readonly remedy?: string | undefined
}

const RETRY = 'Try again later.'
const NETWORK = 'Check the network connection, and set HTTPS_PROXY if a proxy is required.'
const TRUST =
  'Set NODE_EXTRA_CA_CERTS to a file with the CA certificate of the server, or of the proxy that inspects TLS.'
const CLOCK = "Check this machine's clock; if it is right, report it to the operator of the server."
const PROXY = 'Correct HTTPS_PROXY, or name the host in NO_PROXY.'
const OPERATOR = 'Report it to the operator of the server, or of the proxy that inspects TLS.'
const NOT_THE_SERVICE =
  'Check the endpoint and HTTPS_PROXY: the response is not from the service itself.'
const UNKNOWN_STATUS = 'Check the credentials and their permissions, the endpoint and HTTPS_PROXY.'
const UNKNOWN = 'Rerun with --debug for the error codes that were received.'
const CLIENT_CERTIFICATE =
  'Use an endpoint or a proxy that requires no client certificate: stream-snapshot sends none.'
const NO_TLS = 'Correct the endpoint or HTTPS_PROXY: the port does not speak TLS.'

/** Codes of Node's sockets and resolver, of OpenSSL, and of the transport. */
const CONNECTION: ErrorTable = {
  ECONNREFUSED: ['connection refused', NETWORK],
  ECONNRESET: ['the connection was reset or cut off', RETRY],
  ECONNABORTED: ['the connection was cut off', RETRY],
  EPIPE: ['the connection was cut off', RETRY],
  ETIMEDOUT: ['the connection timed out', NETWORK],
  EHOSTUNREACH: ['host unreachable', NETWORK],
  EHOSTDOWN: ['host down', NETWORK],
  ENETUNREACH: ['network unreachable', NETWORK],
  ENETDOWN: ['network down', NETWORK],
  EADDRNOTAVAIL: ['no local address can reach the host', NETWORK],
  EACCES: ['this machine does not permit the connection', NETWORK],
  EPERM: ['this machine does not permit the connection', NETWORK],
  EMFILE: ['too many open files', 'Raise the limit with ulimit -n, or lower --concurrency.'],
  ENFILE: ['too many open files on this machine', RETRY],
  ENOTFOUND: ['host not found', NETWORK],
  EAI_AGAIN: ['the host name cannot be resolved', NETWORK],
  EAI_FAIL: ['the host name cannot be resolved', NETWORK],

  RESPONSE_TOO_LONG: ['the response is longer than 8 MB', NOT_THE_SERVICE],
  CAPTURE_TOO_LONG: [
    'the responses of the capture are longer than 64 MB',
    'Use criteria that match fewer images, or fewer clouds with --cloud.',
  ],
  BAD_ENCODING: ['the response cannot be decompressed', RETRY],
  PLAIN_HTTP: ['plain http is only allowed to this machine', 'Use an endpoint with https.'],

  EPROTO: ['TLS failed', TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ['TLS: the certificate is not signed by a trusted CA', TRUST],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['TLS: the certificate is self-signed', TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['TLS: the certificate is not signed by a trusted CA', TRUST],
  UNABLE_TO_GET_ISSUER_CERT: ['TLS: the certificate is not signed by a trusted CA', TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['TLS: the certificate is not signed by a trusted CA', TRUST],
  CERT_UNTRUSTED: ['TLS: the CA of the certificate is not trusted', TRUST],
  CERT_HAS_EXPIRED: ['TLS: the certificate has expired', CLOCK],
  CERT_NOT_YET_VALID: ['TLS: the certificate is not valid yet', CLOCK],
  ERROR_IN_CERT_NOT_BEFORE_FIELD: ['TLS: the certificate has an invalid date', OPERATOR],
  ERROR_IN_CERT_NOT_AFTER_FIELD: ['TLS: the certificate has an invalid date', OPERATOR],
  CRL_HAS_EXPIRED: ['TLS: the revocation list has expired', CLOCK],
  CRL_NOT_YET_VALID: ['TLS: the revocation list is not valid yet', CLOCK],
  CERT_REVOKED: ['TLS: the certificate was revoked', OPERATOR],
  CERT_REJECTED: ['TLS: the certificate is not meant for this use', OPERATOR],
  INVALID_PURPOSE: ['TLS: the certificate is not a server certificate', OPERATOR],
  INVALID_CA: ['TLS: the certificate is signed by one that is not a CA', OPERATOR],
  PATH_LENGTH_EXCEEDED: ['TLS: the certificate chain is longer than its CA allows', OPERATOR],
  CERT_CHAIN_TOO_LONG: ['TLS: the certificate chain is too long', OPERATOR],
  CERT_SIGNATURE_FAILURE: ['TLS: the signature of the certificate is invalid', OPERATOR],
  HOSTNAME_MISMATCH: ['TLS: the certificate is for another host', OPERATOR],
  ERR_TLS_CERT_ALTNAME_INVALID: ['TLS: the certificate is for another host', OPERATOR],
  ERR_TLS_HANDSHAKE_TIMEOUT: ['TLS: no handshake in time', NETWORK],
  ERR_SSL_WRONG_VERSION_NUMBER: ['TLS: the server does not speak TLS', NO_TLS],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['TLS: the server does not speak TLS', NO_TLS],
  ERR_SSL_HTTP_REQUEST: ['TLS: the server does not speak TLS', NO_TLS],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['TLS: no common protocol version', OPERATOR],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ['TLS: no common protocol version', OPERATOR],
  ERR_SSL_NO_SHARED_CIPHER: ['TLS: no common cipher', OPERATOR],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: ['TLS: the server refused the handshake', OPERATOR],
  ERR_SSL_EE_KEY_TOO_SMALL: ['TLS: the key of the certificate is too short', OPERATOR],
  ERR_SSL_CA_MD_TOO_WEAK: ['TLS: the signature of the CA is too weak', OPERATOR],
  ERR_SSL_DH_KEY_TOO_SMALL: ['TLS: the key exchange is too weak', OPERATOR],
  ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: ['TLS: only unsafe renegotiation', OPERATOR],
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: ['TLS: the server does not know the host name', OPERATOR],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ['TLS: a client certificate is required', CLIENT_CERTIFICATE],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    'TLS: a client certificate is required',
    CLIENT_CERTIFICATE,
  ],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: [
    'TLS: a client certificate is required',
    CLIENT_CERTIFICATE,
  ],
}

/** Statuses that mean the same in every service. */
const STATUSES: Readonly<Record<string, ErrorRow>> = {
  407: ['the proxy requires a sign-in', 'Put user and password into HTTPS_PROXY.'],
  408: ['the server did not wait', RETRY],
  429: ['too many requests', 'Try again later, or with a lower --concurrency.'],
}

/** Why no response was received; looks down the chain of causes. */
export function explainConnection(error: unknown): Explanation | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'RestError' && each.cause instanceof Error) continue
    if (each instanceof ResponseTimeout) {
      return { cause: each.message, remedy: 'Increase the time limit with --timeout SECONDS.' }
    }
    if (each instanceof ProxyError) {
      const why = explainConnection(each.cause)?.cause ?? received(each.cause)
      return { cause: `the proxy: ${why}`, remedy: PROXY }
    }
    if (each instanceof TransportError && each.code === 'PROXY_REFUSED') {
      return { cause: each.message, remedy: PROXY }
    }
    const { code = '', errors } = each as NodeJS.ErrnoException & { errors?: unknown[] }
    const row = find(CONNECTION, code)
    if (row) return { cause: `${row[0]} (${code})`, remedy: row[1] }
    if (code.startsWith('HPE_')) {
      return { cause: `the response is not HTTP (${code})`, remedy: NOT_THE_SERVICE }
    }
    if (/^ERR_(SSL|TLS|OSSL)_|^[A-Z]*CERT/.test(code))
      return { cause: `TLS failed (${code})`, remedy: OPERATOR }
    const inner = errors?.map(explainConnection).find((one) => one !== undefined)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** A status and the service's own code; unknown ones come with the message that was received. */
export function explainResponse(
  status: number,
  code: string,
  message: unknown,
  table: ErrorTable,
): Explanation {
  const shown = isCode(code) ? code : ''
  const returned = `returned ${[status, shown].filter(Boolean).join(' ')}`
  const row = find(table, code) ?? find(STATUSES, String(status))
  if (row) return { cause: `${returned}: ${row[0]}`, remedy: row[1] }
  if (status >= 500) return { cause: returned + withMessage(message), remedy: RETRY }
  if (status >= 300 && status < 400) {
    return { cause: `${returned}, a redirect, which is not followed`, remedy: NOT_THE_SERVICE }
  }
  return { cause: returned + withMessage(message), remedy: UNKNOWN_STATUS }
}

/** A row of a table; undefined for words such as `constructor`. */
export function find(table: ErrorTable, code: string): ErrorRow | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined
}

/** An error code, and not free text or an id. */
export function isCode(code: string): boolean {
  return /^[A-Za-z][A-Za-z_.]{1,70}[0-9]{0,8}$/.test(code)
}

const LONGEST_MESSAGE = 300

/** A message of others on one line, without ids and secrets. */
export function concealMessage(message: unknown): string {
  if (typeof message !== 'string') return ''
  const line = message
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE * 4)
  const clear = conceal(line.replace(/\barn:[^\s'"]+/g, '…'))
    .replace(/\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '…')
    .replace(/\b[0-9]{12}\b/g, '…')
    .replace(/\b[\w+/=-]{40,}/g, '…')
  return visibleLine(clear.slice(0, LONGEST_MESSAGE))
}

function withMessage(message: unknown): string {
  const text = concealMessage(message)
  return text === '' ? '' : `: ${text}`
}

/** The parsers of the SDKs, for a response that is not the service's or not all of it. */
const MALFORMED = /Deserialization error|Cannot (create|set) propert/

/** A response that an SDK cannot read. */
export function explainMalformed({ message }: Error): Explanation | undefined {
  if (!MALFORMED.test(message)) return undefined
  return { cause: 'the response is malformed', remedy: NOT_THE_SERVICE }
}

/** An error that no table has: its own code and message. */
export function explainUnknown(error: Error, failure = ''): Explanation {
  return explainMalformed(error) ?? { cause: failure + received(error), remedy: UNKNOWN }
}

function received(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const shown = typeof code === 'string' && isCode(code) ? ` (${code})` : ''
  return `${concealMessage(message) || 'unknown error'}${shown}`
}

/**
 * The error for a query that failed: what the service's own tables say, else why no response came,
 * else what was received.
 */
export function queryError(
  error: unknown,
  query: string,
  explain: (error: Error) => Explanation | undefined,
): UserError {
  const thrown = error instanceof Error ? error : new Error(String(error))
  for (let each: unknown = thrown; each instanceof Error; each = each.cause) {
    if (each instanceof UserError) return each
  }
  const { cause, remedy } = explain(thrown) ?? explainConnection(thrown) ?? explainUnknown(thrown)
  return new ServiceError(`${query}: ${cause}`, remedy, { cause: thrown })
}
