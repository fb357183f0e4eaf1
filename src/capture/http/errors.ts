import { isErrorCode, ServiceError, UserError } from '../../errors.ts'
import { visibleLine } from '../../printable.ts'
import { conceal } from '../../secrets.ts'
import type { HttpResponse, Send } from './message.ts'

export class TransportError extends Error {
  override readonly name = 'TransportError'

  /** @param code such as those of Node's sockets; may be empty */
  constructor(
    message: string,
    readonly code: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export type ErrorRow = readonly [meaning: string, remedy: string]
export type ErrorTable = ReadonlyMap<string, ErrorRow>

/** @param text remedies, and below each remedy, indented, its codes with their meaning */
export function errorTable(text: string, separator = ' '): ErrorTable {
  const table = new Map<string, ErrorRow>()
  let remedy = ''
  for (const line of text.split('\n')) {
    const [, codes, meaning] = /^ {2}([^:]+): (.*)/.exec(line) ?? []
    if (codes === undefined || meaning === undefined) remedy = line
    else for (const code of codes.split(separator)) table.set(code, [meaning, remedy])
  }
  return table
}

/** Like `errorTable`, with patterns of messages instead of codes, in order of precedence. */
export function messageTable(text: string): readonly (readonly [pattern: RegExp, ErrorRow])[] {
  return [...errorTable(text, '\n')].map(([source, row]) => [new RegExp(source, 'i'), row])
}

export interface Explanation {
  readonly cause: string
  readonly remedy?: string | undefined
}

export const RETRY = 'Try again later.'
export const THROTTLED = 'Try again later, or with a lower --concurrency.'
const OPERATOR = 'Report the error to the operator of the server or of the proxy that inspects TLS.'
export const NOT_THE_SERVICE =
  'Check the endpoint and HTTPS_PROXY: the response is not from the service itself.'
const UNKNOWN_STATUS = 'Check the credentials and their permissions, the endpoint and HTTPS_PROXY.'
const UNKNOWN = 'Rerun with --debug for the error codes that were received.'

const CONNECTION = errorTable(`
Check the network connection, and set HTTPS_PROXY if a proxy is required.
  ECONNREFUSED: connection refused
  ETIMEDOUT: the connection timed out
  EHOSTUNREACH EHOSTDOWN: host unreachable
  ENETUNREACH: network unreachable
  EACCES EPERM: this machine does not permit the connection
  ENOTFOUND: host not found
  EAI_AGAIN EAI_FAIL: the host name cannot be resolved
  ERR_TLS_HANDSHAKE_TIMEOUT: TLS: the handshake timed out
${RETRY}
  ECONNRESET: the connection was reset or cut off
  ECONNABORTED EPIPE: the connection was cut off
Raise the limit with ulimit -n, or lower --concurrency.
  EMFILE: too many open files
Set NODE_EXTRA_CA_CERTS to a file with the CA certificate of the server, or of the proxy that inspects TLS.
  EPROTO: TLS failed
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS: the certificate is self-signed
  SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS: the certificate is not signed by a trusted CA
Check this machine's clock; if the clock is correct, report the error to the operator of the server.
  CERT_HAS_EXPIRED: TLS: the certificate has expired
  CERT_NOT_YET_VALID: TLS: the certificate is not valid yet
${OPERATOR}
  INVALID_PURPOSE: TLS: the certificate is not a server certificate
  ERR_TLS_CERT_ALTNAME_INVALID: TLS: the certificate is for another host
  ERR_SSL_UNSUPPORTED_PROTOCOL ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: TLS: no common protocol version
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: TLS: the server refused the handshake
Correct the endpoint or HTTPS_PROXY: the port does not use TLS.
  ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_PACKET_LENGTH_TOO_LONG ERR_SSL_HTTP_REQUEST: TLS: the server does not use TLS
Use an endpoint or a proxy that requires no client certificate: stream-snapshot sends none.
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: TLS: a client certificate is required
`)

const STATUSES = errorTable(`
Add a user name and password to HTTPS_PROXY.
  407: the proxy requires authentication
${RETRY}
  408: the request timed out
${THROTTLED}
  429: too many requests
`)

export function explainConnection(error: unknown): Explanation | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'RestError' && each.cause instanceof Error) continue
    if (each instanceof TransportError) {
      const { message, code, remedy } = each
      return { cause: code === '' ? message : `${message} (${code})`, remedy }
    }
    const { code = '', errors } = each as NodeJS.ErrnoException & { errors?: unknown[] }
    const row = CONNECTION.get(code)
    if (row) return { cause: `${row[0]} (${code})`, remedy: row[1] }
    if (code.startsWith('HPE_')) {
      return { cause: `the response is not HTTP (${code})`, remedy: NOT_THE_SERVICE }
    }
    if (/^ERR_(SSL|TLS|OSSL)_|^[A-Z]*CERT/.test(code)) {
      return { cause: `TLS failed (${code})`, remedy: OPERATOR }
    }
    const inner = errors?.map(explainConnection).find((one) => one !== undefined)
    if (inner !== undefined) return inner
  }
  return undefined
}

/**
 * Looks up the code of a response, else its status. An unknown code gets the message of the service
 * and no remedy.
 * @param place such as `sign-in at HOST`
 */
export function explainResponse(
  status: number,
  code: string,
  message: unknown,
  table: ErrorTable = new Map(),
  place = '',
): Explanation {
  const shown = isErrorCode(code) ? code : ''
  const returned = [place, 'returned', status, shown].filter(Boolean).join(' ')
  const row = table.get(code) ?? STATUSES.get(String(status))
  if (row) return { cause: `${returned}: ${row[0]}`, remedy: row[1] }
  if (status >= 500) return { cause: returned + withMessage(message), remedy: RETRY }
  if (status >= 300 && status < 400) {
    return { cause: `${returned}, a redirect, which is not followed`, remedy: NOT_THE_SERVICE }
  }
  const remedy = shown === '' ? UNKNOWN_STATUS : undefined
  return { cause: returned + withMessage(message), remedy }
}

const LONGEST_MESSAGE = 300

/** A message on one line, without ids and secrets. */
export function concealMessage(message: unknown): string {
  if (typeof message !== 'string') return ''
  const line = message
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE * 4)
  const clear = conceal(line.replace(/\barn:[^\s'"]+/g, '…'))
    .replace(/\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '…')
    // Numbers of accounts and projects.
    .replace(/\b[0-9]{9,}\b|\b[0-9]{4}-[0-9]{4}-[0-9]{4}\b/g, '…')
    .replace(/\b[\w+/=-]{40,}|\b[0-9a-f]{32}\b/gi, '…')
  return visibleLine(clear.slice(0, LONGEST_MESSAGE))
}

function withMessage(message: unknown): string {
  const text = concealMessage(message)
  return text === '' ? '' : `: ${text}`
}

/** Messages of the SDKs' parsers for a foreign or incomplete response. */
const MALFORMED = /Deserialization error|Cannot (create|set) propert/

export function explainMalformed({ message }: Error): Explanation | undefined {
  if (!MALFORMED.test(message)) return undefined
  return { cause: 'the response is malformed', remedy: NOT_THE_SERVICE }
}

export function explainUnknown(error: Error, failure = ''): Explanation {
  const { code = '', message } = error as NodeJS.ErrnoException
  const shown = isErrorCode(String(code)) ? ` (${code})` : ''
  const cause = `${failure}${concealMessage(message) || 'unknown error'}${shown}`
  return explainMalformed(error) ?? { cause, remedy: UNKNOWN }
}

/** @param explain looks the error up in the tables of the service */
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

export interface Received {
  readonly host: string
  readonly response: HttpResponse
}

/** The last requests of a sign-in, which the errors of the libraries do not contain. */
export class SignInTrace {
  success: Received | undefined
  failure: Received | { readonly host: string; response?: never; error: unknown } | undefined
  /** Only machines in a cloud have a metadata service, so its absence is not a failure. */
  metadata: Received | undefined

  watch(send: Send): Send {
    return async (request) => {
      const { host, hostname } = new URL(request.url)
      const isMetadata = isMetadataHost(hostname)
      try {
        const response = await send(request)
        if (isMetadata) this.metadata = { host, response }
        else if (response.status >= 300) this.failure = { host, response }
        else [this.success, this.failure] = [{ host, response }, undefined]
        return response
      } catch (error) {
        if (!isMetadata) this.failure = { host, error }
        throw error
      }
    }
  }

  explainConnection(): Explanation | undefined {
    if (this.failure === undefined || this.failure.response) return undefined
    const { host, error } = this.failure
    const explained = explainConnection(error)
    return explained && { ...explained, cause: `sign-in at ${host}: ${explained.cause}` }
  }
}

export function isMetadataHost(hostname: string): boolean {
  return /^(169\.254(\.[0-9]+){2}|metadata\.google\.internal)$/.test(hostname)
}
