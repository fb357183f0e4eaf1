import type { Item } from '../changes/inventory.ts'
import type { Entry, Expected, Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { groupAlike } from '../group.ts'
import { GRADES, isAdmitted, type Requirement, type Selection } from '../selection/select.ts'
import { type Releases, selectImages } from '../selection/selections.ts'
import { buildReleases, type Snapshot, type SnapshotContent } from '../snapshot/snapshot.ts'
import { toEntry } from '../stream/marketplace.ts'
import {
  compareMajorMinor,
  daysBehind,
  inferRhel,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
  readVersion,
} from '../versions/version.ts'

export interface SlotSkew extends Pick<Item, 'grade' | 'ungraded' | 'days'> {
  readonly slot: Slot
  /** Absent if the build is unknown; then there is no grade. */
  readonly release?: string | undefined
  /** Absent for an empty slot, as are grade and days. */
  readonly image?: Entry | undefined
  /** Set if the slot has images, but not of a required grade. */
  readonly isIgnored?: boolean
  readonly rhel?: string | undefined
  readonly expected?: Expected | undefined
}

export const SEVERITY = [...GRADES, 'none'] as const
export type Severity = (typeof SEVERITY)[number]

interface Tolerance {
  readonly failOn?: Severity | undefined
  readonly maxDays?: number | undefined
}

type MeasuredSnapshot = SnapshotContent & Pick<Snapshot, 'capturedAt'>

export function measureSkew(
  snapshot: MeasuredSnapshot,
  target: Releases = new Map(),
  requirement: Requirement = 'any',
): SlotSkew[] {
  const releases = new Map([...target, ...buildReleases(snapshot)])
  return selectImages(snapshot, releases, requirement).map((selection) => ({
    slot: selection.slot,
    release: selection.wanted.text,
    ...describeImage(snapshot, selection, requirement),
    expected: expectImage(snapshot, selection, requirement),
  }))
}

export function intolerable(
  skews: readonly SlotSkew[],
  { failOn, maxDays }: Tolerance,
): SlotSkew[] {
  if (failOn === undefined && maxDays === undefined) return []
  const limit = failOn === undefined ? SEVERITY.length : SEVERITY.indexOf(failOn)
  return skews.filter(
    ({ image, grade, days }) =>
      image === undefined ||
      SEVERITY.indexOf(grade ?? 'exact') >= limit ||
      (maxDays !== undefined && (days ?? 0) > maxDays),
  )
}

/** The plans without an image of this RHEL version or a later one. */
export function plansBelow(skews: readonly SlotSkew[], floor: MajorMinor) {
  return groupAlike(skews, ({ slot }) => [slot.cloud, slot.plan]).flatMap(({ first, all }) => {
    const [latest] = all
      .flatMap(({ rhel = '' }) => readMajorMinor(rhel) ?? [])
      .sort((a, b) => compareMajorMinor(b, a))
    if (latest !== undefined && compareMajorMinor(latest, floor) >= 0) return []
    const { cloud, plan } = first.slot
    return [{ cloud, plan, rhel: latest && printMajorMinor(latest) }]
  })
}

/** The slots without an image of their build, grouped by the image to be published. */
export function missingImages(slots: readonly SlotSkew[]): SlotSkew[][] {
  const missing = slots.filter(({ expected }) => expected !== undefined)
  return groupAlike(missing, ({ slot, expected }) => {
    const { region: _, ...place } = expected?.place ?? {}
    return [slot.cloud, slot.architecture, place, expected?.version]
  }).map(({ all }) => [...all])
}

function describeImage(
  { criteria }: SnapshotContent,
  selection: Selection,
  requirement: Requirement,
) {
  const { slot, wanted, image, grade, candidates } = selection
  if (image === undefined || grade === undefined) {
    return {
      isIgnored: candidates.some((each) => each.grade && !isAdmitted(each.grade, requirement)),
    }
  }
  const version = readVersion(image.version)
  const rhel = version && inferRhel(criteria.rhel, version)
  return {
    image: toEntry(slot.cloud, image),
    grade,
    rhel: rhel && printMajorMinor(rhel),
    days: daysBehind(image.version, wanted.release),
  }
}

/** Undefined if an image of the same build or of an admitted later one is listed. */
function expectImage(
  snapshot: SnapshotContent,
  selection: Selection,
  requirement: Requirement,
): Expected | undefined {
  const isLaterAdmitted = isAdmitted('newer-build', requirement)
  const isPublished = selection.candidates.some(
    ({ grade }) => grade === 'exact' || (grade === 'newer-build' && isLaterAdmitted),
  )
  return isPublished
    ? undefined
    : FACTS[selection.slot.cloud].expected(snapshot, { ...selection, isLaterAdmitted })
}
