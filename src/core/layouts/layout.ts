import type { Entry } from '../clouds/facts.ts'
import type { Slot } from '../clouds/slot.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import { CLOUDS, type CloudName } from '../snapshot/snapshot.ts'
import { LAYOUT_NAMES, LAYOUT_RULES, type LayoutName, rootOf } from '../stream/layouts.ts'
import type { Holder } from './holder.ts'
import { namesOf, slotOf } from './place.ts'
import { buildTree, readTree } from './tree.ts'

/** An image in a slot, as a stream names it. */
export interface Filled {
  readonly slot: Slot
  readonly entry: Entry
}

/** The same with the names under the cloud's key where it stands. */
export interface Placed extends Filled {
  readonly path: readonly string[]
}

/** How marketplace images are written into what holds them, and read from it. */
export interface Layout {
  /** The names above a cloud's images, the cloud's key first. */
  rootOf(cloud: CloudName): ReturnType<typeof rootOf>
  /** The names under the cloud's key where a slot's image stands; undefined for no place. */
  pathOf(slot: Slot): readonly string[] | undefined
  /** The slot that such names stand for; see `slotOf`. */
  slotAt(cloud: CloudName, architecture: string, path: readonly string[]): Slot
  /** Whether a holder has a key of this layout, be it with nothing in it. */
  isIn(holder: Holder): boolean
  /** A cloud's images for an architecture. */
  read(holder: Holder, architecture: string, cloud: CloudName): Placed[]
  /** With these images, and no others, of a cloud for an architecture; slots without a place are left out. */
  write<H extends Holder<H>>(
    holder: H,
    architecture: string,
    cloud: CloudName,
    images: readonly Filled[],
  ): H
}

function layout(name: LayoutName): Layout {
  const { places } = LAYOUT_RULES[name]
  const root = (cloud: CloudName) => rootOf(name, cloud)
  const pathOf = (slot: Slot) => namesOf(places[slot.cloud], slot)
  const slotAt = (cloud: CloudName, architecture: string, path: readonly string[]) =>
    slotOf(places[cloud], cloud, architecture, path)
  return {
    rootOf: root,
    pathOf,
    slotAt,
    isIn: (holder) =>
      holder
        .architectures()
        .some((arch) => CLOUDS.some((cloud) => treeIn(holder, arch, root(cloud)) !== undefined)),
    read: (holder, architecture, cloud) =>
      readTree(treeIn(holder, architecture, root(cloud))).map(({ path, entry }) => ({
        slot: slotAt(cloud, architecture, path),
        path,
        entry,
      })),
    write: (holder, architecture, cloud, images) => {
      const placed = images.flatMap(({ slot, entry }) => {
        const path = pathOf(slot)
        return path ? [{ path, entry }] : []
      })
      const [key, within] = root(cloud)
      const tree = buildTree(placed)
      const value =
        within === undefined ? tree : withMember(holder.extension(architecture, key), within, tree)
      return holder.withExtension(architecture, key, value)
    },
  }
}

function treeIn(
  holder: Holder,
  architecture: string,
  [key, within]: ReturnType<typeof rootOf>,
): JsonValue | undefined {
  const value = holder.extension(architecture, key)
  return within === undefined ? value : isRecord(value) ? value[within] : undefined
}

/** With one cloud's images among those of all, clouds in their order; undefined for none. */
function withMember(
  old: JsonValue | undefined,
  name: string,
  tree: JsonRecord | undefined,
): JsonRecord | undefined {
  const members: Record<string, JsonValue | undefined> = {
    ...(isRecord(old) ? old : {}),
    [name]: tree,
  }
  const names = [...new Set([...CLOUDS, ...Object.keys(members)])]
  const kept = names.flatMap((each): [string, JsonValue][] => {
    const value = members[each]
    return value === undefined ? [] : [[each, value]]
  })
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

export { LAYOUT_NAMES, type LayoutName }
export const LAYOUTS = Object.fromEntries(
  LAYOUT_NAMES.map((name) => [name, layout(name)]),
) as Readonly<Record<LayoutName, Layout>>

/** The layouts in which something has marketplace images of any cloud. */
export function layoutsIn(holder: Holder): LayoutName[] {
  return LAYOUT_NAMES.filter((name) => LAYOUTS[name].isIn(holder))
}

/** An image that a stream names, and where it stands. */
export interface Standing extends Placed {
  readonly layout: LayoutName
}

/** All marketplace images that are held in some layouts, in all for want of names. */
export function imagesIn(
  holder: Holder,
  layouts: readonly LayoutName[] = LAYOUT_NAMES,
): Standing[] {
  return holder
    .architectures()
    .flatMap((architecture) =>
      layouts.flatMap((layout) =>
        CLOUDS.flatMap((cloud) =>
          LAYOUTS[layout]
            .read(holder, architecture, cloud)
            .map((placed) => ({ layout, ...placed })),
        ),
      ),
    )
}
