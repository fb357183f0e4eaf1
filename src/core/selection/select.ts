import { compareAsNumbers } from '../clouds/order.ts'
import type { Slot, Wanted } from '../clouds/slot.ts'
import type { Image, ImageState } from '../snapshot/snapshot.ts'
import { hasUnreadableDate } from '../snapshot/time.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
} from '../versions/major-minor.ts'
import { latestOcpForRhel, type RhelTable } from '../versions/rhel.ts'
import {
  compareVersions,
  type DatedVersion,
  inferRhel,
  readVersion,
  type Version,
} from '../versions/version.ts'
import { GRADES, type Grade, gradeImage, REQUIREMENTS, type Requirement } from './grade.ts'

/** An image of a slot's plan, architecture, and generation or region. */
export interface Candidate {
  readonly image: Image
  readonly grade?: Grade
  readonly refused?: string
}

export interface Selection {
  readonly slot: Slot
  readonly wanted: Wanted
  readonly image?: Image
  readonly grade?: Grade
  readonly reason: string
  /** The best first, the refused ones last. */
  readonly candidates: readonly Candidate[]
}

/**
 * Selects the image for a slot: an exact one, otherwise the most recent of those that may fill it.
 *
 * @param floor the earliest OCP version whose images a stream of it or a later version may have
 */
export function selectImage(
  slot: Slot,
  wanted: Wanted,
  images: readonly Image[],
  table: RhelTable,
  requirement: Requirement = 'any',
  floor?: MajorMinor,
): Selection {
  const judged = images
    .map((image) => judge(image, wanted, table, requirement, floor))
    .sort(compareMerit)
  const candidates = judged.map(({ dated: _, ...candidate }) => candidate)
  const eligible = judged.filter(({ dated }) => dated !== undefined)
  const { image, grade } = eligible[0] ?? {}
  return image === undefined || grade === undefined
    ? { slot, wanted, reason: reasonForNone(judged, requirement), candidates }
    : { slot, wanted, image, grade, reason: reasonFor(grade, eligible.length), candidates }
}

interface Judged extends Candidate {
  readonly dated?: DatedVersion
}

const STATES: Readonly<Partial<Record<ImageState, string>>> = {
  deprecated: 'deprecated by the cloud',
  unavailable: 'not available',
  unknown: 'unknown state',
}

function judge(
  image: Image,
  wanted: Wanted,
  table: RhelTable,
  requirement: Requirement,
  floor: MajorMinor | undefined,
): Judged {
  const refuse = (refused: string): Judged => ({ image, refused })
  if (hasUnreadableDate(image)) return refuse('unreadable deprecation date')
  const state = STATES[image.state]
  if (state !== undefined) return refuse(state)
  const version = readVersion(image.version)
  if (version === undefined) return refuse('unreadable version')
  const dated = dateVersion(version, image.ocp, wanted, table)
  if (dated === undefined) return refuse('unknown RHEL version of this OCP version')
  const isEarly = floor && compareMajorMinor(dated.ocp, floor) < 0
  if (isEarly && compareMajorMinor(wanted.ocp, floor) >= 0) {
    return refuse(`earlier than OCP ${printMajorMinor(floor)}`)
  }
  const grade = gradeImage(version, dated, wanted)
  if (!isGrade(grade)) return refuse(grade)
  if (!(REQUIREMENTS[requirement] as readonly Grade[]).includes(grade)) {
    return { image, grade, refused: `${requirement} is required` }
  }
  return { image, grade, dated }
}

function isGrade(value: string): value is Grade {
  return (GRADES as readonly string[]).includes(value)
}

/**
 * The RHEL and OCP versions that an image's version stands for in a slot. A version without OCP has
 * the SKU's, else the latest OCP version of its RHEL that the slot admits, so that its RHEL decides.
 */
function dateVersion(
  version: Version,
  named: string | undefined,
  wanted: Wanted,
  table: RhelTable,
): DatedVersion | undefined {
  const rhel = inferRhel(table, version)
  if (rhel === undefined) return undefined
  const sameRhel = compareMajorMinor(rhel, wanted.release.rhel) === 0
  const ocp =
    version.ocp ??
    (named === undefined ? undefined : readMajorMinor(named)) ??
    (sameRhel ? wanted.ocp : (latestOcpForRhel(table, rhel, wanted.ocp) ?? wanted.ocp))
  return { rhel, ocp, stamp: version.stamp, revision: version.revision }
}

/**
 * Eligible before refused, exact before all, then the most recent, then the more precise time stamp.
 * Ties are ordered by name, so that the order of the images does not count.
 */
function compareMerit(a: Judged, b: Judged): number {
  if (a.dated === undefined || b.dated === undefined) {
    return Number(a.dated === undefined) - Number(b.dated === undefined)
  }
  return (
    Number(b.grade === 'exact') - Number(a.grade === 'exact') ||
    compareVersions(b.dated, a.dated) ||
    b.dated.stamp.length - a.dated.stamp.length ||
    compareAsNumbers(fullName(a), fullName(b))
  )
}

function fullName({ image }: Judged): string {
  return ['publisher', 'offer', 'sku', 'version', 'image', 'name']
    .map((key) => image[key])
    .join(':')
}

function reasonFor(grade: Grade, eligible: number): string {
  if (grade === 'exact') return 'same build'
  const choice = eligible === 1 ? 'the only eligible image' : `the most recent of ${eligible}`
  return `no image of the same build; ${choice}`
}

function reasonForNone(judged: readonly Judged[], requirement: Requirement): string {
  if (judged.length === 0) return 'no image'
  const graded = judged.filter(({ grade }) => grade !== undefined).length
  return graded > 0
    ? `no image of a grade that ${requirement} admits, ${graded} of other grades`
    : `none of ${judged.length} is eligible`
}
