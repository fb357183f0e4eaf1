import type { Slot } from '../selection/slot.ts'
import type { CloudName, Image } from '../snapshot/snapshot.ts'
import type { MarketplaceKey } from '../stream/schema.ts'

/** An image as a stream names it: a few members, all of them text. */
export type Entry = Readonly<Record<string, string>>

/** How selections are written into a stream. */
export interface Layout {
  /** Where a cloud's images stand under `rhel-coreos-extensions`. */
  cloudPath(cloud: CloudName): readonly [key: MarketplaceKey, within?: string]
  /** Where a slot's image stands in there; undefined where the layout has no place for it. */
  slotPath(slot: Slot): readonly string[] | undefined
}

/** What names an image, per cloud: the member in the stream, and the image's member. */
const ENTRIES = {
  azure: { publisher: 'publisher', offer: 'offer', sku: 'sku', version: 'version' },
  aws: { release: 'version', image: 'image' },
  gcp: { release: 'version', project: 'project', name: 'name' },
} as const satisfies Record<CloudName, Entry>

export function entryOf(cloud: CloudName, image: Image): Entry {
  return Object.fromEntries(
    Object.entries(ENTRIES[cloud]).map(([member, source]) => [member, String(image[source])]),
  )
}

/** An entry's version: Azure calls it version, the others release. */
export function versionOfEntry(entry: Entry): string | undefined {
  return entry.version ?? entry.release
}

/** The enhancement's layout: Gen2 images only, and of the paid plans those of OCP. */
export const ENHANCEMENT_PLANS: Readonly<Record<string, string>> = {
  'no-purchase-plan': 'no-purchase-plan',
  ocp: 'purchase-plan-north-america',
  'ocp-emea': 'purchase-plan-emea',
}

const enhancement: Layout = {
  cloudPath: (cloud) => [`${cloud}-marketplace`],
  slotPath: ({ cloud, plan, generation, region }) => {
    if (cloud === 'azure') {
      const name = Object.hasOwn(ENHANCEMENT_PLANS, plan) ? ENHANCEMENT_PLANS[plan] : undefined
      return generation === 2 && name !== undefined ? [name] : undefined
    }
    return region === undefined ? [plan] : [plan, 'regions', region]
  },
}

/** The layout of stream-metadata-go, which marketplace files have too. */
const streamMetadata: Layout = {
  cloudPath: (cloud) => ['marketplace', cloud],
  slotPath: ({ plan, generation, region }) => {
    if (generation !== undefined) return [plan, `hyperVGen${generation}`]
    return region === undefined ? [plan] : [plan, 'regions', region]
  },
}

export const LAYOUTS = {
  enhancement,
  'stream-metadata': streamMetadata,
} as const satisfies Record<string, Layout>
export type LayoutName = keyof typeof LAYOUTS
