import { isMetaUrl, isRelease, type NamedBuild, readMetaUrl } from '../core/builds/locate.ts'
import { ARCHITECTURES, CLOUDS, toArchitecture } from '../core/snapshot/snapshot.ts'
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
  const names = builds.map(({ architecture }) => architecture)
  const second = names.findIndex((name, at) => name !== undefined && names.indexOf(name) < at)
  if (second < 0) return builds
  throw new InputError(
    `${texts[second]}: a second build for ${names[second]}`,
    'Name one build for each architecture.',
  )
}

function readAssignment(text: string): NamedBuild {
  const [, name, release = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const architecture = toArchitecture(name ?? '')
  if (architecture !== undefined && isRelease(release)) return { architecture, release }
  const expected =
    name === undefined
      ? 'ARCH=VERSION or https://…/meta.json'
      : architecture === undefined
        ? `one of ${ARCHITECTURES.join(', ')} before the =`
        : 'a version after the ='
  throw new InputError(
    `${JSON.stringify(text)}: expected ${expected}`,
    (CLOUDS as readonly string[]).includes(text)
      ? 'Separate clouds by commas: --cloud azure,aws.'
      : 'Name a build, for example x86_64=418.94.202410090804-0.',
  )
}

function readUrl(text: string): NamedBuild {
  const source = checkUrl(text, redactUrl(text))
  if (!isMetaUrl(source)) throw new InputError(`${text}: expected a URL that ends in /meta.json`)
  const known = readMetaUrl(source)
  return known ? { source, ...known } : { source }
}

/** A URL for an error message, without user, password and query. */
function redactUrl(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…')
}

/**
 * Reads a URL that a snapshot may contain: `https`, or plain `http` to this machine.
 *
 * @param name of the URL in errors
 * @returns the normalized URL without a trailing slash
 */
export function checkUrl(text: string, name: string): string {
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined
  const plain = url?.href.replace(/\/+$/, '') ?? ''
  if (isPlainUrl(plain)) return plain
  if (url?.username || url?.password) throw new InputError(`${name}: the URL contains credentials`)
  if (/[?#]/.test(plain)) throw new InputError(`${name}: the URL contains a query or a fragment`)
  if (url?.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new InputError(
      `${name}: plain http is only supported to this machine, found ${url.origin}`,
    )
  }
  throw new InputError(`${name}: expected an https URL, found ${JSON.stringify(redactUrl(text))}`)
}
