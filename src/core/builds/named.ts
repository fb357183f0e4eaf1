import { InputError } from '../../errors.ts'
import { folderAround, liesIn } from '../url.ts'
import { folderOf, type StreamPlace, type WantedBuild } from './locate.ts'

/** A build that the user named, and the stream's place that its URL implies. */
export interface NamedBuild extends WantedBuild {
  readonly place?: StreamPlace
}

/**
 * The name of the stream and its build server, as far as the URLs of the builds imply them.
 *
 * @throws InputError if the URLs contradict each other
 */
export function impliedPlace(
  builds: readonly NamedBuild[],
  given: Partial<StreamPlace>,
): Partial<StreamPlace> | undefined {
  const places = builds.flatMap(({ place }) => place ?? [])
  for (const key of ['name', 'url'] as const) {
    const values = [...new Set(places.map((place) => place[key]))]
    if (values.length > 1 && given[key] === undefined) {
      throw new InputError(
        `the builds are of different streams: ${values.join(', ')}`,
        `Name one with --${key}.`,
      )
    }
  }
  const others = builds.flatMap(({ place, source }) =>
    place || source === undefined ? [] : source,
  )
  if (given.url !== undefined || others.length === 0) return places[0]
  const url = places.length > 0 ? places[0]?.url : folderAround(others)
  const stray = others.find((source) => url === undefined || !liesIn(source, url))
  if (url === undefined || stray !== undefined) {
    throw new InputError(
      `${stray}: not on the build server of the other builds`,
      'Name the stream and its build server with --name and --url.',
    )
  }
  return { ...places[0], url }
}

/**
 * The builds to query. A URL without the layout of build servers names the folder of its artifacts,
 * unless the build server was given.
 */
export function wantedBuilds(
  builds: readonly NamedBuild[],
  given: Partial<StreamPlace>,
): WantedBuild[] {
  return builds.map(({ place, ...build }) =>
    place === undefined && build.source !== undefined && given.url === undefined
      ? { ...build, location: folderOf(build.source) }
      : build,
  )
}
