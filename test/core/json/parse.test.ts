import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseText } from '../../../src/core/json/parser.ts'
import { InputError } from '../../../src/errors.ts'

/** Values with JSON syntax characters in their strings. */
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.stringMatching(/^[a-d0-9.:{},[\]" \\-]{0,12}$/),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value')),
    fc.dictionary(fc.stringMatching(/^[a-z:{},[\]"\\]{1,6}$/), tie('value')),
  ),
})).value

describe('parseText', () => {
  it('returns the same value as JSON.parse', () => {
    fc.assert(
      fc.property(value, fc.nat(3), (each, space) => {
        const text = JSON.stringify(each, undefined, space)
        expect(parseText(text, 'f')).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['on its own', '{"a":1,"a":1}'],
    ['next to numbers with exponents', '{"a":1e8,"b":1,"b":1}'],
    ['with an escape', '{"a":1,"\\u0061":1}'],
    ['next to strings that look like keys', '{"a\\":":1,"b":"}:{","b":1}'],
  ])('refuses a duplicate key %s', (_, text) => {
    expect(() => parseText(text, 'f')).toThrow(/duplicate key/)
  })

  it.each([
    ['lists', '[', ']', 1],
    ['objects', '{"a":', '}', 1],
    ['objects in lists', '[{"a":', '}]', 2],
    ['containers with brackets in their strings', '["]]}",{"]\\"}":', '}]', 2],
  ])('refuses deeply nested %s', (_, open, close, levels) => {
    const text = (count: number) => `${open.repeat(count / levels)}1${close.repeat(count / levels)}`
    expect(() => parseText(text(1000), 'f')).not.toThrow()
    expect(() => parseText(text(1002), 'f')).toThrow(/nested more than 1,000 levels deep/)
  })

  it.each([
    ['values', '1'],
    ['keys with an escape', '{"\\u0061":1}'],
  ])('refuses more than a million %s', (_, each) => {
    const text = `[${`${each},`.repeat(1_000_000)}1]`
    expect(() => parseText(text, 'f')).toThrow(new InputError('f: more than 1,000,000 values'))
  })
})
