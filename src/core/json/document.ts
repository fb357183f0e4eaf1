/** JSON nodes keep the text that they were read from, such as `1.0`, `\u003c` and unusual spacing. */

import stringify from 'fast-json-stable-stringify'
import { printable } from '../../printable.ts'

/** A value of `JSON.parse`; an `undefined` member counts as missing. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonRecord
export type JsonRecord = { readonly [key: string]: JsonValue | undefined }

export type JsonNode = JsonObject | JsonArray | JsonScalar

/** `text` is the JSON text of the scalar. */
interface JsonScalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'null'
  readonly text: string
}

/** `source` is the text of an unchanged array. */
interface JsonArray {
  readonly kind: 'array'
  readonly elements: readonly JsonNode[]
  readonly source?: string
}

/** `members` by decoded name, in the order of the file. A changed object keeps its `frame`. */
export interface JsonObject {
  readonly kind: 'object'
  readonly members: ReadonlyMap<string, JsonMember>
  readonly source?: string
  readonly frame?: Frame
}

/** `key` is the JSON text of the name. New members have no `spacing` and use the object's frame. */
export interface JsonMember {
  readonly key: string
  readonly value: JsonNode
  readonly spacing?: Spacing
}

/** The white space around one member. The first member has no `before`: it uses the frame's `open`. */
interface Spacing {
  readonly before: string | undefined
  readonly colon: string
  readonly after: string
}

/**
 * The white space in an object: `open` before the first member, `gap` between a comma and the next
 * member, `colon` between key and value, `close` before the closing brace.
 */
export interface Frame {
  readonly open: string
  readonly gap: string
  readonly colon: string
  readonly close: string
}

export interface JsonDocument {
  readonly before: string
  readonly root: JsonNode
  readonly after: string
  readonly indentation: string
}

export function decodeString(text: string): string {
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
}

/** Anything but plain ASCII: V8 compiles Unicode classes slowly. */
const SPECIAL = /[^ !#-%'-;=?-[\]-~]/

/**
 * The JSON text of a string as Go's encoding/json writes it (Go 1.22 and later): `<`, `>`, `&`, U+2028
 * and U+2029 are escaped, and lone surrogates are replaced by U+FFFD.
 */
export function encodeString(value: string): string {
  if (!SPECIAL.test(value)) return `"${value}"`
  return JSON.stringify(value).replace(/\\\\|\\ud[0-9a-f]{3}|[<>&\u2028\u2029]/g, (found) => {
    if (found === '\\\\') return found
    if (found.length > 1) return '\\ufffd'
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export const NO_MEMBERS: JsonObject = { kind: 'object', members: new Map() }

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

export function getEntries(record: JsonRecord): [string, JsonValue][] {
  return Object.entries(record).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
  )
}

/** The members of an object that are objects. */
export function recordEntries(value: JsonValue | undefined): [string, JsonRecord][] {
  return Object.entries(isRecord(value) ? value : {}).filter(
    (entry): entry is [string, JsonRecord] => isRecord(entry[1]),
  )
}

export function getMember(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.get(name)?.value : undefined
}

/** `.images.azure[3].sku` */
export function jsonPath(path: readonly (string | number)[]): string {
  return path
    .map(String)
    .map((step) =>
      /^[0-9]+$/.test(step)
        ? `[${step}]`
        : /^[\w-]{1,60}$/.test(step)
          ? `.${step}`
          : `["${printable(step)}"]`,
    )
    .join('')
}

/** The plain value. The order of integer-like keys is lost. */
export function toValue(node: JsonNode): JsonValue {
  if (node.kind === 'array') return node.elements.map(toValue)
  if (node.kind !== 'object') return JSON.parse(node.text)
  return Object.fromEntries([...node.members].map(([name, { value }]) => [name, toValue(value)]))
}

export function fromValue(value: JsonValue): JsonNode {
  if (isRecord(value)) {
    const members = getEntries(value).map(([name, item]): [string, JsonMember] => [
      name,
      newMember(name, fromValue(item)),
    ])
    return { kind: 'object', members: new Map(members) }
  }
  if (isList(value)) return { kind: 'array', elements: value.map(fromValue) }
  if (typeof value === 'string') return { kind: 'string', text: encodeString(value) }
  if (typeof value === 'number') {
    return { kind: 'number', text: numberText(value) }
  }
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) }
  return { kind: 'null', text: 'null' }
}

/** `JSON.parse` reads a number that is too large as infinite. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value).replace('Infinity', '1e999')
}

export function newMember(name: string, value: JsonNode): JsonMember {
  return { key: encodeString(name), value }
}

/** Compares by value, regardless of spelling, white space and the order of keys. */
export function equalsValue(node: JsonNode, value: JsonValue): boolean {
  return stringify(toValue(node)) === stringify(value)
}

const OUTERMOST: Frame = { open: '\n', gap: '\n', colon: ': ', close: '' }

/**
 * Prints unchanged nodes as they were read, and new ones as Go's encoder writes them, without a final
 * newline. New members of an object that was read use the spacing of its other members.
 */
export function printJson(node: JsonNode, indentation: string): string {
  return print(node, OUTERMOST, indentation)
}

export function printDocument({ before, root, after, indentation }: JsonDocument): string {
  return before + printJson(root, indentation) + after
}

function print(node: JsonNode, outer: Frame, indentation: string): string {
  if (node.kind === 'array') {
    if (node.source !== undefined) return node.source
    if (node.elements.length === 0) return '[]'
    const frame = frameWithin(outer, indentation)
    const elements = node.elements.map((element) => print(element, frame, indentation))
    return `[${frame.open}${elements.join(`,${frame.gap}`)}${frame.close}]`
  }
  if (node.kind !== 'object') return node.text
  if (node.source !== undefined) return node.source
  if (node.members.size === 0) return '{}'
  const frame = node.frame ?? frameWithin(outer, indentation)
  let text = '{'
  let after: string | undefined
  for (const { key, value, spacing } of node.members.values()) {
    text += after === undefined ? frame.open : `${after},${spacing?.before ?? frame.gap}`
    text += key + (spacing?.colon ?? frame.colon) + print(value, frame, indentation)
    after = spacing?.after ?? ''
  }
  return `${text}${frame.close}}`
}

/** The frame of a new object or array inside of `outer`, on one line if `outer` is. */
function frameWithin(outer: Frame, indentation: string): Frame {
  const line = /(\r\n|\n|\r)([ \t]*)$/.exec(outer.gap)
  if (line === null) return { open: '', gap: outer.gap, colon: outer.colon, close: '' }
  const close = line[0]
  const open = close + indentation
  return { open, gap: open, colon: outer.colon, close }
}
