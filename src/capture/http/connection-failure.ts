import { NoAnswer } from './no-answer.ts'

/** What the codes of Node's sockets, of its resolver and of OpenSSL mean. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset or cut off',
  TOO_LONG: 'the answer is too long',
  ECONNABORTED: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut off',
  PARSE_ERROR: 'the answer is not what it should be: cut off, or not JSON',
  ETIMEDOUT: 'the connection could not be made in time',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EPROTO: 'TLS failed',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: a certificate in the chain is self-signed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: the certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS: nobody known vouches for the certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS: nobody known vouches for the certificate',
  CERT_HAS_EXPIRED: 'TLS: the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: the certificate is for another host',
}

/**
 * Why a request got no answer, in our own words: others' messages may hold what an answer said.
 * Looks down the chain of causes.
 */
export function connectionFailure(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof NoAnswer) return each.message
    const { code, errors } = each as NodeJS.ErrnoException & { errors?: unknown[] }
    if (code !== undefined && Object.hasOwn(CAUSES, code)) return `${CAUSES[code]} (${code})`
    const first = errors?.map(connectionFailure).find((cause) => cause !== undefined)
    if (first !== undefined) return first
    if (each.name === 'TimeoutError' || each.name === 'AbortError') return 'no answer in time'
    if (/premature close|aborted/i.test(each.message)) return 'the connection was cut off'
    if (each instanceof SyntaxError) return 'the answer is not JSON'
  }
  return undefined
}
