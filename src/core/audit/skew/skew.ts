import { type Entry, entryOf } from '../../layouts/entry.ts'
import type { Grade } from '../../selection/grade.ts'
import type { Selection } from '../../selection/select.ts'
import { type Releases, selectImages } from '../../selection/selections.ts'
import type { Slot } from '../../selection/slot.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { isOfPublication, readVersion } from '../../versions/version.ts'
import { type Expected, expectedImage } from './expected.ts'

/** How far a slot's image is from its release. */
export interface SlotSkew {
  readonly slot: Slot
  readonly release: string
  /** Absent for a slot that no image may fill; so are grade and days. */
  readonly image?: Entry
  readonly grade?: Grade
  /** From the image's day to the build's: positive where the image is the older one. */
  readonly days?: number
  /** What the publisher still has to publish; absent where nothing is missing. */
  readonly expected?: Expected
}

/** Grades from the best to the worst, and a slot without an image, which is worse than all. */
export const SEVERITY = [
  'exact',
  'newer-build',
  'older-build',
  'older-release',
  'older-rhel-major',
  'none',
] as const satisfies readonly (Grade | 'none')[]
export type Severity = (typeof SEVERITY)[number]

/** From which skew on a check fails; what is absent admits all. */
export interface Tolerance {
  readonly failOn?: Severity | undefined
  readonly maxDays?: number | undefined
}

/**
 * How far each slot's image is from the release of its architecture: that of the snapshot's build,
 * else that of `target`. The slots are in the order of `selectImages`.
 */
export function skewOf(snapshot: Snapshot, target: Releases = new Map()): SlotSkew[] {
  const builds = Object.entries(snapshot.builds)
  const own = builds.map(([arch, { release }]): [string, string] => [arch, release])
  return selectImages(snapshot, new Map([...target, ...own])).map((selection) => ({
    slot: selection.slot,
    release: selection.wanted.text,
    ...chosen(selection),
    ...missing(snapshot, selection),
  }))
}

/** The slots whose skew is not tolerated; one without an image never is. */
export function intolerable(
  skews: readonly SlotSkew[],
  { failOn, maxDays }: Tolerance,
): SlotSkew[] {
  if (failOn === undefined && maxDays === undefined) return []
  const limit = failOn === undefined ? SEVERITY.length : SEVERITY.indexOf(failOn)
  return skews.filter(
    ({ grade, days }) =>
      grade === undefined ||
      SEVERITY.indexOf(grade) >= limit ||
      (maxDays !== undefined && (days ?? 0) > maxDays),
  )
}

function chosen({ slot, wanted, image, grade }: Selection) {
  if (image === undefined || grade === undefined) return {}
  const days = daysBetween(readVersion(image.version)?.stamp, wanted.release.stamp)
  return { image: entryOf(slot.cloud, image), grade, ...(days !== undefined && { days }) }
}

/**
 * An image of the very build misses nothing, and neither does one that is named by its publication
 * if that was after the build: more than that its version cannot tell.
 */
function missing(snapshot: Snapshot, selection: Selection): { expected?: Expected } {
  const { grade, image } = selection
  if (grade === 'exact') return {}
  const version = readVersion(image?.version ?? '')
  if (grade === 'newer-build' && version && isOfPublication(version)) return {}
  return { expected: expectedImage(snapshot, selection) }
}

const DAY = 24 * 60 * 60 * 1000

/** Whole days between two time stamps' dates, in UTC. */
function daysBetween(from: string | undefined, to: string): number | undefined {
  return from === undefined ? undefined : Math.round((dateOf(to) - dateOf(from)) / DAY)
}

function dateOf(stamp: string): number {
  return Date.UTC(
    Number(stamp.slice(0, 4)),
    Number(stamp.slice(4, 6)) - 1,
    Number(stamp.slice(6, 8)),
  )
}
