import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import { CLOUDS, type CloudName } from '../snapshot/snapshot.ts'

/** Where a cloud's images stand in a layout; both ways between slots and names follow from it. */
export interface Places {
  /** The names under the cloud's key, with members of the slot: `['{plan}', 'regions', '{region}']`. */
  readonly names: readonly string[]
  /** The plans that have a place, with their names there; absent: every plan, by its own name. */
  readonly plans?: Readonly<Record<string, string>>
  /** The one generation that has a place, where the names tell none. */
  readonly generation?: 1 | 2
}

/** How marketplace images are laid out in an architecture's `rhel-coreos-extensions`. */
interface LayoutRules {
  /** The names above a cloud's images: a key of its own, or its name within a key that all share. */
  readonly root:
    | readonly [key: `${string}{cloud}${string}`]
    | readonly [key: string, within: `${string}{cloud}${string}`]
  readonly places: Readonly<Record<CloudName, Places>>
}

const REGIONS = ['{plan}', 'regions', '{region}'] as const

/** No two have a key in common. */
const TABLE = {
  /** The enhancement's: Gen2 images only, and of the paid plans those of OCP. */
  enhancement: {
    root: ['{cloud}-marketplace'],
    places: {
      azure: {
        names: ['{plan}'],
        plans: {
          'no-purchase-plan': 'no-purchase-plan',
          ocp: 'purchase-plan-north-america',
          'ocp-emea': 'purchase-plan-emea',
        },
        generation: 2,
      },
      aws: { names: REGIONS },
      gcp: { names: ['{plan}'] },
    },
  },
  /** That of stream-metadata-go, which marketplace files have too. */
  'stream-metadata': {
    root: ['marketplace', '{cloud}'],
    places: {
      azure: { names: ['{plan}', 'hyperVGen{generation}'] },
      aws: { names: REGIONS },
      gcp: { names: ['{plan}'] },
    },
  },
} as const satisfies Record<string, LayoutRules>

export type LayoutName = keyof typeof TABLE
export const LAYOUT_RULES: Readonly<Record<LayoutName, LayoutRules>> = TABLE
export const LAYOUT_NAMES = Object.keys(TABLE) as LayoutName[]

/** The layout of a marketplace file. */
export const FILE_LAYOUT = 'stream-metadata' satisfies LayoutName

type Root = readonly [key: string] | readonly [key: string, within: string]

/** The key that has a cloud's images in a layout, and the name within where clouds share it. */
export function rootOf(name: LayoutName, cloud: CloudName): Root {
  const [key, within] = LAYOUT_RULES[name].root.map((text) => text.replace('{cloud}', cloud))
  return within === undefined ? [key ?? ''] : [key ?? '', within]
}

/** The keys that hold marketplace images, in the order of writing. */
export const MARKETPLACE_KEYS: readonly string[] = [
  ...new Set(LAYOUT_NAMES.flatMap((name) => CLOUDS.map((cloud) => rootOf(name, cloud)[0]))),
]

/** What a build has itself of an architecture's `rhel-coreos-extensions`. */
export function ownExtensions(extensions: JsonValue | undefined): JsonRecord {
  return Object.fromEntries(
    Object.entries(isRecord(extensions) ? extensions : {}).filter(
      ([key]) => !MARKETPLACE_KEYS.includes(key),
    ),
  )
}
