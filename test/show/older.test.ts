import { describe, expect, it } from 'vitest'
import type { HistoryVersion } from '../../src/core/audit/history/history.ts'
import { folded, versionsOf } from '../../src/show/report/older.ts'
import { printPage } from '../../src/show/report/page.ts'

/** A version a day, in each of which the build moves. */
const history = Array.from({ length: 500 }, (_, at): HistoryVersion => {
  const date = new Date(Date.UTC(2022, 6, 1 + at)).toISOString()
  const release = (day: number) =>
    `418.94.${new Date(Date.UTC(2022, 6, 1 + day)).toISOString().slice(0, 10).replaceAll('-', '')}0101-0`
  return {
    ...{ commit: `${1000 + at}`.padEnd(40, '0'), date, subject: `version ${at}`, path: 's.json' },
    releases: { x86_64: release(at) },
    slots: [],
    events: [
      { kind: 'build bumped', subject: 'x86_64', before: release(at - 1), after: release(at) },
    ],
  }
})
const rowsOf = (page: string) => page.match(/<tr class="item"/g)?.length

describe('a page of many versions', () => {
  it('shows the latest, sums up the others by year, and says so', () => {
    const page = printPage([{ name: 's', history }])
    expect(rowsOf(page)).toBe(200)
    expect(page).toContain('500 versions in git, <time datetime="2022-07-01T00:00:00.000Z">')
    expect(page).toContain('What follows is of the latest 200, from <time datetime="2023-04-27')
    const years = [...page.matchAll(/<tr><td class="number">(20..)<\/td>(.*?)<\/tr>/g)]
    expect(years.map(([, year, rest = '']) => [year, ...(rest.match(/\d+(?=<)/g) ?? [])])).toEqual([
      ['2023', '116', '116'],
      ['2022', '184', '184'],
    ])
  })

  it('says nothing of that where all are shown', () => {
    const page = printPage([{ name: 's', history: history.slice(0, 200) }])
    expect(rowsOf(page)).toBe(200)
    expect(page).not.toContain('What follows')
    expect(page).not.toContain('by year')
  })

  it('shows fewer where those would be too long', () => {
    const long = history.map((version) => ({ ...version, subject: 'x'.repeat(20_000) }))
    const page = printPage([{ name: 's', history: long }])
    expect(page.length).toBeLessThan(3_000_000)
    expect(rowsOf(page)).toBe(50)
    expect(page).toContain('What follows is of the latest 50,')
  })

  it('counts the same however often it is folded', () => {
    const once = folded({ name: 's', history }, 30)
    const often = [400, 200, 31, 30].reduce(folded, { name: 's', history })
    expect(often).toEqual(once)
    expect(versionsOf(often)).toBe(500)
  })
})
