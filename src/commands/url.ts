import { isLoopback, isPlainUrl } from '../core/url.ts'
import { InputError } from '../errors.ts'

/** A URL for an error message, without user, password and query. */
export function shownUrl(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…')
}

/**
 * Reads a URL that is fit for a snapshot: `https`, or plain `http` to this machine.
 *
 * @param name by which an error calls it
 * @returns the URL as `URL` writes it, without a trailing slash
 */
export function checkUrl(text: string, name: string): string {
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined
  const plain = url?.href.replace(/\/+$/, '') ?? ''
  if (isPlainUrl(plain)) return plain
  if (url?.username || url?.password) throw new InputError(`${name}: a URL with credentials`)
  if (/[?#]/.test(plain)) throw new InputError(`${name}: a URL with a query or a fragment`)
  if (url?.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new InputError(`${name}: plain http only to this machine, found ${url.origin}`)
  }
  throw new InputError(`${name}: expected an https URL, found ${JSON.stringify(shownUrl(text))}`)
}
