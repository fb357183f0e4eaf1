import type { Slot } from '../clouds/facts.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import { type Architecture, CLOUDS, type CloudName } from '../snapshot/snapshot.ts'

export const LAYOUT_NAMES = ['enhancement', 'stream-metadata'] as const
export type LayoutName = (typeof LAYOUT_NAMES)[number]

export const FILE_LAYOUT = 'stream-metadata' satisfies LayoutName

/** One level of a path: its name for a slot, and the slot's members for a name. */
interface Level {
  name(slot: Slot): string | undefined
  read(name: string): Partial<Slot> | undefined
}

const PLAN: Level = { name: ({ plan }) => plan, read: (plan) => (plan ? { plan } : undefined) }

const REGIONS: Level = {
  name: () => 'regions',
  read: (name) => (name === 'regions' ? {} : undefined),
}

const REGION: Level = {
  name: ({ region }) => region,
  read: (region) => (region ? { region } : undefined),
}

const GENERATION: Level = {
  name: ({ generation }) => generation && `hyperVGen${generation}`,
  read: (name) => {
    const digit = /^hyperVGen([12])$/.exec(name)?.[1]
    return digit === undefined ? undefined : { generation: digit === '1' ? 1 : 2 }
  },
}

/** The names of Azure's plans in the enhancement. */
export const ENHANCEMENT_PLANS: ReadonlyMap<string, string> = new Map([
  ['no-purchase-plan', 'no-purchase-plan'],
  ['ocp', 'purchase-plan-north-america'],
  ['ocp-emea', 'purchase-plan-emea'],
])

/** Other plans and Gen1 images have no place in the enhancement. */
const ENHANCEMENT_PLAN: Level = {
  name: ({ plan, generation }) => (generation === 2 ? ENHANCEMENT_PLANS.get(plan) : undefined),
  read: (name) => {
    const plan = [...ENHANCEMENT_PLANS].find(([, each]) => each === name)?.[0]
    return plan === undefined ? undefined : { plan, generation: 2 }
  },
}

const LEVELS: Readonly<Record<LayoutName, Readonly<Record<CloudName, readonly Level[]>>>> = {
  enhancement: { azure: [ENHANCEMENT_PLAN], aws: [PLAN, REGIONS, REGION], gcp: [PLAN] },
  'stream-metadata': { azure: [PLAN, GENERATION], aws: [PLAN, REGIONS, REGION], gcp: [PLAN] },
}

export function layoutRoot(
  layout: LayoutName,
  cloud: CloudName,
): readonly [key: string] | readonly [key: string, within: string] {
  return layout === 'enhancement' ? [`${cloud}-marketplace`] : ['marketplace', cloud]
}

export const MARKETPLACE_KEYS: readonly string[] = [
  ...new Set(LAYOUT_NAMES.flatMap((layout) => CLOUDS.map((cloud) => layoutRoot(layout, cloud)[0]))),
]

/** The path of a slot's image below the layout's root; undefined if the layout has no place for it. */
export function slotPath(layout: LayoutName, slot: Slot): string[] | undefined {
  const levels = LEVELS[layout][slot.cloud]
  const names = levels.flatMap((level) => level.name(slot) ?? [])
  return names.length === levels.length ? names : undefined
}

/** The inverse of `slotPath`. A path that is not of the layout becomes the plan of its slot. */
export function slotAt(
  layout: LayoutName,
  cloud: CloudName,
  architecture: string,
  path: readonly string[],
): Slot {
  const base = { cloud, architecture: architecture as Architecture, plan: path.join('/') }
  const levels = LEVELS[layout][cloud]
  const facts = levels.flatMap((level, at) => level.read(path[at] ?? '') ?? [])
  const isPlace = path.length === levels.length && facts.length === levels.length
  return isPlace ? Object.assign(base, ...facts) : base
}

/** An architecture's `rhel-coreos-extensions` without marketplace images. */
export function ownExtensions(extensions: JsonValue | undefined): JsonRecord {
  return Object.fromEntries(
    Object.entries(isRecord(extensions) ? extensions : {}).filter(
      ([key]) => !MARKETPLACE_KEYS.includes(key),
    ),
  )
}
