import { isMetaUrl, isRelease, type NamedBuild, readMetaUrl } from '../core/builds/locate.ts'
import { ARCHITECTURES, architectureOf, CLOUDS } from '../core/snapshot/snapshot.ts'
import { isLoopback, isPlainUrl } from '../core/url.ts'
import { InputError } from '../errors.ts'

/**
 * Reads `ARCH=VERSION` and `https://…/meta.json`.
 *
 * @throws InputError that names the argument and what was expected
 */
export function readBuilds(texts: readonly string[]): NamedBuild[] {
  const builds = texts.map((text) =>
    /^https?:\/\//i.test(text) ? readUrl(text) : readAssignment(text),
  )
  const seen = new Set<string>()
  for (const [at, { architecture }] of builds.entries()) {
    if (architecture === undefined) continue
    if (seen.has(architecture)) {
      throw new InputError(`${texts[at]}: a second build for ${architecture}, expected one`)
    }
    seen.add(architecture)
  }
  return builds
}

function readAssignment(text: string): NamedBuild {
  const [, named, release = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const architecture = named === undefined ? undefined : architectureOf(named)
  if (named === undefined) {
    const isCloud = (CLOUDS as readonly string[]).includes(text)
    throw new InputError(
      `${JSON.stringify(text)}: expected ARCH=VERSION or https://…/meta.json`,
      isCloud
        ? 'Clouds stand in one word: --cloud azure,aws.'
        : 'For example x86_64=418.94.202410090804-0.',
    )
  }
  if (architecture === undefined) {
    throw new InputError(
      `${JSON.stringify(text)}: expected one of ${ARCHITECTURES.join(', ')} before the =`,
    )
  }
  if (!isRelease(release)) {
    throw new InputError(
      `${JSON.stringify(text)}: expected a build's version behind the =, such as 418.94.202410090804-0`,
    )
  }
  return { architecture, release }
}

function readUrl(text: string): NamedBuild {
  const source = checkUrl(text, shownUrl(text))
  if (!isMetaUrl(source)) throw new InputError(`${text}: expected a URL that ends in /meta.json`)
  const known = readMetaUrl(source)
  return known ? { source, ...known } : { source }
}

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
