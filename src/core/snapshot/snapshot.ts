import { InputError } from '../../errors.ts'
import type { Criteria } from '../criteria/criteria.ts'

/** The clouds in the order of queries, streams and output. */
export const CLOUDS = ['azure', 'aws', 'gcp'] as const
export type CloudName = (typeof CLOUDS)[number]

export const DEFAULT_CLOUD: CloudName = 'azure'

export const ARCHITECTURES = ['aarch64', 'ppc64le', 's390x', 'x86_64'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

/** Only images in the first two states can be selected. */
export type ImageState =
  | 'active'
  | 'scheduled-for-deprecation'
  | 'deprecated'
  | 'unavailable'
  | 'unknown'

export interface ImageBase {
  readonly architecture: Architecture
  readonly plan: string
  readonly state: ImageState
  /** Azure's version, or the release in the name or description of an AMI or GCP image. */
  readonly version: string
  readonly ocp?: string
  readonly generation?: 1 | 2
  readonly region?: string
  /** The date as the cloud reports it; see `stateAt`. */
  readonly deprecation?: string
}

/** A marketplace image on Azure; publisher, offer and SKU in the criteria's spelling. */
export interface AzureImage extends ImageBase {
  readonly generation: 1 | 2
  readonly offer: string
  readonly publisher: string
  readonly sku: string
}

export interface AwsImage extends ImageBase {
  readonly region: string
  readonly image: string
  readonly name: string
}

export interface GcpImage extends ImageBase {
  readonly project: string
  readonly name: string
}

export interface ImagesByCloud {
  readonly azure?: readonly AzureImage[]
  readonly aws?: readonly AwsImage[]
  readonly gcp?: readonly GcpImage[]
}

export type Image = ImageBase & Readonly<Record<string, string | number | undefined>>

/** A query with the number of images in the response; `missing` for an unknown SKU, offer or product. */
export type QueryResult<Query> = Query & ({ readonly images: number } | { readonly missing: true })

export interface AzureQuery {
  readonly publisher: string
  readonly offer: string
  readonly sku: string
}

export interface AwsQuery {
  readonly region: string
}

/** A list has a filter; a query for one image has its name. */
export interface GcpQuery {
  readonly project: string
  readonly filter?: string
  readonly name?: string
}

export interface QueriesByCloud {
  readonly azure?: readonly QueryResult<AzureQuery>[]
  readonly aws?: readonly QueryResult<AwsQuery>[]
  readonly gcp?: readonly QueryResult<GcpQuery>[]
}

type AnyQuery = QueryResult<{ readonly region?: string }>

export interface StreamIdentity {
  readonly name: string
  readonly distro: 'rhcos' | 'fcos'
  /** The OCP version of the images; null if no cloud was queried. */
  readonly ocp: string | null
  readonly url: string
  readonly signatures: boolean
}

/** The build of one architecture. `meta` has the fields of meta.json that a stream contains. */
export interface Build {
  readonly release: string
  /** The URL of the folder with meta.json and the artifacts, without a trailing slash. */
  readonly location: string
  readonly meta: Readonly<Record<string, unknown>>
}

export interface SnapshotContent {
  readonly schemaVersion: 1
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  readonly builds: Readonly<Record<string, Build>>
  readonly images: ImagesByCloud
  readonly queries: QueriesByCloud
}

export interface Snapshot extends SnapshotContent {
  /** RFC 3339, UTC, whole seconds: when the content was first captured. */
  readonly capturedAt: string
  readonly generator: string
  readonly recording: {
    readonly file: string
    readonly sha256: string
  }
  readonly integrity: string
}

export function getImages(
  snapshot: Pick<SnapshotContent, 'images'>,
  cloud: CloudName,
): readonly Image[] {
  return ((snapshot.images as Partial<Record<CloudName, object>>)[cloud] ?? []) as readonly Image[]
}

export function getQueries(
  snapshot: Pick<SnapshotContent, 'queries'>,
  cloud: CloudName,
): readonly AnyQuery[] {
  return (snapshot.queries as Partial<Record<CloudName, readonly AnyQuery[]>>)[cloud] ?? []
}

export function buildReleases({ builds }: Pick<SnapshotContent, 'builds'>): Map<string, string> {
  return new Map(Object.entries(builds).map(([arch, { release }]) => [arch, release]))
}

export function capturedClouds(snapshot: Pick<SnapshotContent, 'queries'>): CloudName[] {
  return CLOUDS.filter((cloud) => cloud in snapshot.queries)
}

/** The regions that a cloud was queried in; empty for a cloud without regions. */
export function queriedRegions(
  snapshot: Pick<SnapshotContent, 'queries'>,
  cloud: CloudName,
): string[] {
  return getQueries(snapshot, cloud).flatMap(({ region }) => region ?? [])
}

/** The names of what a capture of a cloud can keep: the regions, else the cloud. */
export function cloudParts(
  snapshot: Pick<SnapshotContent, 'queries'>,
  cloud: CloudName,
): readonly string[] {
  const regions = queriedRegions(snapshot, cloud)
  return regions.length > 0 ? regions : [cloud]
}

const ALIASES: Readonly<Record<string, Architecture>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  arm64: 'aarch64',
}

export function isArchitecture(text: string | undefined): text is Architecture {
  return (ARCHITECTURES as readonly (string | undefined)[]).includes(text)
}

/** Also reads aliases such as `amd64`, in any case. */
export function toArchitecture(text: string): Architecture | undefined {
  const name = text.toLowerCase()
  if (isArchitecture(name)) return name
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined
}

export function kubernetesName(architecture: Architecture): string {
  return Object.keys(ALIASES).find((name) => ALIASES[name] === architecture) ?? architecture
}

export function readArchitecture(text: string, option: string): Architecture {
  const found = toArchitecture(text)
  if (found !== undefined) return found
  throw new InputError(
    `${option}: expected one of ${ARCHITECTURES.join(', ')}, found ${JSON.stringify(text)}`,
  )
}

const RFC_3339 =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/

/** RFC 3339 as milliseconds since 1970; undefined if invalid. Publishers on GCP omit seconds. */
export function readTime(text: string): number | undefined {
  const time = text.toUpperCase()
  const [, date] = RFC_3339.exec(time) ?? []
  const day = new Date(`${date}T00:00Z`)
  // `Date` accepts February 30.
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === date
  // `Date` does not accept leap seconds.
  return isDay ? Date.parse(time.replace(/:60(?=[.Z+-])/, ':59')) : undefined
}

/** The state when the region or cloud of the image was captured. */
export function stateIn(
  { criteria, capturedAt }: Pick<Snapshot, 'criteria' | 'capturedAt'>,
  cloud: CloudName,
  image: Image,
): ImageState {
  return stateAt(image, criteria.selectedAt?.[image.region ?? cloud] ?? capturedAt)
}

/** The state at `time`: a deprecation date in the past makes an image deprecated. */
export function stateAt(image: Image, time: string): ImageState {
  const { state, deprecation } = image
  if (deprecation === undefined || state === 'unavailable' || state === 'deprecated') return state
  const [end, now] = [readTime(deprecation), readTime(time)]
  if (end === undefined || now === undefined) return 'unknown'
  return end <= now ? 'deprecated' : state
}
