import type { Entry, Expected, Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { groupAlike } from '../group.ts'
import {
  GRADES,
  type Grade,
  isAdmitted,
  type Requirement,
  type Selection,
} from '../selection/select.ts'
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

export interface SlotSkew {
  readonly slot: Slot
  /** Absent if the build is unknown; then there is no grade. */
  readonly release?: string
  /** Absent for an empty slot, as are grade and days. */
  readonly image?: Entry
  /** Set if the slot has images, but not of a required grade. */
  readonly isIgnored?: true
  readonly grade?: Grade
  readonly rhel?: string
  /** Why the image has no grade. */
  readonly ungraded?: string
  /** Positive if the image is older than the build. */
  readonly days?: number
  readonly expected?: Expected
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
    ...expectImage(snapshot, selection, requirement),
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
    return [{ cloud, plan, ...(latest && { rhel: printMajorMinor(latest) }) }]
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
    const isIgnored = candidates.some((each) => each.grade && !isAdmitted(each.grade, requirement))
    return isIgnored ? ({ isIgnored } as const) : {}
  }
  const version = readVersion(image.version)
  const days = daysBehind(image.version, wanted.release)
  const rhel = version && inferRhel(criteria.rhel, version)
  return {
    image: toEntry(slot.cloud, image),
    grade,
    ...(rhel && { rhel: printMajorMinor(rhel) }),
    ...(days !== undefined && { days }),
  }
}

/** Empty if an image of the same build or of an admitted later one is listed. */
function expectImage(
  snapshot: SnapshotContent,
  selection: Selection,
  requirement: Requirement,
): { expected?: Expected } {
  const isLaterAdmitted = isAdmitted('newer-build', requirement)
  const isPublished = selection.candidates.some(
    ({ grade }) => grade === 'exact' || (grade === 'newer-build' && isLaterAdmitted),
  )
  if (isPublished) return {}
  const wanted = { ...selection, isLaterAdmitted }
  return { expected: FACTS[selection.slot.cloud].expected(snapshot, wanted) }
}
