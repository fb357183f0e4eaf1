import {
  folderOf,
  isMetaUrl,
  isRelease,
  readMetaUrl,
  type StreamPlace,
  type WantedBuild,
} from '../core/builds/locate.ts'
import { architectureOf } from '../core/snapshot/architecture.ts'
import { ARCHITECTURES, CLOUDS } from '../core/snapshot/snapshot.ts'
import { folderAround, liesIn } from '../core/url.ts'
import { InputError } from '../errors.ts'
import { checkUrl, shownUrl } from './url.ts'

/** A build of the command line, and where its URL says that the stream is. */
export interface NamedBuild extends WantedBuild {
  readonly place?: StreamPlace
}

/**
 * Reads `ARCH=VERSION` and `https://…/meta.json`.
 *
 * @throws InputError that names the argument and what was expected
 */
export function readBuilds(texts: readonly string[]): NamedBuild[] {
  const builds = texts.map((text) =>
    /^https?:\/\//i.test(text) ? readUrl(text) : readAssignment(text),
  )
  const twin = builds.findIndex(
    ({ architecture }, index) =>
      architecture !== undefined &&
      builds.slice(0, index).some((other) => other.architecture === architecture),
  )
  if (twin >= 0) {
    throw new InputError(
      `${texts[twin]}: a second build for ${builds[twin]?.architecture}, expected one`,
    )
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

/**
 * Where the URLs say that the stream is: its name and its server by their layout; else the folder
 * around them all.
 *
 * @throws InputError where they do not agree
 */
export function placeOf(
  builds: readonly NamedBuild[],
  given: Partial<StreamPlace>,
): Partial<StreamPlace> | undefined {
  const places = builds.flatMap(({ place }) => place ?? [])
  for (const key of ['name', 'url'] as const) {
    const values = [...new Set(places.map((place) => place[key]))]
    if (values.length > 1 && given[key] === undefined) {
      throw new InputError(
        `the builds are of different streams: ${values.join(', ')}`,
        `Say which one with --${key}.`,
      )
    }
  }
  const odd = builds.flatMap(({ place, source }) => (place || source === undefined ? [] : source))
  if (given.url !== undefined || odd.length === 0) return places[0]
  const url = places.length > 0 ? places[0]?.url : folderAround(odd)
  const stray = odd.find((source) => url === undefined || !liesIn(source, url))
  if (url === undefined || stray !== undefined) {
    throw new InputError(
      `${stray}: not on the build server of the other builds`,
      "Say with --name and --url where the stream's artifacts are.",
    )
  }
  return { ...places[0], url }
}

/**
 * The builds to ask for. A URL that does not follow the layout of build servers names the folder of
 * its artifacts too, unless the command line says where they are.
 */
export function wantedBuilds(
  builds: readonly NamedBuild[],
  given: Partial<StreamPlace>,
): WantedBuild[] {
  const isPlaced = given.url !== undefined
  return builds.map(({ place, ...build }) =>
    place === undefined && build.source !== undefined && !isPlaced
      ? { ...build, location: folderOf(build.source) }
      : build,
  )
}
