import { InputError } from '../../errors.ts'
import {
  type Architecture,
  isArchitecture,
  type SnapshotContent,
  type StreamIdentity,
} from '../snapshot/snapshot.ts'

export type StreamPlace = Pick<StreamIdentity, 'url' | 'name'>

export interface WantedBuild {
  readonly architecture?: Architecture | undefined
  readonly release?: string | undefined
  /** The URL of meta.json; absent: `location` and `/meta.json`. */
  readonly source?: string | undefined
  /** The URL of the folder that is written to the stream; absent: the folder on the build server. */
  readonly location?: string | undefined
}

const META = '/meta.json'

export function buildFolder(
  { url, name }: StreamPlace,
  architecture: string,
  release: string,
): string {
  return `${url}/${name}/builds/${release}/${architecture}`
}

export function readMetaUrl(metaUrl: string) {
  const match = /^(https?:\/\/.+)\/([^/]+)\/builds\/([^/]+)\/([^/]+)\/meta\.json$/.exec(metaUrl)
  const [, url, name, release, architecture] = match ?? []
  if (url === undefined || name === undefined || release === undefined) return undefined
  if (!isArchitecture(architecture) || !isRelease(release)) return undefined
  return { place: { url, name }, architecture, release }
}

export function wantedAgain(builds: SnapshotContent['builds']): WantedBuild[] {
  return Object.entries(builds).map(([architecture, { release, location }]) => ({
    architecture: architecture as Architecture,
    release,
    location,
  }))
}

/** The URL of a build's meta.json; in a recording, its URL on the build server. */
export function getMetaUrl(wanted: WantedBuild, place: StreamPlace, isReplayed: boolean): string {
  const { architecture, release, source } = wanted
  const folder = architecture && release && buildFolder(place, architecture, release)
  const location = wanted.location ?? folder
  const own = location ? toMetaUrl(location) : undefined
  return (isReplayed ? (own ?? source) : (source ?? own)) ?? ''
}

export function toMetaUrl(location: string): string {
  return `${location}${META}`
}

export function isMetaUrl(text: string): boolean {
  return text.endsWith(META)
}

export function isRelease(text: string): boolean {
  return /^[0-9A-Za-z][\w.+-]{0,99}$/.test(text) && !text.includes('..')
}

export interface NamedBuild extends WantedBuild {
  readonly place?: StreamPlace
}

/** The stream's name and build server from the URLs of the builds. @throws InputError for several */
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
        `Select one with --${key}.`,
      )
    }
  }
  const other = builds.find(({ place, source }) => place === undefined && source !== undefined)
  if (other !== undefined && given.url === undefined) {
    throw new InputError(
      `${other.source}: expected URL/NAME/builds/VERSION/ARCH/meta.json`,
      'Specify the stream and its build server with --name and --url.',
    )
  }
  return places[0]
}
