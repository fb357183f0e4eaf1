import { describe, expect, it } from 'vitest'
import type { HistoryVersion } from '../../src/core/history/history.ts'
import { countVersions, fold } from '../../src/show/report/older.ts'
import { printPage } from '../../src/show/report/page.ts'

/** A version a day, each with another build. */
const history = Array.from({ length: 500 }, (_, at): HistoryVersion => {
  const date = new Date(Date.UTC(2022, 6, 1 + at)).toISOString()
  const build = (day: number) => {
    const stamp = new Date(Date.UTC(2022, 6, 1 + day)).toISOString().slice(0, 10)
    const release = `418.94.${stamp.replaceAll('-', '')}0101-0`
    const subject = { kind: 'build', architecture: 'x86_64' } as const
    return { subject, release, value: release }
  }
  const { subject, release } = build(at)
  return {
    ...{ commit: `${1000 + at}`.padEnd(40, '0'), date, subject: `version ${at}`, path: 's.json' },
    ...{ releases: { x86_64: release }, slots: [], files: [] },
    changes: [{ subject, before: build(at - 1), after: build(at) }],
  }
})
const rowsOf = (page: string) => page.match(/<tr class="item"/g)?.length

describe('a page of many versions', () => {
  it('shows the latest versions, and counts the others per year', () => {
    const page = printPage([{ name: 's', history }])
    expect(rowsOf(page)).toBe(200)
    expect(page).toContain('500 versions in git, <time datetime="2022-07-01T00:00:00.000Z">')
    expect(page).toContain(
      'This page shows the latest 200 versions, from <time datetime="2023-04-27',
    )
    const years = [...page.matchAll(/<tr><td class="number">(20..)<\/td>(.*?)<\/tr>/g)]
    expect(years.map(([, year, rest = '']) => [year, ...(rest.match(/\d+(?=<)/g) ?? [])])).toEqual([
      ['2023', '116', '0', '116', '0'],
      ['2022', '184', '0', '184', '0'],
    ])
  })

  it('counts nothing if all versions are shown', () => {
    const page = printPage([{ name: 's', history: history.slice(0, 200) }])
    expect(rowsOf(page)).toBe(200)
    expect(page).not.toContain('This page shows')
    expect(page).not.toContain('per year')
  })

  it('shows fewer versions if they would be too long', () => {
    const long = history.map((version) => ({ ...version, subject: 'x'.repeat(20_000) }))
    const page = printPage([{ name: 's', history: long }])
    expect(page.length).toBeLessThan(3_000_000)
    expect(rowsOf(page)).toBe(50)
    expect(page).toContain('This page shows the latest 50 versions,')
  })

  it('counts the same after several folds', () => {
    const once = fold({ name: 's', history }, 30)
    const often = [400, 200, 31, 30].reduce(fold, { name: 's', history })
    expect(often).toEqual(once)
    expect(countVersions(often)).toBe(500)
  })
})
