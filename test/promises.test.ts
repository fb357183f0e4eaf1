import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const page = read('docs/security.md')

/** The rows of the table with this head, each by its cells. */
function rowsUnder(head: string): string[][] {
  const [, after = ''] = page.split(`\n| ${head} |\n`)
  const [table = ''] = after.split('\n\n')
  return table
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.slice(2, -2).split(' | '))
}

/** The files that a cell names. */
const namedIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, file]) => file ?? [])

const promises = rowsUnder('promise | test')
const ways = rowsUnder('cloud | signed in by | tested by, under that title | never in a file')

describe('docs/security.md', () => {
  it('has both tables, without an empty cell', () => {
    expect(promises.length).toBeGreaterThan(15)
    expect(ways.length).toBeGreaterThan(20)
    expect(promises.filter((cells) => cells.length !== 2 || !cells.every(Boolean))).toEqual([])
    expect(ways.filter((cells) => cells.length !== 4 || !cells.every(Boolean))).toEqual([])
  })

  it.each(promises)('names a test that is there: %s', (_, cell = '') => {
    const files = namedIn(cell)
    expect(files.length > 0 || cell.startsWith('the same'), cell).toBe(true)
    for (const file of files) expect(read(file)).not.toBe('')
  })

  it.each(ways)('names the test of %s, signed in by %s', (_, way, cell = '') => {
    const [file = '', ...more] = namedIn(cell)
    expect(more).toEqual([])
    expect(read(file)).toMatch(new RegExp(`^ *'?${way}'?: (async )?\\(`, 'm'))
  })

  it('names no test elsewhere that is not there', () => {
    const files = namedIn(page).filter((name) => /^(test|scripts|docs|src)\/[\w./-]+$/.test(name))
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) expect(read(file)).not.toBe('')
  })
})
