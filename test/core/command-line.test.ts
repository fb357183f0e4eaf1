import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shellWords } from '../../src/printable.ts'

it('quotes paths only if necessary', () => {
  expect(shellWords(['snapshots/a.json', 'my a.json', "it's.json"])).toBe(
    `snapshots/a.json 'my a.json' 'it'\\''s.json'`,
  )
})

it('gives a shell the same paths', () => {
  const path = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(path, { minLength: 1 }), (paths) => {
      const command = `printf '%s\\0' ${shellWords(paths)}`
      const printed = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
      expect(printed).toBe(paths.map((each) => `${each}\0`).join(''))
    }),
    { numRuns: 50 },
  )
})
