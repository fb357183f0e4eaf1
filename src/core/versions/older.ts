import { compareMajorMinor } from './major-minor.ts'
import type { RhelTable } from './rhel.ts'
import { compareStamps, inferRhel, readVersion } from './version.ts'

/**
 * Whether a release or a marketplace version is certainly older than another: by RHEL if both have it,
 * else by OCP, else by time, else by revision. False for unreadable versions, except those of Fedora
 * CoreOS, which are numbers.
 */
export function isOlder(a: string, b: string, table: RhelTable): boolean {
  const [x, y] = [readVersion(a), readVersion(b)]
  if (x === undefined && y === undefined) return isBefore(numbersOf(a), numbersOf(b))
  if (x === undefined || y === undefined) return false
  const [r, s] = [inferRhel(table, x), inferRhel(table, y)]
  const byRhel = r && s ? compareMajorMinor(r, s) : 0
  const byOcp = x.ocp && y.ocp ? compareMajorMinor(x.ocp, y.ocp) : 0
  const byTime = compareStamps(x.stamp, y.stamp)
  const byRevision =
    x.revision === undefined || y.revision === undefined ? 0 : x.revision - y.revision
  return (byRhel || byOcp || byTime || byRevision) < 0
}

/** The numbers of `38.20230609.3.0`; empty for anything else. */
function numbersOf(text: string): number[] {
  return /^[0-9]+(\.[0-9]+){2,3}$/.test(text) ? text.split('.').map(Number) : []
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  const at = a.findIndex((each, index) => each !== b[index])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}
