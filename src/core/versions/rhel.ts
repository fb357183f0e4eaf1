import { compareMinors, type Minor, readMinor } from './minor.ts'

/**
 * The RHEL minors of each OCP minor, the one its images are mostly of first:
 * `{ "4.18": ["9.4"], "5.0": ["10.2", "9.8"] }`. Part of the criteria.
 */
export type RhelTable = Readonly<Record<string, readonly string[]>>

/**
 * The RHEL that an OCP minor's images are of where their version does not tell. A minor that is later
 * than those that the table has of its major is as the last of them.
 */
export function rhelOfOcp(table: RhelTable, ocp: Minor): Minor | undefined {
  const known = ocpMinors(table).filter(({ major }) => major === ocp.major)
  const exact = table[`${ocp.major}.${ocp.minor}`]
  const last = known.at(-1)
  const isLater = last !== undefined && compareMinors(last, ocp) < 0
  const first = (exact ?? (isLater ? table[`${last.major}.${last.minor}`] : undefined))?.[0]
  return first === undefined ? undefined : readMinor(first)
}

/** The OCP minors that have this RHEL, the earliest first. */
export function ocpsOfRhel(table: RhelTable, rhel: Minor): Minor[] {
  const name = `${rhel.major}.${rhel.minor}`
  return ocpMinors(table).filter((ocp) => table[`${ocp.major}.${ocp.minor}`]?.includes(name))
}

/** The latest OCP minor up to `limit` that has this RHEL; for versions that name RHEL alone. */
export function ocpOfRhel(table: RhelTable, rhel: Minor, limit: Minor): Minor | undefined {
  const name = `${rhel.major}.${rhel.minor}`
  return ocpMinors(table).findLast(
    (ocp) =>
      compareMinors(ocp, limit) <= 0 && table[`${ocp.major}.${ocp.minor}`]?.includes(name) === true,
  )
}

/** The `count` OCP minors before this one, the latest first: before 5.0 comes 4.22. */
export function earlierOcps(table: RhelTable, ocp: Minor, count: number): Minor[] {
  const earlier = ocpMinors(table).filter((each) => compareMinors(each, ocp) < 0)
  return count > 0 ? earlier.slice(-count).reverse() : []
}

/** A table is asked for every image. */
const MINORS = new WeakMap<RhelTable, readonly Minor[]>()

/** The OCP minors that a table knows, the earliest first. */
export function ocpMinors(table: RhelTable): readonly Minor[] {
  const known = MINORS.get(table)
  if (known) return known
  const minors = Object.keys(table)
    .map(readMinor)
    .filter((minor) => minor !== undefined)
    .sort(compareMinors)
  MINORS.set(table, minors)
  return minors
}
