import { isLoopback } from '../core/url.ts'
import { InputError } from '../errors.ts'

/** A URL for an error message, without user, password and query. */
export function shownUrl(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…')
}

/**
 * An `https` URL without a trailing slash; plain `http` to this machine alone. What stands in it
 * goes into files, so there are no credentials and no query.
 *
 * @param name by which an error calls it
 */
export function checkUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || /\s/.test(text)) {
    throw new InputError(`${name}: expected an https URL, found ${JSON.stringify(shownUrl(text))}`)
  }
  if (url.username || url.password) throw new InputError(`${name}: a URL with credentials`)
  if (/[?#]/.test(text)) throw new InputError(`${name}: a URL with a query or a fragment`)
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new InputError(`${name}: plain http only to this machine, found ${url.origin}`)
  }
  return text.replace(/\/+$/, '')
}
