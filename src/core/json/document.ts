/**
 * A JSON document as a tree whose nodes keep the text that they were read from: everything unchanged is
 * written byte for byte, also `1.0`, `\u003c` and unusual spacing.
 */

import type { JsonMember, JsonNode, JsonObject, JsonRecord, JsonValue } from './node.ts'
import { decodeString, encodeNumber, encodeString } from './scalar.ts'

export type * from './node.ts'
export { parseDocument, parseJson } from './parser.ts'
export { printDocument, printJson } from './printer.ts'

export const NO_MEMBERS: JsonObject = { kind: 'object', members: new Map() }

export function isRecord(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A record's members in order, without the undefined ones. */
export function entriesOf(record: JsonRecord): [string, JsonValue][] {
  return Object.entries(record).filter((entry): entry is [string, JsonValue] => {
    return entry[1] !== undefined
  })
}

/** The member `name` of a node; undefined if it is missing or the node is not an object. */
export function getMember(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.get(name)?.value : undefined
}

/** The plain value; `__proto__` is an own property, and the order of integer-like keys is lost. */
export function toValue(node: JsonNode): JsonValue {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(
        [...node.members].map(([name, member]) => [name, toValue(member.value)]),
      )
    case 'array':
      return node.elements.map(toValue)
    case 'string':
      return decodeString(node.text)
    case 'number':
      return Number(node.text)
    case 'boolean':
      return node.text === 'true'
    case 'null':
      return null
  }
}

/** A new node, in the value's key order. @throws TypeError for NaN and infinite numbers */
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
  if (typeof value === 'number') return { kind: 'number', text: encodeNumber(value) }
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) }
  return { kind: 'null', text: 'null' }
}

export function newMember(name: string, value: JsonNode): JsonMember {
  return { key: encodeString(name), value }
}

/** Whether a node has this value; spelling, spacing and the order of keys do not count. */
export function meansValue(node: JsonNode, value: JsonValue): boolean {
  if (node.kind === 'object') {
    if (!isRecord(value)) return false
    const entries = entriesOf(value)
    return (
      entries.length === node.members.size &&
      entries.every(([name, item]) => {
        const member = node.members.get(name)
        return member !== undefined && meansValue(member.value, item)
      })
    )
  }
  if (node.kind === 'array') {
    return (
      isList(value) &&
      value.length === node.elements.length &&
      node.elements.every((element, index) => {
        const item = value[index]
        return item !== undefined && meansValue(element, item)
      })
    )
  }
  return toValue(node) === value
}
