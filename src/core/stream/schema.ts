/**
 * The schema of streams, from the structs of coreos/stream-metadata-go (`stream/stream.go`,
 * `stream/rhcos/rhcos.go`). Go writes a struct's fields in the order of their declaration, and a map's
 * keys sorted by bytes.
 */

import { MARKETPLACE_KEYS } from './layouts.ts'
import { type ImageRule, PLATFORM_RULES, PLATFORMS } from './platforms.ts'

/** `whole` is replaced completely, in the order of the new value. */
export type Shape = Fields | Mapping | Foreign | { readonly kind: 'whole' }

/** A Go struct. A `shared` one is written by several operations, and removed if it is empty. */
export interface Fields {
  readonly kind: 'fields'
  readonly fields: ReadonlyMap<string, Shape>
  readonly shared: boolean
}

export interface Mapping {
  readonly kind: 'map'
  readonly of: Shape
  readonly owned: ReadonlySet<string> | undefined
}

/** A value that another operation sets. */
export interface Foreign {
  readonly kind: 'foreign'
  /** The parts that stream-metadata-go reads; absent for an unknown key. */
  readonly known?: Shape
}

export const WHOLE: Shape = { kind: 'whole' }

function fields(table: Readonly<Record<string, Shape>>): Fields {
  return { kind: 'fields', fields: new Map(Object.entries(table)), shared: false }
}

function plain(...names: string[]): Fields {
  return fields(Object.fromEntries(names.map((name) => [name, WHOLE])))
}

function map(of: Shape, owned?: readonly string[]): Mapping {
  return { kind: 'map', of, owned: owned && new Set(owned) }
}

const ARTIFACT = plain('location', 'signature', 'sha256', 'uncompressed-sha256')

const PLATFORM_ARTIFACTS = fields({
  release: WHOLE,
  formats: map(
    fields({
      disk: ARTIFACT,
      kernel: ARTIFACT,
      initramfs: ARTIFACT,
      rootfs: ARTIFACT,
    }),
  ),
})

function getImageFields({ region, members }: ImageRule): Fields {
  const image = plain('release', ...Object.keys(members))
  return region === undefined ? image : fields({ regions: map(image) })
}

const RULES = Object.entries(PLATFORM_RULES)

const IMAGES = fields(
  Object.fromEntries(
    RULES.flatMap(([platform, { images }]) => (images ? [[platform, getImageFields(images)]] : [])),
  ),
)

const BUILD_EXTENSIONS = Object.fromEntries(
  RULES.flatMap(([, { extension }]) =>
    extension ? [[extension.key, getImageFields(extension)]] : [],
  ),
)

export const KNOWN_PLANS = [
  'no-purchase-plan',
  ...['ocp', 'opp', 'oke'],
  ...['ocp-emea', 'opp-emea', 'oke-emea'],
] as const

const AZURE_IMAGE = plain('publisher', 'offer', 'sku', 'version')
const AZURE_IMAGES = fields({ hyperVGen1: AZURE_IMAGE, hyperVGen2: AZURE_IMAGE })
const KNOWN: Readonly<Record<string, Fields>> = {
  marketplace: fields({
    azure: fields(Object.fromEntries(KNOWN_PLANS.map((plan) => [plan, AZURE_IMAGES]))),
  }),
}

export const EXTENSIONS: Fields = {
  ...fields({
    ...BUILD_EXTENSIONS,
    ...Object.fromEntries(
      MARKETPLACE_KEYS.map((key): [string, Foreign] => [
        key,
        { kind: 'foreign', ...(KNOWN[key] && { known: KNOWN[key] }) },
      ]),
    ),
  }),
  shared: true,
}

export const ARCHITECTURE = fields({
  artifacts: map(PLATFORM_ARTIFACTS, PLATFORMS),
  images: IMAGES,
  'rhel-coreos-extensions': EXTENSIONS,
})

export const ARCHITECTURES = map(ARCHITECTURE)

export const METADATA = plain('last-modified', 'generator')

export const STREAM = fields({
  stream: WHOLE,
  metadata: METADATA,
  architectures: ARCHITECTURES,
})

/** The images that stream-metadata-go reads. */
export const READ = 'marketplace.azure'

/** The path to the first name that is unknown to stream-metadata-go; undefined if it reads all. */
export function unreadPath(path: readonly string[]): readonly string[] | undefined {
  const [key, cloud, plan] = path
  if (key !== 'marketplace') return path.slice(0, 1)
  if (cloud !== 'azure') return path.slice(0, 2)
  const isKnown = (KNOWN_PLANS as readonly (string | undefined)[]).includes(plan)
  return isKnown ? undefined : path.slice(0, 3)
}
