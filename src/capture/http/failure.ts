import { ServiceError, UserError } from '../../errors.ts'
import { isAnswered } from './question.ts'
import { NoAnswer, ProxyFailure, TransportFailure } from './transport.ts'

/** What went wrong, in our own words, and what to do about it. */
export interface Fault {
  readonly what: string
  readonly remedy?: string | undefined
}

const AGAIN = 'Try again later.'
const NETWORK = 'Check the network, and HTTPS_PROXY where there is a proxy.'
const TRUST = 'Where a proxy inspects TLS, NODE_EXTRA_CA_CERTS names the file of its certificates.'
const PROXY = 'Check HTTPS_PROXY, and NO_PROXY for hosts that are asked without it.'

/** What the codes of Node's sockets, of its resolver, of OpenSSL and of ours mean. */
const CAUSES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ECONNREFUSED: ['nobody listens there', NETWORK],
  ECONNRESET: ['the connection was reset or cut off', AGAIN],
  ECONNABORTED: ['the connection was cut off', AGAIN],
  EPIPE: ['the connection was cut off', AGAIN],
  TOO_LONG: [
    'the answer is too long',
    'It is no answer of the service: ask who stands in between.',
  ],
  BAD_CODING: ['the answer is compressed and cannot be decompressed', AGAIN],
  PLAIN_HTTP: ['plain http goes to this machine alone', 'Name an endpoint with https.'],
  OFFLINE: ['a recording answers, and nobody else', 'Capture anew to record it.'],
  ETIMEDOUT: ['the connection could not be made in time', NETWORK],
  EHOSTUNREACH: ['there is no way to the host', NETWORK],
  ENETUNREACH: ['there is no way to the network', NETWORK],
  ENOTFOUND: ['the host name is not known', NETWORK],
  EAI_AGAIN: ['the host name could not be looked up', NETWORK],
  EPROTO: ['TLS failed', TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ['TLS: a certificate in the chain is self-signed', TRUST],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['TLS: the certificate is self-signed', TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['TLS: nobody known vouches for the certificate', TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['TLS: nobody known vouches for the certificate', TRUST],
  CERT_HAS_EXPIRED: ['TLS: the certificate has expired', TRUST],
  ERR_TLS_CERT_ALTNAME_INVALID: ['TLS: the certificate is for another host', TRUST],
}

/** An answer that is no HTTP, whatever of it Node's parser did not like. */
const NO_HTTP = /^HPE_/

/**
 * Why a request got no answer, in our own words: others' messages may hold what an answer said.
 * Looks down the chain of causes.
 */
export function connectionFailure(error: unknown): Fault | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'RestError' && each.cause instanceof Error) continue
    if (each instanceof NoAnswer) {
      return { what: each.message, remedy: 'Try again later, or give it more time with --timeout.' }
    }
    if (each instanceof ProxyFailure) {
      const why = connectionFailure(each.cause)?.what ?? 'the connection failed'
      return { what: `the proxy: ${why}`, remedy: PROXY }
    }
    const { code, errors } = each as NodeJS.ErrnoException & { errors?: unknown[] }
    if (each instanceof TransportFailure && each.code === 'PROXY_REFUSED') {
      return { what: each.message, remedy: PROXY }
    }
    const [what, remedy] = (Object.hasOwn(CAUSES, code ?? '') && CAUSES[code ?? '']) || []
    if (what !== undefined) return { what: `${what} (${code})`, remedy }
    if (NO_HTTP.test(code ?? '')) return { what: 'the answer is no HTTP', remedy: NETWORK }
    const first = errors?.map(connectionFailure).find((cause) => cause !== undefined)
    if (first !== undefined) return first
  }
  return undefined
}

/** What is to be done about a status, whoever answered it. */
export function remedyFor(status: number): string | undefined {
  if (status === 407) return PROXY
  if (status === 408 || status === 429) return 'Try again later, or with a lower --concurrency.'
  if (status >= 500) return AGAIN
  if (status >= 300 && status < 400) return 'It is a redirect, which is not followed.'
  return undefined
}

/**
 * The error for a question that was not answered: what a service's own reader makes of it, else what
 * became of the connection. Only what somebody answered is called an answer that cannot be read.
 */
export function describeFailure(
  error: unknown,
  question: string,
  read: (error: Error) => Fault | undefined,
): UserError {
  const cause = error instanceof Error ? error : new Error(String(error))
  if (cause instanceof UserError) return cause
  const { what, remedy } = read(cause) ??
    connectionFailure(cause) ?? {
      what: isAnswered() ? 'the answer cannot be read' : 'the question could not be asked',
      remedy: isAnswered()
        ? 'A proxy or a login page may stand in between; try again.'
        : 'See with --debug where it failed.',
    }
  return new ServiceError(`${question}: ${what}`, remedy, { cause })
}
