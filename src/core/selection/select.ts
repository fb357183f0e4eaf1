import { compareAsNumbers } from '../clouds/order.ts'
import type { Slot, Wanted } from '../clouds/slot.ts'
import type { Image } from '../snapshot/snapshot.ts'
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

/** An image of a slot's plan, architecture, and generation or region, and what speaks against it. */
export interface Candidate {
  readonly image: Image
  readonly grade?: Grade
  /** Why it cannot fill the slot; absent where it can. */
  readonly refused?: string
}

/** The image chosen for a slot, with its grade and the reason. */
export interface Selection {
  readonly slot: Slot
  readonly wanted: Wanted
  /** Absent where no image may fill the slot. */
  readonly image?: Image
  readonly grade?: Grade
  readonly reason: string
  /** All that were looked at, the best first, the refused ones last. */
  readonly candidates: readonly Candidate[]
}

/**
 * Chooses the image for a slot: an exact one, otherwise the most recent that is left. Looks at each
 * image once and keeps the best alone, so that a slot with many images costs no more than reading
 * them; the candidates are judged again for those who ask to see them.
 */
export function selectImage(
  slot: Slot,
  wanted: Wanted,
  images: readonly Image[],
  table: RhelTable,
  requirement: Requirement = 'any',
  floor?: MajorMinor,
): Selection {
  let best: Judged | undefined
  const counts = { all: images.length, graded: 0, eligible: 0 }
  for (const image of images) {
    const judged = judge(image, wanted, table, requirement, floor)
    if (judged.grade !== undefined) counts.graded += 1
    if (judged.dated === undefined) continue
    counts.eligible += 1
    if (best === undefined || byMerit(judged, best) < 0) best = judged
  }
  const choice =
    best?.grade === undefined
      ? { reason: reasonForNone(counts, requirement) }
      : { image: best.image, grade: best.grade, reason: reasonFor(best.grade, counts) }
  return {
    slot,
    wanted,
    ...choice,
    get candidates() {
      const judged = images.map((each) => judge(each, wanted, table, requirement, floor))
      return judged.sort(byMerit).map(candidateOf)
    },
  }
}

/** How many images a slot has, how many of them have a grade, and how many may fill it. */
interface Counts {
  readonly all: number
  readonly graded: number
  readonly eligible: number
}

/** Made for every image, and so of one shape: what is absent is undefined. */
interface Judged {
  readonly image: Image
  readonly grade: Grade | undefined
  readonly refused: string | undefined
  /** Present where the image is eligible. */
  readonly dated: DatedVersion | undefined
}

function judge(
  image: Image,
  wanted: Wanted,
  table: RhelTable,
  requirement: Requirement,
  floor: MajorMinor | undefined,
): Judged {
  if (image.state === 'deprecated') return refuse(image, 'deprecated by the cloud')
  if (image.state === 'unavailable') return refuse(image, 'not available')
  if (image.state === 'unknown') return refuse(image, 'in a state that is not known')
  const version = readVersion(image.version)
  if (version === undefined) return refuse(image, 'version cannot be read')
  const dated = dateVersion(version, image.ocp, wanted, table)
  if (dated === undefined) return refuse(image, 'RHEL not known for this OCP minor')
  if (
    floor &&
    compareMajorMinor(dated.ocp, floor) < 0 &&
    compareMajorMinor(wanted.ocp, floor) >= 0
  ) {
    return refuse(image, `of before OCP ${printMajorMinor(floor)}`)
  }
  const grade = gradeImage(version, dated, wanted)
  if (!isGrade(grade)) return refuse(image, grade)
  if (!(REQUIREMENTS[requirement] as readonly Grade[]).includes(grade)) {
    return refuse(image, `${requirement} is required`, grade)
  }
  return { image, grade, refused: undefined, dated }
}

function refuse(image: Image, refused: string, grade?: Grade): Judged {
  return { image, grade, refused, dated: undefined }
}

function candidateOf({ image, grade, refused }: Judged): Candidate {
  return { image, ...(grade && { grade }), ...(refused && { refused }) }
}

function isGrade(value: string): value is Grade {
  return (GRADES as readonly string[]).includes(value)
}

/**
 * The RHEL and OCP that a version stands for in a slot. One that names no OCP takes the SKU's, else
 * counts as of the latest OCP of its RHEL that the slot admits: its RHEL alone decides.
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

/** Eligible before refused, exact before all, then the most recent; ties by the SKU's name. */
function byMerit(a: Judged, b: Judged): number {
  if (a.dated === undefined || b.dated === undefined) {
    return Number(a.dated === undefined) - Number(b.dated === undefined)
  }
  return (
    Number(b.grade === 'exact') - Number(a.grade === 'exact') ||
    compareVersions(b.dated, a.dated) ||
    preciseFirst(a, b) ||
    byName(a, b)
  )
}

/** Of two that are as good, such as one under two spellings, whichever order they came in. */
function byName(a: Judged, b: Judged): number {
  const nameOf = ({ image }: Judged) =>
    ['publisher', 'offer', 'sku', 'version', 'image', 'name'].map((key) => image[key]).join(':')
  return compareAsNumbers(nameOf(a), nameOf(b))
}

/** Of two images of one time the one that tells it more precisely. */
function preciseFirst(a: Judged, b: Judged): number {
  return (b.dated?.stamp.length ?? 0) - (a.dated?.stamp.length ?? 0)
}

function reasonFor(grade: Grade, { eligible }: Counts): string {
  if (grade === 'exact') return 'of the very build'
  const of = eligible === 1 ? 'the only image left' : `the most recent of ${eligible}`
  return `none of the very build; ${of}`
}

function reasonForNone({ all, graded }: Counts, requirement: Requirement): string {
  if (all === 0) return 'no image'
  return graded > 0
    ? `no image of a grade that ${requirement} admits, ${graded} of other grades`
    : `none of ${all} may fill it`
}
