import { FACTS } from '../clouds/index.ts'
import type { Slot, Wanted } from '../clouds/slot.ts'
import {
  type Architecture,
  capturedClouds,
  getImages,
  type Image,
  type Snapshot,
  type SnapshotContent,
} from '../snapshot/snapshot.ts'
import { stateAt } from '../snapshot/state.ts'
import { type MajorMinor, readMajorMinor } from '../versions/major-minor.ts'
import { readRelease } from '../versions/version.ts'
import type { Requirement } from './grade.ts'
import { comparePlans } from './plans.ts'
import { type Selection, selectImage } from './select.ts'

/** The release that a stream has for each architecture, as the build server spells it. */
export type Releases = ReadonlyMap<string, string>

/**
 * Chooses an image for every slot: clouds in their order, architectures by name, plans in the
 * order in which streams have them. An architecture whose release names no RHEL has no slots.
 */
export function selectImages(
  snapshot: SnapshotContent & Pick<Snapshot, 'capturedAt'>,
  releases: Releases,
  requirement: Requirement = 'any',
  isWanted: (slot: Slot) => boolean = () => true,
): Selection[] {
  const wanted = [...releases]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([architecture, text]) => {
      const each = wantedRelease(snapshot, text)
      return each ? [{ architecture: architecture as Architecture, wanted: each }] : []
    })
  return capturedClouds(snapshot).flatMap((cloud) => {
    const images = groupBySlot(getImages(snapshot, cloud), snapshot.capturedAt)
    const floor = floorOf(snapshot.criteria[cloud])
    return wanted.flatMap(({ architecture, wanted }) =>
      FACTS[cloud]
        .slots(snapshot, architecture, wanted.ocp)
        .filter(isWanted)
        .sort(compareSlots)
        .map((slot) =>
          selectImage(
            slot,
            wanted,
            images.get(keyOf(slot)) ?? [],
            snapshot.criteria.rhel,
            requirement,
            floor,
          ),
        ),
    )
  })
}

/** The OCP minor that a cloud's images are not to be earlier than, for streams from it on. */
function floorOf(criteria: object & { readonly floor?: string } = {}): MajorMinor | undefined {
  return criteria.floor === undefined ? undefined : readMajorMinor(criteria.floor)
}

/** What the release tells, and where it names no OCP what the snapshot was captured for. */
export function wantedRelease({ stream }: SnapshotContent, text: string): Wanted | undefined {
  const release = readRelease(text)
  const ocp = release?.ocp ?? (stream.ocp === null ? undefined : readMajorMinor(stream.ocp))
  return release && ocp && { text, release, ocp }
}

/** The images as they are at a time, by what `keyOf` gives. Those of one slot follow one another. */
export function groupBySlot(images: readonly Image[], time: string): Map<string, Image[]> {
  const groups = new Map<string, Image[]>()
  let last: Image | undefined
  let group: Image[] = []
  for (const image of images) {
    if (last === undefined || !isOfSameSlot(image, last)) {
      const key = keyOf(image)
      group = groups.get(key) ?? []
      groups.set(key, group)
      last = image
    }
    const state = stateAt(image, time)
    group.push(state === image.state ? image : { ...image, state })
  }
  return groups
}

function isOfSameSlot(a: Image, b: Image): boolean {
  return (
    a.plan === b.plan &&
    a.architecture === b.architecture &&
    a.generation === b.generation &&
    a.region === b.region
  )
}

/** Equal for a slot and the images that are looked at for it, within a cloud. */
export function keyOf({ plan, architecture, generation, region }: Omit<Slot, 'cloud'>): string {
  return `${plan}/${architecture}/${generation ?? ''}/${region ?? ''}`
}

function compareSlots(a: Slot, b: Slot): number {
  return (
    comparePlans(a.plan, b.plan) ||
    (a.generation ?? 0) - (b.generation ?? 0) ||
    ((a.region ?? '') < (b.region ?? '') ? -1 : 1)
  )
}
