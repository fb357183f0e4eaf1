/**
 * A release or a marketplace version.
 *
 * | form | example | contains |
 * | --- | --- | --- |
 * | A | `418.94.202410090804-0`, `417.00.20240517` | OCP, often RHEL, build time |
 * | B | `9.6.20251015-1` | RHEL, build time |
 * | B | `9.6.2026030314` | RHEL, time of publication |
 * | C | `4.18.2025031114` | OCP, time of publication |
 */
export interface Version {
  readonly form: 'A' | 'B' | 'C'
  readonly ocp: MajorMinor | undefined
  readonly rhel: MajorMinor | undefined
  readonly stamp: string
  readonly revision: number | undefined
}

/** A build's id, of form A or B with a RHEL version. */
export interface Release extends Version {
  readonly form: 'A' | 'B'
  readonly rhel: MajorMinor
}

/** OCP or RHEL, RHEL, a time stamp to the day, hour or minute, a revision. */
const VERSION =
  /^([1-9][0-9]{0,3})\.([0-9]{1,3})\.(2[0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:(?:[01][0-9]|2[0-3])(?:[0-5][0-9])?)?)(?:-([0-9]{1,4}))?$/

export function readVersion(text: string): Version | undefined {
  const [match, first = '', second = '', stamp = '', digits] = VERSION.exec(text) ?? []
  if (match === undefined) return undefined
  const version = { stamp, revision: digits === undefined ? undefined : Number(digits) }
  if (first === '9' || first === '10') {
    const rhel = { major: Number(first), minor: Number(second) }
    return { form: 'B', ocp: undefined, rhel, ...version }
  }
  if (first.length === 1) {
    const ocp = { major: Number(first), minor: Number(second) }
    return { form: 'C', ocp, rhel: undefined, ...version }
  }
  const ocp = { major: Number(first[0]), minor: Number(first.slice(1)) }
  return { form: 'A', ocp, rhel: readRhelDigits(second), ...version }
}

/** Whether the stamp is the time of publication, as in paid plans since RHEL 9.6, not of the build. */
export function isOfPublication({ form, stamp }: Version): boolean {
  return form === 'C' || (form === 'B' && stamp.length > 8)
}

export function readRelease(text: string): Release | undefined {
  const version = readVersion(text)
  if (version === undefined || version.form === 'C' || version.rhel === undefined) return undefined
  return { ...version, form: version.form, rhel: version.rhel }
}

/** `84` is 8.4, `102` is 10.2. The RHEL versions of `00` and `6` are in the table of criteria. */
function readRhelDigits(digits: string): MajorMinor | undefined {
  const major = digits.slice(0, -1)
  if (major !== '8' && major !== '9' && major !== '10') return undefined
  return { major: Number(major), minor: Number(digits.slice(-1)) }
}

export interface DatedVersion {
  readonly rhel: MajorMinor
  readonly ocp: MajorMinor
  readonly stamp: string
  readonly revision: number | undefined
}

export function inferRhel(table: RhelTable, version: Version): MajorMinor | undefined {
  return version.rhel ?? (version.ocp && rhelForOcp(table, version.ocp))
}

/** By RHEL, OCP and time. A shorter time stamp is the start of its day or hour. */
export function compareVersions(a: DatedVersion, b: DatedVersion): number {
  return (
    compareMajorMinor(a.rhel, b.rhel) ||
    compareMajorMinor(a.ocp, b.ocp) ||
    compareStamps(a.stamp, b.stamp) ||
    (a.revision ?? 0) - (b.revision ?? 0)
  )
}

export function compareStamps(a: string, b: string): number {
  if (a.length !== b.length) return compareStamps(a.padEnd(12, '0'), b.padEnd(12, '0'))
  return a < b ? -1 : Number(a > b)
}

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

/** The days from the date of a version to the date of a build. */
export function daysBehind(version: string, { stamp }: Release): number | undefined {
  const own = readVersion(version)?.stamp
  return own === undefined ? undefined : Math.round((time(stamp) - time(own)) / DAY)
}

/** The hour after a time stamp: `2024100909` for `202410090804`. */
export function nextHour(stamp: string): string {
  const hour = time(stamp) + (Number(stamp.slice(8, 10)) + 1) * HOUR
  return new Date(hour).toISOString().replace(/\D/g, '').slice(0, 10)
}

function time(stamp: string): number {
  const [year, month, day] = [stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8)].map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day)
}

/** The release in an image's name or description, such as `rhcos-9.6.20250701-0-x86_64`. */
export function releaseIn(text: string): string | undefined {
  // Only whole tokens: the digits of a product id after a hyphen are not a revision.
  const tokens = text.match(/(?<![\w.])[0-9]+\.[0-9]+\.[0-9]{8,12}(?:-[0-9]{1,4})?(?![\w.])/g) ?? []
  return tokens.find((token) => readVersion(token) !== undefined)
}

/** False if the order is unknown. Versions of Fedora CoreOS are compared as numbers. */
export function isOlder(a: string, b: string, table: RhelTable): boolean {
  const [x, y] = [readVersion(a), readVersion(b)]
  if (x === undefined && y === undefined) return isOlderFedora(a, b)
  if (x === undefined || y === undefined) return false
  const compare = (m: MajorMinor | undefined, n: MajorMinor | undefined) =>
    m && n ? compareMajorMinor(m, n) : 0
  const order =
    compare(inferRhel(table, x), inferRhel(table, y)) ||
    compare(x.ocp, y.ocp) ||
    compareStamps(x.stamp, y.stamp) ||
    (x.revision ?? Number.NaN) - (y.revision ?? Number.NaN)
  return order < 0
}

/** Compares the numbers of `42.20250901.3.0`. */
function isOlderFedora(...versions: readonly [string, string]): boolean {
  const [a = [], b = []] = versions.map((version) =>
    /^[0-9]+(\.[0-9]+){2,3}$/.test(version) ? version.split('.').map(Number) : [],
  )
  if (a.length !== b.length) return false
  const at = a.findIndex((each, index) => each !== b[index])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}

/** The RHEL versions of each OCP version, its default first: `{ "5.0": ["10.2", "9.8"] }`. */
export type RhelTable = Readonly<Record<string, readonly string[]>>

export function rhelForOcp(table: RhelTable, ocp: MajorMinor): MajorMinor | undefined {
  return rhelsForOcp(table, ocp)[0]
}

/** An OCP version after the table's last one of its major has the RHEL versions of that one. */
export function rhelsForOcp(table: RhelTable, ocp: MajorMinor): MajorMinor[] {
  const last = ocpVersions(table).findLast(({ major }) => major === ocp.major)
  const isLater = last !== undefined && compareMajorMinor(last, ocp) < 0
  const names = table[printMajorMinor(isLater ? last : ocp)] ?? []
  return names.flatMap((name) => readMajorMinor(name) ?? [])
}

export function ocpVersionsForRhel(table: RhelTable, rhel: MajorMinor): MajorMinor[] {
  const name = printMajorMinor(rhel)
  return ocpVersions(table).filter((ocp) => table[printMajorMinor(ocp)]?.includes(name))
}

export function latestOcpForRhel(
  table: RhelTable,
  rhel: MajorMinor,
  limit: MajorMinor,
): MajorMinor | undefined {
  return ocpVersionsForRhel(table, rhel).findLast((ocp) => compareMajorMinor(ocp, limit) <= 0)
}

/** The `count` OCP versions before this one, the latest first: 4.22 is before 5.0. */
export function earlierOcps(table: RhelTable, ocp: MajorMinor, count: number): MajorMinor[] {
  const earlier = ocpVersions(table).filter((each) => compareMajorMinor(each, ocp) < 0)
  return count > 0 ? earlier.slice(-count).reverse() : []
}

/** Cached, as every image needs them. */
const SORTED = new WeakMap<RhelTable, readonly MajorMinor[]>()

export function ocpVersions(table: RhelTable): readonly MajorMinor[] {
  const known = SORTED.get(table)
  if (known) return known
  const versions = Object.keys(table).flatMap((name) => readMajorMinor(name) ?? [])
  SORTED.set(table, versions.sort(compareMajorMinor))
  return versions
}

export interface MajorMinor {
  readonly major: number
  readonly minor: number
}

export function readMajorMinor(text: string): MajorMinor | undefined {
  const match = /^([1-9][0-9]?)\.(0|[1-9][0-9]{0,2})$/.exec(text)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

export function printMajorMinor({ major, minor }: MajorMinor): string {
  return `${major}.${minor}`
}

/** Compares as numbers: 4.8 is before 4.18. */
export function compareMajorMinor(a: MajorMinor, b: MajorMinor): number {
  return a.major - b.major || a.minor - b.minor
}
