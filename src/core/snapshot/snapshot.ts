import type { Criteria } from '../criteria/criteria.ts'

/** The clouds in the order in which they are asked for, written and shown. */
export const CLOUDS = ['azure', 'aws', 'gcp'] as const
export type CloudName = (typeof CLOUDS)[number]

/** The one that is meant where none is named. */
export const DEFAULT_CLOUD: CloudName = 'azure'

/** CoreOS's names for architectures, as streams have them. */
export const ARCHITECTURES = ['aarch64', 'ppc64le', 's390x', 'x86_64'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

/** What the cloud says of an image's life; only the first two may be selected. */
export type ImageState =
  | 'active'
  | 'scheduled-for-deprecation'
  | 'deprecated'
  | 'unavailable'
  /** In a state that was not known when it was captured. */
  | 'unknown'

/** What every cloud's image has; what selection needs and no more. */
export interface ImageBase {
  readonly architecture: Architecture
  readonly plan: string
  readonly state: ImageState
  /** Azure's version, or the release read from an AMI's or a GCP image's name or description. */
  readonly version: string
  /** The OCP minor that the SKU or product names, where it names one. */
  readonly ocp?: string
  /** Hyper-V generation, Azure alone. */
  readonly generation?: 1 | 2
  /** AWS alone. */
  readonly region?: string
  /** When the cloud deprecates it, RFC 3339; see `stateAt`. */
  readonly deprecation?: string
}

/** A marketplace image on Azure; publisher, offer and SKU in the criteria's spelling. */
export interface AzureImage extends ImageBase {
  readonly generation: 1 | 2
  readonly offer: string
  readonly publisher: string
  readonly sku: string
}

/** A marketplace image on AWS, in one region. */
export interface AwsImage extends ImageBase {
  readonly region: string
  /** The AMI's id. */
  readonly image: string
  readonly name: string
}

/** A marketplace image on GCP. */
export interface GcpImage extends ImageBase {
  readonly project: string
  readonly name: string
}

export interface ImagesByCloud {
  readonly azure?: readonly AzureImage[]
  readonly aws?: readonly AwsImage[]
  readonly gcp?: readonly GcpImage[]
}

/** The image of any cloud, as the parts that know no cloud handle it. */
export type Image = ImageBase & Readonly<Record<string, string | number | undefined>>

/** One question asked, in the cloud's words, and what came of it. */
export type Answered<Query> = Query & ({ readonly images: number } | { readonly missing: true })

export interface AzureQuery {
  readonly publisher: string
  readonly offer: string
  readonly sku: string
}

/** All images of a region are asked for at once. */
export interface AwsQuery {
  readonly region: string
}

/** A project's list has a filter; an image that is asked for by itself has a name. */
export interface GcpQuery {
  readonly project: string
  readonly filter?: string
  readonly name?: string
}

export interface QueriesByCloud {
  readonly azure?: readonly Answered<AzureQuery>[]
  readonly aws?: readonly Answered<AwsQuery>[]
  readonly gcp?: readonly Answered<GcpQuery>[]
}

/** What of a stream's identity a snapshot keeps: enough to ask again and to write it. */
export interface StreamIdentity {
  readonly name: string
  readonly distro: 'rhcos' | 'fcos'
  /** The OCP minor whose images are looked for; null where no cloud was asked. */
  readonly ocp: string | null
  /** The build server, without a trailing slash. */
  readonly url: string
  readonly signatures: boolean
}

/** One architecture's build: `meta` are the fields of its meta.json that a stream shows. */
export interface Build {
  readonly release: string
  /** The folder of meta.json and the artifacts, without a trailing slash. */
  readonly location: string
  readonly meta: Readonly<Record<string, unknown>>
}

/** Everything that was learned, without the time and the tool of the learning. */
export interface SnapshotContent {
  readonly schemaVersion: 1
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  readonly builds: Readonly<Record<string, Build>>
  readonly images: ImagesByCloud
  readonly queries: QueriesByCloud
}

/** One capture's result; see docs/formats.md. */
export interface Snapshot extends SnapshotContent {
  /** RFC 3339, UTC, whole seconds: when the content was first seen. */
  readonly capturedAt: string
  /** Name and version of what first saw it. */
  readonly generator: string
  readonly recording: {
    /** The file's name, beside the snapshot. */
    readonly file: string
    /** Hexadecimal. */
    readonly sha256: string
  }
  /** `sha256-` and the base64 digest of the canonical JSON of all the other keys. */
  readonly integrity: string
}

/** A cloud's images as the parts that know no cloud see them. */
export function getImages(
  snapshot: Pick<SnapshotContent, 'images'>,
  cloud: CloudName,
): readonly Image[] {
  const byCloud: Partial<Record<CloudName, readonly object[]>> = snapshot.images
  return (byCloud[cloud] ?? []) as readonly Image[]
}

/** A cloud's questions, likewise. */
export function getQueries(
  snapshot: Pick<SnapshotContent, 'queries'>,
  cloud: CloudName,
): readonly Answered<object>[] {
  const byCloud: Partial<Record<CloudName, readonly Answered<object>[]>> = snapshot.queries
  return byCloud[cloud] ?? []
}

/** The clouds that were asked, whatever they answered. */
export function capturedClouds(snapshot: Pick<SnapshotContent, 'queries'>): CloudName[] {
  return CLOUDS.filter((cloud) => cloud in snapshot.queries)
}
