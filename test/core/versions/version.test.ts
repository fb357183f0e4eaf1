import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../../src/core/criteria/criteria.ts'
import {
  compareMajorMinor,
  compareVersions,
  type DatedVersion,
  earlierOcps,
  inferRhel,
  latestOcpForRhel,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
  readRelease,
  readVersion,
  rhelForOcp,
} from '../../../src/core/versions/version.ts'

const table = BUILT_IN.rhel

/** Returns `FORM OCP RHEL STAMP -REVISION`, with the RHEL version from the table if the version has none. */
function summary(text: string): string | undefined {
  const version = readVersion(text)
  if (version === undefined) return undefined
  const { form, ocp, stamp, revision } = version
  const rhel = inferRhel(table, version)
  const end = revision === undefined ? '' : ` -${revision}`
  return `${form} ${ocp ? printMajorMinor(ocp) : '?'} ${rhel ? printMajorMinor(rhel) : '?'} ${stamp}${end}`
}

describe('readVersion', () => {
  it.each([
    ['418.94.20250122', 'A 4.18 9.4 20250122'],
    ['413.92.2023101700', 'A 4.13 9.2 2023101700'],
    ['418.94.202410090804-0', 'A 4.18 9.4 202410090804 -0'],
    ['48.84.202106091220-0', 'A 4.8 8.4 202106091220 -0'],
    ['50.102.20260423', 'A 5.0 10.2 20260423'],
    ['417.00.20240517', 'A 4.17 9.4 20240517'],
    ['419.6.20250523', 'A 4.19 9.6 20250523'],
    ['9.6.20251015', 'B ? 9.6 20251015'],
    ['9.6.2026030314', 'B ? 9.6 2026030314'],
    ['9.6.20251015-1', 'B ? 9.6 20251015 -1'],
    ['4.8.2021122100', 'C 4.8 8.4 2021122100'],
  ])('reads %s as %s', (text, read) => {
    expect(summary(text)).toBe(read)
  })

  it.each([
    'latest',
    '',
    '418.94.20251322',
    '418.94.2025012299',
    '418.94.2025',
    '418.94.20250122.1',
    '418.94.20250122\n',
    '418.94.２０２５０１２２',
    '018.94.20250122',
    `${'9'.repeat(33)}.1.20250122`,
    '38.20230609.3.0',
  ])('refuses %j', (text) => {
    expect(readVersion(text)).toBeUndefined()
  })
})

describe('readRelease', () => {
  it('reads builds of RHEL CoreOS', () => {
    expect(readRelease('418.94.202410090804-0')?.ocp).toEqual({ major: 4, minor: 18 })
    expect(readRelease('9.6.20251015-1')?.rhel).toEqual({ major: 9, minor: 6 })
  })

  it.each(['38.20230609.3.0', '4.18.2025031114', '44devel.81.202001151926.0'])(
    'refuses %s',
    (text) => {
      expect(readRelease(text)).toBeUndefined()
    },
  )
})

describe('the table of OCP and RHEL', () => {
  it('has the published versions, and applies the latest entry of a major to later versions', () => {
    const getRhel = (ocp: string) => table[ocp]?.join(' ')
    expect([getRhel('4.9'), getRhel('4.12'), getRhel('4.15')]).toEqual(['8.4', '8.6', '9.2'])
    expect([getRhel('4.18'), getRhel('4.21'), getRhel('4.22')]).toEqual(['9.4', '9.6', '9.8 10.2'])
    expect(getRhel('5.0')).toBe('10.2 9.8')
    expect(rhelForOcp(table, { major: 4, minor: 99 })).toEqual({ major: 9, minor: 8 })
    expect(rhelForOcp(table, { major: 5, minor: 7 })).toEqual({ major: 10, minor: 2 })
    expect(rhelForOcp(table, { major: 4, minor: 3 })).toBeUndefined()
  })

  it('has 4.23 before 5.0', () => {
    const earlier = (ocp: MajorMinor) => earlierOcps(table, ocp, 2).map(printMajorMinor)
    expect(earlier({ major: 5, minor: 0 })).toEqual(['4.23', '4.22'])
    expect(earlier({ major: 4, minor: 18 })).toEqual(['4.17', '4.16'])
    expect(earlier({ major: 4, minor: 6 })).toEqual([])
  })

  it('has the latest OCP version of a RHEL version up to a limit', () => {
    const latest = latestOcpForRhel(table, { major: 9, minor: 4 }, { major: 4, minor: 20 })
    expect(latest && printMajorMinor(latest)).toBe('4.18')
    const limited = latestOcpForRhel(table, { major: 9, minor: 6 }, { major: 4, minor: 20 })
    expect(limited && printMajorMinor(limited)).toBe('4.20')
  })
})

const majorMinor = fc.record({ major: fc.integer({ min: 4, max: 10 }), minor: fc.nat({ max: 30 }) })
const stamp = fc
  .date({
    min: new Date('2020-01-01T00:00Z'),
    max: new Date('2029-12-31T00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString().replace(/[^0-9]/g, ''))
  .chain((digits) => fc.constantFrom(8, 10, 12).map((length) => digits.slice(0, length)))
const dated: fc.Arbitrary<DatedVersion> = fc.record({
  rhel: majorMinor,
  ocp: majorMinor,
  stamp,
  revision: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
})

describe('the order of versions', () => {
  const sign = (a: DatedVersion, b: DatedVersion) => Math.sign(compareVersions(a, b))

  it('is antisymmetric and total', () => {
    fc.assert(fc.property(dated, dated, (a, b) => sign(a, b) === -sign(b, a) && sign(a, a) === 0))
  })

  it('is transitive', () => {
    fc.assert(
      fc.property(dated, dated, dated, (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort(compareVersions)
        return low && middle && high && sign(low, high) <= 0 && sign(low, middle) <= 0
      }),
    )
  })

  it('keeps a version that is printed and read back', () => {
    fc.assert(
      fc.property(
        majorMinor,
        (each) => compareMajorMinor(readMajorMinor(printMajorMinor(each)) ?? each, each) === 0,
      ),
    )
  })
})
