import type { Wanted } from '../clouds/slot.ts'
import { compareMajorMinor, type MajorMinor } from '../versions/major-minor.ts'
import {
  compareStamps,
  type DatedVersion,
  isOfPublication,
  type Version,
} from '../versions/version.ts'

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

export type Refusal = 'later OCP version' | 'later RHEL version'

/** Grades an image for a slot. @param dated the version with its RHEL and OCP versions */
export function gradeImage(version: Version, dated: DatedVersion, wanted: Wanted): Grade | Refusal {
  const { rhel } = wanted.release
  const byOcp = compareMajorMinor(dated.ocp, wanted.ocp)
  const byRhel = compareMajorMinor(dated.rhel, rhel)
  if (byOcp > 0) return 'later OCP version'
  if (byRhel > 0) return 'later RHEL version'
  if (isOfBuild(version, dated, wanted)) return 'exact'
  if (dated.rhel.major < rhel.major) return 'older-rhel-major'
  if (byOcp < 0 || byRhel < 0) return 'older-release'
  return isNewer(dated, wanted) ? 'newer-build' : 'older-build'
}

/** An image whose version has the time of publication, not of the build, is never exact. */
function isOfBuild(version: Version, dated: DatedVersion, { release, ocp }: Wanted): boolean {
  return (
    !isOfPublication(version) &&
    release.stamp.startsWith(version.stamp) &&
    agree(version.ocp, ocp) &&
    compareMajorMinor(dated.rhel, release.rhel) === 0 &&
    (version.revision ?? release.revision) === release.revision
  )
}

function agree(given: MajorMinor | undefined, wanted: MajorMinor): boolean {
  return given === undefined || compareMajorMinor(given, wanted) === 0
}

function isNewer(dated: DatedVersion, { release }: Wanted): boolean {
  const byTime = compareStamps(dated.stamp, release.stamp)
  return byTime > 0 || (byTime === 0 && (dated.revision ?? 0) > (release.revision ?? 0))
}
