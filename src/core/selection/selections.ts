import { FACTS } from '../clouds/index.ts'
import type { Slot, Wanted } from '../clouds/slot.ts'
import { groupBy } from '../group.ts'
import {
  type Architecture,
  capturedClouds,
  getImages,
  type Image,
  type Snapshot,
  type SnapshotContent,
} from '../snapshot/snapshot.ts'
import { stateAt } from '../snapshot/time.ts'
import { type MajorMinor, readMajorMinor } from '../versions/major-minor.ts'
import { readRelease } from '../versions/version.ts'
import type { Requirement } from './grade.ts'
import { comparePlans, planKey, withWholePlans } from './plans.ts'
import { type Selection, selectImage } from './select.ts'

export type Releases = ReadonlyMap<string, string>

/**
 * Selects an image for every slot: clouds in their order, architectures by name, plans in the order
 * of streams. An architecture whose release has no RHEL version has no slots.
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
    const floor = findFloor(snapshot.criteria[cloud])
    return wanted.flatMap(({ architecture, wanted }) => {
      const slots = FACTS[cloud].slots(snapshot, architecture, wanted.ocp).sort(compareSlots)
      // The generations of a plan depend on each other.
      const plans = new Set(slots.filter(isWanted).map(planKey))
      const selections = slots
        .filter((slot) => plans.has(planKey(slot)))
        .map((slot) =>
          selectImage(
            slot,
            wanted,
            images.get(slotKey(slot)) ?? [],
            snapshot.criteria.rhel,
            requirement,
            floor,
          ),
        )
      return withWholePlans(selections)
    })
  })
}

export function findFloor(
  criteria: object & { readonly floor?: string } = {},
): MajorMinor | undefined {
  return criteria.floor === undefined ? undefined : readMajorMinor(criteria.floor)
}

/** A release with its OCP version, or if it has none, that of the snapshot. */
export function wantedRelease({ stream }: SnapshotContent, text: string): Wanted | undefined {
  const release = readRelease(text)
  const ocp = release?.ocp ?? (stream.ocp === null ? undefined : readMajorMinor(stream.ocp))
  return release && ocp && { text, release, ocp }
}

export function groupBySlot(images: readonly Image[], time: string): Map<string, Image[]> {
  const current = images.map((image) => ({ ...image, state: stateAt(image, time) }))
  return groupBy(current, slotKey)
}

export function slotKey({ plan, architecture, generation, region }: Omit<Slot, 'cloud'>): string {
  return `${plan}/${architecture}/${generation ?? ''}/${region ?? ''}`
}

function compareSlots(a: Slot, b: Slot): number {
  return (
    comparePlans(a.plan, b.plan) ||
    (a.generation ?? 0) - (b.generation ?? 0) ||
    ((a.region ?? '') < (b.region ?? '') ? -1 : 1)
  )
}
