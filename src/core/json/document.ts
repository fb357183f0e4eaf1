/** JSON nodes keep the text that they were read from, also `1.0`, `\u003c` and unusual spacing. */

import stringify from 'fast-json-stable-stringify'
import { printable } from '../../printable.ts'
import {
  encodeString,
  type Frame,
  type JsonDocument,
  type JsonMember,
  type JsonNode,
  type JsonObject,
  type JsonRecord,
  type JsonValue,
} from './node.ts'

export type * from './node.ts'
export { parseDocument, parseJson } from './parser.ts'

export const NO_MEMBERS: JsonObject = { kind: 'object', members: new Map() }

export function isRecord(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

export function entriesOf(record: JsonRecord): [string, JsonValue][] {
  return Object.entries(record).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
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

/** The plain value; `__proto__` is an own property, and the order of integer-like keys is lost. */
export function toValue(node: JsonNode): JsonValue {
  if (node.kind === 'array') return node.elements.map(toValue)
  if (node.kind !== 'object') return JSON.parse(node.text)
  return Object.fromEntries([...node.members].map(([name, { value }]) => [name, toValue(value)]))
}

export function fromValue(value: JsonValue): JsonNode {
  if (isRecord(value)) {
    const members = entriesOf(value).map(([name, item]): [string, JsonMember] => [
      name,
      newMember(name, fromValue(item)),
    ])
    return { kind: 'object', members: new Map(members) }
  }
  if (isList(value)) return { kind: 'array', elements: value.map(fromValue) }
  if (typeof value === 'string') return { kind: 'string', text: encodeString(value) }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`)
    return { kind: 'number', text: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) }
  return { kind: 'null', text: 'null' }
}

export function newMember(name: string, value: JsonNode): JsonMember {
  return { key: encodeString(name), value }
}

/** Whether a node has this value; spelling, spacing and the order of keys do not count. */
export function meansValue(node: JsonNode, value: JsonValue): boolean {
  return stringify(toValue(node)) === stringify(value)
}

const OUTERMOST: Frame = { open: '\n', gap: '\n', colon: ': ', close: '' }

/**
 * A root node's text: unchanged nodes as they were read, new ones as Go's encoder writes them, without
 * a final newline.
 *
 * Within an object that was read, new members take the spacing of those there, so that a file with
 * CRLF, or all on one line, stays so.
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

/** The frame of a new object or array inside of `outer`; on one line if `outer` is. */
function frameWithin(outer: Frame, indentation: string): Frame {
  const line = /(\r\n|\n|\r)([ \t]*)$/.exec(outer.gap)
  if (line === null) return { open: '', gap: outer.gap, colon: outer.colon, close: '' }
  const close = line[0]
  const open = close + indentation
  return { open, gap: open, colon: outer.colon, close }
}
