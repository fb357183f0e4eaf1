import type { Slot, Wanted } from '../clouds/facts.ts'
import { compareAsNumbers } from '../clouds/order.ts'
import { type Image, type ImageState, readTime } from '../snapshot/snapshot.ts'
import {
  compareMajorMinor,
  compareStamps,
  compareVersions,
  type DatedVersion,
  inferRhel,
  isOfPublication,
  latestOcpForRhel,
  type MajorMinor,
  printMajorMinor,
  type RhelTable,
  readMajorMinor,
  readVersion,
  type Version,
} from '../versions/version.ts'

export interface Candidate {
  readonly image: Image
  readonly grade?: Grade
  readonly refused?: string
  /** Absent for a refused image. */
  readonly dated?: DatedVersion
}

export interface Selection {
  readonly slot: Slot
  readonly wanted: Wanted
  readonly image?: Image | undefined
  readonly grade?: Grade | undefined
  readonly reason: string
  /** The best candidate is first, refused ones are last. */
  readonly candidates: readonly Candidate[]
}

export interface SelectionRules {
  readonly table: RhelTable
  readonly requirement: Requirement
  /** Streams of this OCP version or later have no images of earlier versions. */
  readonly floor?: MajorMinor | undefined
}

export function selectImage(
  slot: Slot,
  wanted: Wanted,
  images: readonly Image[],
  rules: SelectionRules,
): Selection {
  const candidates = images.map((image) => judge(image, wanted, rules)).sort(compareMerit)
  const eligible = candidates.filter(({ dated }) => dated !== undefined)
  const { image, grade } = eligible[0] ?? {}
  const reason = grade
    ? describeChoice(grade, eligible.length)
    : describeNone(candidates, rules.requirement)
  return { slot, wanted, image, grade, reason, candidates }
}

/** Grades images that were selected for an earlier build against the present build. */
export function gradeSelection(
  { slot, wanted: { text }, candidates: former, reason: earlier }: Selection,
  wanted: Wanted,
  rules: SelectionRules,
): Selection {
  const candidates = former
    .map(({ image, refused }) => {
      const present = judge(image, wanted, rules)
      return refused === undefined ? present : { ...present, refused }
    })
    .sort((a, b) => Number(a.refused !== undefined) - Number(b.refused !== undefined))
  const reason = `not queried for this build; selected for ${text}: ${earlier}`
  const [first] = candidates
  const { image, grade } = first?.refused === undefined ? { ...first } : {}
  return { slot, wanted, image, grade, reason, candidates }
}

const STATES: Readonly<Partial<Record<ImageState, string>>> = {
  deprecated: 'deprecated by the cloud',
  unavailable: 'not available',
  unknown: 'unknown state',
}

function judge(
  image: Image,
  wanted: Wanted,
  { table, requirement, floor }: SelectionRules,
): Candidate {
  const refuse = (refused: string): Candidate => ({ image, refused })
  const { deprecation } = image
  if (deprecation !== undefined && readTime(deprecation) === undefined) {
    return refuse('unreadable deprecation date')
  }
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
  if (compareMajorMinor(dated.ocp, wanted.ocp) > 0) return refuse('later OCP version')
  if (compareMajorMinor(dated.rhel, wanted.release.rhel) > 0) return refuse('later RHEL version')
  const grade = gradeImage(version, dated, wanted)
  if (!isAdmitted(grade, requirement)) {
    return { image, grade, refused: `${requirement} is required` }
  }
  return { image, grade, dated }
}

/**
 * Adds RHEL and OCP versions to an image's version. The OCP version of a version without one is that of
 * the SKU, else the latest one that has the RHEL version and is not later than the slot's.
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
    readMajorMinor(named ?? '') ??
    (sameRhel ? wanted.ocp : (latestOcpForRhel(table, rhel, wanted.ocp) ?? wanted.ocp))
  return { rhel, ocp, stamp: version.stamp, revision: version.revision }
}

/**
 * Eligible before refused, exact before other grades, then the most recent, then the longer time stamp,
 * then by name, so that the result does not depend on the order of the images.
 */
function compareMerit(a: Candidate, b: Candidate): number {
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

function fullName({ image }: Candidate): string {
  return ['publisher', 'offer', 'sku', 'version', 'image', 'name']
    .map((key) => image[key])
    .join(':')
}

function describeChoice(grade: Grade, eligible: number): string {
  if (grade === 'exact') return 'same build'
  const choice = eligible === 1 ? 'the only eligible image' : `the most recent of ${eligible}`
  return `no image of the same build; ${choice}`
}

function describeNone(candidates: readonly Candidate[], requirement: Requirement): string {
  if (candidates.length === 0) return 'no image'
  const graded = candidates.filter(({ grade }) => grade !== undefined).length
  return graded > 0
    ? `no image of a grade that ${requirement} allows, ${graded} of other grades`
    : `no eligible image, ${candidates.length} refused`
}

export const GRADES = [
  'exact',
  'newer-build',
  'older-build',
  'older-release',
  'older-rhel-major',
] as const
export type Grade = (typeof GRADES)[number]

export const REQUIREMENTS = {
  exact: ['exact'],
  'not-newer': ['exact', 'older-build', 'older-release', 'older-rhel-major'],
  'same-rhel-major': ['exact', 'newer-build', 'older-build', 'older-release'],
  any: GRADES,
} as const satisfies Record<string, readonly Grade[]>
export type Requirement = keyof typeof REQUIREMENTS

export function isAdmitted(grade: Grade, requirement: Requirement): boolean {
  return (REQUIREMENTS[requirement] as readonly Grade[]).includes(grade)
}

function gradeImage(version: Version, dated: DatedVersion, wanted: Wanted): Grade {
  const { rhel, stamp, revision = 0 } = wanted.release
  if (isSameBuild(version, dated, wanted)) return 'exact'
  if (dated.rhel.major < rhel.major) return 'older-rhel-major'
  const isOlder = compareMajorMinor(dated.ocp, wanted.ocp) || compareMajorMinor(dated.rhel, rhel)
  if (isOlder !== 0) return 'older-release'
  const byTime = compareStamps(dated.stamp, stamp) || (dated.revision ?? 0) - revision
  return byTime > 0 ? 'newer-build' : 'older-build'
}

/** False for a version with the time of publication. */
function isSameBuild(version: Version, dated: DatedVersion, { release, ocp }: Wanted): boolean {
  return (
    !isOfPublication(version) &&
    release.stamp.startsWith(version.stamp) &&
    (!version.ocp || compareMajorMinor(version.ocp, ocp) === 0) &&
    compareMajorMinor(dated.rhel, release.rhel) === 0 &&
    (version.revision ?? release.revision) === release.revision
  )
}
