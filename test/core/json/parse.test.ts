import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseText } from '../../../src/core/json/parse.ts'
import { isDeep, isWhole } from '../../../src/core/json/whole.ts'
import { printLines } from '../../../src/core/snapshot/canonical.ts'
import { InputError } from '../../../src/errors.ts'

/** What a snapshot is made of. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.stringMatching(/^[a-d0-9.:{},[\] -]{0,12}$/),
    fc.nat(),
    fc.constantFrom(true, false, null),
    fc.array(tie('value')),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value')),
  ),
})).value

describe('parseText', () => {
  it('gives what the text says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, 2)
        expect(parseText(text, 'f')).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['', '{"a":1,"a":1}'],
    ['at the end', '{"a":[{"b":"x","b":"x"}]}'],
    ['that numbers with exponents would hide', '{"a":1e8,"b":1,"b":1}'],
    ['that such a number on a line of its own would hide', '{"a":[\n1e8],"b":1,"b":1}'],
    ['that one behind spaces would hide', '{"a":\n  1e8,"b":1,"b":1}'],
    ['that one with a sign and a point would hide', '{"a":[\n  1.0E+11],"b":1,"b":1}'],
    ['spelled with an escape', '{"a":1,"\\u0061":1}'],
    ['with space around', '{ "a" : 1 , "a" : 1 }'],
  ])('refuses a key twice %s', (_, text) => {
    expect(() => parseText(text, 'f')).toThrow(/stands twice/)
  })

  it('refuses what is nested too deep', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(() => parseText(text, 'f')).toThrow(/levels deep/)
  })

  it.each([
    ['values', '1', 'f'],
    ['values behind an escape', '{"\\u0061":1}', 'f'],
  ])('refuses a million %s, of which each costs memory', (_, each) => {
    const text = `[ ${`${each},`.repeat(1_000_000)}1]`
    expect(() => parseText(text, 'f')).toThrow(new InputError('f: more than 1,000,000 values'))
  })
})

describe('isDeep', () => {
  const nested = (open: string, close: string, levels: number) =>
    open.repeat(levels) + close.repeat(levels)
  it.each([
    ['lists', '[', ']', 1],
    ['lists beside others', '[1,"]",', ']', 1],
    ['members', '{"a":', '}', 1],
    ['members with space', '{"a" :\n\t {"b":', '}}', 2],
    ['members of lists', '[{"a":', '}]', 2],
    ['what has brackets in its strings', '["]]}",{"]\\"}":', '}]', 2],
  ])('counts the levels of %s', (_, open, close, levels) => {
    const text = (times: number) => `{"x":[[[]]],"y":${nested(open, close, times)}}`
    expect(isDeep(text(999 / levels))).toBe(false)
    expect(isDeep(text(1000 / levels))).toBe(true)
  })

  it('counts none in a string', () => {
    expect(isDeep(`["${nested('[', ']', 2000)}\\"${nested('{"a":', '}', 0)}[[["]`)).toBe(false)
  })
})

describe('isWhole', () => {
  it('holds for every plain value as snapshots are printed', () => {
    fc.assert(
      fc.property(plain, (value) => {
        for (const text of [printLines(value), JSON.stringify(value)]) {
          expect(isWhole(JSON.parse(text), text)).toBe(true)
        }
      }),
    )
  })

  it('never holds where a member was put in once more', () => {
    fc.assert(
      fc.property(plain, fc.nat(), fc.constantFrom('1', '"x"', '1e9', '[]', '0.5'), (...parts) => {
        const [value, at, more] = parts
        const text = printLines([value, { a: 1, b: 10_000_000 }])
        const members = [...text.matchAll(/"([a-z]+)":/g)]
        const member = members[at % members.length]
        const broken = `${text.slice(0, member?.index)}"${member?.[1]}":${more},${text.slice(member?.index)}`
        expect(isWhole(JSON.parse(broken), broken)).toBe(false)
      }),
    )
  })

  it('does not take a number for longer than it is spelled', () => {
    const text = '{"a":1e8,"b":1,"b":1,"c":1}'
    expect(JSON.stringify(JSON.parse(text))).toHaveLength(text.length)
    expect(isWhole(JSON.parse(text), text)).toBe(false)
  })
})
