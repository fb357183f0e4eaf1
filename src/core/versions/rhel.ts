import {
  compareMajorMinor,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
} from './major-minor.ts'

/**
 * The RHEL minors of each OCP minor, the one its images are mostly of first:
 * `{ "4.18": ["9.4"], "5.0": ["10.2", "9.8"] }`. Part of the criteria.
 */
export type RhelTable = Readonly<Record<string, readonly string[]>>

/** The RHEL version of an OCP version's images whose version does not name one. */
export function rhelForOcp(table: RhelTable, ocp: MajorMinor): MajorMinor | undefined {
  return rhelsForOcp(table, ocp)[0]
}

/**
 * The RHEL versions of an OCP version, its default first. An OCP version that is later than those in
 * the table has the RHEL versions of the last one of its major.
 */
export function rhelsForOcp(table: RhelTable, ocp: MajorMinor): MajorMinor[] {
  const known = ocpVersions(table).filter(({ major }) => major === ocp.major)
  const last = known.at(-1)
  const isLater = last !== undefined && compareMajorMinor(last, ocp) < 0
  const names =
    table[printMajorMinor(ocp)] ?? (isLater ? table[printMajorMinor(last)] : undefined) ?? []
  return names.flatMap((name) => readMajorMinor(name) ?? [])
}

export function ocpVersionsForRhel(table: RhelTable, rhel: MajorMinor): MajorMinor[] {
  const name = `${rhel.major}.${rhel.minor}`
  return ocpVersions(table).filter((ocp) => table[`${ocp.major}.${ocp.minor}`]?.includes(name))
}

/** The latest OCP version up to `limit` with this RHEL version; for versions with RHEL only. */
export function latestOcpForRhel(
  table: RhelTable,
  rhel: MajorMinor,
  limit: MajorMinor,
): MajorMinor | undefined {
  const name = `${rhel.major}.${rhel.minor}`
  return ocpVersions(table).findLast(
    (ocp) =>
      compareMajorMinor(ocp, limit) <= 0 &&
      table[`${ocp.major}.${ocp.minor}`]?.includes(name) === true,
  )
}

/** The `count` OCP versions before this one, the latest first: before 5.0 comes 4.22. */
export function earlierOcps(table: RhelTable, ocp: MajorMinor, count: number): MajorMinor[] {
  const earlier = ocpVersions(table).filter((each) => compareMajorMinor(each, ocp) < 0)
  return count > 0 ? earlier.slice(-count).reverse() : []
}

/** Every image needs the versions of its table. */
const MINORS = new WeakMap<RhelTable, readonly MajorMinor[]>()

export function ocpVersions(table: RhelTable): readonly MajorMinor[] {
  const known = MINORS.get(table)
  if (known) return known
  const minors = Object.keys(table)
    .map(readMajorMinor)
    .filter((minor) => minor !== undefined)
    .sort(compareMajorMinor)
  MINORS.set(table, minors)
  return minors
}
