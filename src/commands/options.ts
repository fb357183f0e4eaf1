import { InputError } from '../errors.ts'
import { isLoopback } from '../index.ts'
import { openTerminal, type Terminal } from './line/terminal.ts'

/** What every command takes. */
export interface CommonArgs {
  readonly quiet?: boolean | undefined
}

export function terminalOf({ quiet }: CommonArgs): Terminal {
  return openTerminal({ quiet: quiet === true })
}

/** A `coerce` for options that take a whole number from `least` on. */
export function wholeNumber(option: string, least = 1): (value: unknown) => number {
  return (value) => {
    const number = typeof value === 'string' ? Number(value || Number.NaN) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < least) {
      throw new InputError(`--${option}: expected a whole number from ${least} on`)
    }
    return number
  }
}

/** A `coerce` for options that are given once. */
export function once(option: string): (value: unknown) => string | undefined {
  return (value) => {
    if (Array.isArray(value)) throw new InputError(`--${option}: given more than once`)
    if (value === '') throw new InputError(`--${option}: expected a value`)
    return value as string | undefined
  }
}

/** A `coerce` for options that take a URL; see `checkUrl`. */
export function urlOption(option: string): (value: unknown) => string | undefined {
  return (value) => {
    const text = once(option)(value)
    return text === undefined ? undefined : checkUrl(text, `--${option}`)
  }
}

/** A URL to be shown in an error: a user, a password and a query are nobody else's. */
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
