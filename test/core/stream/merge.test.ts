import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type JsonValue,
  printDocument,
  printJson,
  toValue,
} from '../../../src/core/json/document.ts'
import { parseDocument } from '../../../src/core/json/parser.ts'
import { mergeNode, setMember } from '../../../src/core/stream/merge.ts'
import { type Fields, type Shape, WHOLE } from '../../../src/core/stream/schema.ts'
import { indentation, jsonText, space } from '../json/arbitrary.ts'

const parseJson = (text: string, file: string) => parseDocument(text, file).root

const ITEM: Shape = {
  kind: 'fields',
  shared: false,
  fields: new Map<string, Shape>([
    ['release', WHOLE],
    ['image', WHOLE],
  ]),
}
const SHAPE: Shape = {
  kind: 'fields',
  shared: false,
  fields: new Map<string, Shape>([
    ['first', WHOLE],
    ['items', { kind: 'map', of: ITEM, owned: undefined }],
    ['owned', { kind: 'map', of: ITEM, owned: new Set(['b', 'd']) }],
    ['theirs', { kind: 'foreign' }],
    ['last', WHOLE],
  ]),
}

const mergeText = (text: string, next: JsonValue, shape: Shape = SHAPE) => {
  const document = parseDocument(text, 'f')
  return printDocument({ ...document, root: mergeNode(document.root, next, shape) })
}

describe('a merge', () => {
  it.each<[string, string, JsonValue, string]>([
    [
      'sets a value in place',
      '{"last": 1, "first": 2}',
      { first: 3, last: 1 },
      '{"last": 1, "first": 3}',
    ],
    ['keeps unknown keys in place', '{"x": 1, "first": 2, "y": 3}', {}, '{"x": 1, "y": 3}'],
    [
      'inserts a new field before the fields that follow it in the shape',
      '{"x": 0, "last": 2}',
      { first: 1, last: 2 },
      '{"x": 0, "first": 1, "last": 2}',
    ],
    [
      'keeps an equal value with another spelling',
      '{"first": 1.0, "last": "\\u0061"}',
      { first: 1, last: 'a' },
      '{"first": 1.0, "last": "\\u0061"}',
    ],
    [
      'replaces a whole value with its key order, but keeps the text of equal parts',
      '{"first": {"b": [1,  2],"a": 2}}',
      { first: { a: 3, b: [1, 2] } },
      '{"first": {"a": 3,"b": [1,  2]}}',
    ],
    [
      'keeps a sorted map sorted',
      '{"items": {"b": {}, "d": {}}}',
      { items: { a: {}, b: {}, c: {}, d: {}, e: {} } },
      '{"items": {"a": {}, "b": {}, "c": {}, "d": {}, "e": {}}}',
    ],
    [
      'sorts a map by the bytes of UTF-8',
      '{"items": {"\uffee": {}}}',
      { items: { '\uffee': {}, '\u{1f600}': {}, z: {} } },
      '{"items": {"z": {}, "\uffee": {}, "\u{1f600}": {}}}',
    ],
    [
      'keeps the order of an unsorted map',
      '{"items": {"d": {}, "b": {}}}',
      { items: { b: {}, d: {}, e: {} } },
      '{"items": {"d": {}, "b": {}, "e": {}}}',
    ],
    [
      'keeps map keys that are not owned',
      '{"owned": {"a": 1, "b": {}, "e": 2}}',
      { owned: { d: {} } },
      '{"owned": {"a": 1, "d": {}, "e": 2}}',
    ],
    [
      'writes a new value even if its key is unknown',
      '{"first": 1}',
      { first: 1, new: 2 },
      '{"first": 1, "new": 2}',
    ],
  ])('%s', (_, text, next, expected) => {
    expect(mergeText(text, next)).toBe(expected)
  })

  it.each([
    [
      'CRLF',
      '{\r\n  "first": 1\r\n}\r\n',
      '{\r\n  "first": 1,\r\n  "items": {\r\n    "a": {\r\n      "release": 1\r\n    }\r\n  }\r\n}\r\n',
    ],
    ['one line', '{"first":1}', '{"first":1,"items":{"a":{"release":1}}}'],
    ['one line with spaces', '{ "first": 1 }', '{ "first": 1, "items": {"a": {"release": 1}} }'],
    [
      'spaces before colons',
      '{\n\t"first" : 1\n}',
      '{\n\t"first" : 1,\n\t"items" : {\n\t\t"a" : {\n\t\t\t"release" : 1\n\t\t}\n\t}\n}',
    ],
  ])('keeps the format of a target with %s', (_, text, expected) => {
    expect(mergeText(text, { first: 1, items: { a: { release: 1 } } })).toBe(expected)
  })

  const item = fc.record({ release: fc.nat(2), image: fc.nat(2) }, { requiredKeys: [] })
  const map = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), item)
  const next = fc.record(
    { first: fc.jsonValue(), items: map, last: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const unknownMembers = fc.record({ zz: fc.jsonValue(), '': fc.jsonValue() }, { requiredKeys: [] })

  it('has the new values and the unknown values, and changes nothing on a second run', () => {
    fc.assert(
      fc.property(next, next, unknownMembers, indentation, (old, value, unknown, indent) => {
        const text = JSON.stringify({ ...unknown, ...old }, undefined, indent)
        const once = mergeText(text, value as JsonValue)
        expect(mergeText(once, value as JsonValue)).toBe(once)
        // JSON.stringify writes -0 as 0, so both sides are compared after JSON.stringify.
        const plain = (input: unknown) => JSON.parse(JSON.stringify(input))
        const expected = plain({ ...unknown, ...value })
        expect(isDeepStrictEqual(plain(JSON.parse(once)), expected)).toBe(true)
      }),
    )
  })

  it('has the same text as the new value in the format of the target', () => {
    const whole = fc.oneof(fc.nat(), fc.array(fc.nat(2)), fc.dictionary(fc.constant('x'), fc.nat()))
    const plain = fc.record({ first: whole, items: map, last: whole }, { requiredKeys: ['last'] })
    const ordered = plain.map((input) => toValue(mergeNode(undefined, input, SHAPE)))
    fc.assert(
      fc.property(ordered, ordered, indentation, (old, value, indent) => {
        const write = (input: JsonValue) => JSON.stringify(input, undefined, indent)
        expect(mergeText(write(old), value)).toBe(write(value))
      }),
    )
  })

  it('changes only the text of the member that is set', () => {
    const spaces = fc.tuple(space, space, space, space, space, space, space, space)
    fc.assert(
      fc.property(jsonText, jsonText, spaces, (old, value, [a, b, c, d, e, f, g, h]) => {
        const write = (text: string) => `{${a}"x"${b}:${c}${text}${d},${e}"y"${f}:${g}1${h}}`
        const before = parseJson(write(old.trim()), 'f')
        const fields: Fields = { kind: 'fields', fields: new Map(), shared: false }
        if (before.kind !== 'object') throw new Error('an object was written')
        const after = setMember(before, 'x', parseJson(value, 'f'), fields)
        expect(printJson(after, '  ')).toBe(write(value.trim()))
      }),
    )
  })
})

it('merges 8,000 members into 8,000 others in linear time', () => {
  const members = (start: number) =>
    Object.fromEntries(
      Array.from({ length: 8000 }, (_, at) => [`r${10_000 + 2 * at + start}`, 'x']),
    )
  const { root } = parseDocument(JSON.stringify(members(0)), 'a.json')
  const shape: Shape = { kind: 'map', of: { kind: 'whole' }, owned: new Set() }
  const start = performance.now()
  const merged = toValue(mergeNode(root, members(1), shape))
  expect(Object.keys(merged as object)).toHaveLength(16_000)
  // A quadratic insertion takes 14 s.
  expect(performance.now() - start).toBeLessThan(3_000)
})
