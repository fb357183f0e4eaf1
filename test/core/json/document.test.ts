import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  equalsValue,
  fromValue,
  type JsonValue,
  printDocument,
  printJson,
  toValue,
} from '../../../src/core/json/document.ts'
import { parseDocument } from '../../../src/core/json/parser.ts'
import { codePoint, jsonText } from './arbitrary.ts'

const parseJson = (text: string, file: string) => parseDocument(text, file).root

const catchError = (run: () => unknown): { message: string; remedy?: string } => {
  try {
    run()
  } catch (error) {
    return error as { message: string }
  }
  throw new Error('nothing was thrown')
}

describe('a document', () => {
  it('is printed with the same bytes', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(printDocument(parseDocument(text, 'f'))).toBe(text)
      }),
    )
  })

  it('has the same value as from JSON.parse', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const node = parseJson(text, 'f')
        expect(isDeepStrictEqual(toValue(node), JSON.parse(text))).toBe(true)
        expect(equalsValue(node, JSON.parse(text))).toBe(true)
      }),
    )
  })

  it('is refused only if JSON.parse refuses it, or if it has a duplicate key', () => {
    const edit = fc.record({
      at: fc.nat(60),
      remove: fc.nat(2),
      insert: fc.constantFrom('', ...'{}[],:"\\0-+.eEtru\n\u0000\ufeff/<'),
    })
    fc.assert(
      fc.property(jsonText, edit, (text, { at, remove, insert }) => {
        const edited = text.slice(0, at) + insert + text.slice(at + remove)
        let expected: { value: unknown } | undefined
        try {
          expected = { value: JSON.parse(edited) }
        } catch {}
        try {
          const value = toValue(parseJson(edited, 'f'))
          expect(isDeepStrictEqual({ value }, expected)).toBe(true)
        } catch (error) {
          const { name, message } = error as Error
          expect(name).toBe('InputError')
          expect(message).toMatch(/^f:\d+:\d+: [^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
          if (expected !== undefined) expect(message).toContain('duplicate key')
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps the order of members, including integer-like keys and __proto__', () => {
    const node = parseJson('{"2": 1, "__proto__": {"x": 2}, "1": 3}', 'f')
    expect(node.kind === 'object' && [...node.members.keys()]).toEqual(['2', '__proto__', '1'])
    expect(Object.getOwnPropertyDescriptor(toValue(node), '__proto__')?.value).toEqual({ x: 2 })
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it.each([
    ['{\n  "a": 1\n}', '  '],
    ['{\n    "a": {\n        "b": 1\n    }\n}\n', '    '],
    ['{\r\n\t"a": 1\r\n}\r\n', '\t'],
    ['\n   {"a": 1}', '  '],
    ['{"a": 1}', '  '],
    ['{\n"a": 1\n}', '  '],
  ])('%j has the indentation %j', (text, indentation) => {
    expect(parseDocument(text, 'f').indentation).toBe(indentation)
  })
})

describe('an error', () => {
  it.each([
    ['', 'f:1:1: expected JSON, found an empty file'],
    ['\ufeff{}', 'f:1:1: expected JSON, found a byte order mark'],
    ['{"a":1,\n  }', 'f:2:3: expected a string, found }'],
    ['{a: 1}', 'f:1:2: expected a string or "}", found a'],
    ['{"a" 1}', 'f:1:6: expected ":", found 1'],
    ['{"a": }', 'f:1:7: expected a value, found }'],
    ['{"a": 1 "b": 2}', 'f:1:9: expected "," or "}", found "b"'],
    ['{"a": 1', 'f:1:8: expected "," or "}", found the end of the file'],
    ['[', 'f:1:2: expected a value or "]", found the end of the file'],
    ['[1,]', 'f:1:4: expected a value, found ]'],
    ['[1 2]', 'f:1:4: expected "," or "]", found 2'],
    ['01', 'f:1:1: expected a number, found 01'],
    ['1.', 'f:1:1: expected a number, found 1.'],
    ['.5', 'f:1:1: expected a value, found .5'],
    ['NaN', 'f:1:1: expected a value, found NaN'],
    ['nulls', 'f:1:1: expected a value, found nulls'],
    ['// no comments', 'f:1:1: expected a value, found /'],
    ['"a', 'f:1:3: expected a closing quote, found the end of the file'],
    ['"a\\', 'f:1:4: expected a closing quote, found the end of the file'],
    ['"a\nb"', 'f:1:3: expected a closing quote, found the end of the line'],
    ['"a\u001b[31m"', 'f:1:3: expected an escape sequence, found \\u001b'],
    ['"\\x41"', 'f:1:2: expected an escape sequence, found \\x'],
    ['"\\u12g4"', 'f:1:2: expected an escape sequence, found \\u'],
    ['\u001b[2J', 'f:1:1: expected a value, found \\u001b'],
    ['\u00a0{}', 'f:1:1: expected a value, found \\u00a0'],
    ['{"a": \u202ex}', 'f:1:7: expected a value, found \\u202e'],
    [`{} ${'x'.repeat(99)}`, `f:1:4: expected the end of the file, found ${'x'.repeat(20)}…`],
    ['{"a": 1,\r\n "\u{1f600}" x}', 'f:2:6: expected ":", found x'],
    ['{"a": 1,\n "b": 2,\n "\\u0061": 3}', 'f:3:2: duplicate key "\\u0061"'],
    ['{} =======', 'f:1:4: expected the end of the file, found ='],
  ])('for %j is %j', (text, message) => {
    expect(catchError(() => parseJson(text, 'f')).message).toBe(message)
  })

  it('suggests a remedy for a byte order mark', () => {
    expect(catchError(() => parseJson('\ufeff', 'f')).remedy).toContain('without a byte order mark')
  })

  it('is thrown for deep nesting instead of a stack overflow', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(printDocument(parseDocument(deep(1000), 'f'))).toBe(deep(1000))
    for (const text of [deep(1001), deep(100_000), '{"a":'.repeat(100_000)]) {
      expect(catchError(() => parseJson(text, 'f')).message).toMatch(
        /nested more than 1,000 levels/,
      )
    }
  })
})

describe('a new node', () => {
  it.each<[JsonValue, string]>([
    [{}, '{}'],
    [[], '[]'],
    [{ a: {}, b: [] }, '{\n  "a": {},\n  "b": []\n}'],
    [
      { a: [1, [true, null]] },
      '{\n  "a": [\n    1,\n    [\n      true,\n      null\n    ]\n  ]\n}',
    ],
    [{ '<': '>&' }, '{\n  "\\u003c": "\\u003e\\u0026"\n}'],
    [-0, '-0'],
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, '1e999'],
    [Number.NEGATIVE_INFINITY, '-1e999'],
  ])('for %j is formatted as in Go', (value, text) => {
    expect(printJson(fromValue(value), '  ')).toBe(text)
  })

  it.each([
    ['"\\/', '"\\"\\\\/"'],
    ['\b\f\n\r\t', '"\\b\\f\\n\\r\\t"'],
    ['\u0000\u001f', '"\\u0000\\u001f"'],
    ['\u007f\u0085\u00e9', '"\u007f\u0085\u00e9"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\ud800x\udc00', '"\\ufffdx\\ufffd"'],
  ])('escapes %j as in Go', (value, text) => {
    expect(printJson(fromValue(value), '  ')).toBe(text)
  })

  it('is read back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: codePoint }), (value) => {
        const text = printJson(fromValue(value as JsonValue), '  ')
        expect(isDeepStrictEqual(JSON.parse(text), value)).toBe(true)
      }),
    )
  })
})
