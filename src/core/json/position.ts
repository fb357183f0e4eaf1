import { getMember } from './document.ts'
import type { JsonDocument, JsonNode, JsonObject } from './node.ts'

/** Where in a file's text something stands. */
export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

/**
 * Where a member's key stands, or an element, in a document as it was read; the innermost that is
 * there.
 *
 * @param text what the document was read from
 * @param path names of members and numbers of elements, from the root
 */
export function positionOf(
  { root, before }: JsonDocument,
  text: string,
  path: readonly string[],
): Position {
  let [node, start, shown] = [root, before.length, before.length]
  for (const name of path) {
    const found = node.kind === 'array' ? elementAt(node, Number(name)) : memberAt(node, name)
    if (found === undefined) break
    shown = start + found.start
    start += found.value
    node = found.node
  }
  const lines = text.slice(0, shown).split(/\r\n|\n|\r/)
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}

/** A part of a node, and how far into the node's text it and its value begin. */
interface Part {
  readonly node: JsonNode
  readonly start: number
  readonly value: number
}

/** The way by which the text was read is the way back: a member is followed by a comma. */
function memberAt(object: JsonNode, name: string): Part | undefined {
  const node = getMember(object, name)
  if (node === undefined) return undefined
  const { members, frame } = object as JsonObject
  let at = 1 + (frame?.open.length ?? 0)
  for (const [each, { key, value, spacing }] of members) {
    at += spacing?.before?.length ?? 0
    const valueAt = at + key.length + (spacing?.colon.length ?? 0)
    if (each === name) return { node, start: at, value: valueAt }
    at = valueAt + textOf(value).length + (spacing?.after.length ?? 0) + 1
  }
  return undefined
}

/** Between elements there is nothing but space and commas. */
function elementAt(array: JsonNode & { kind: 'array' }, index: number): Part | undefined {
  let at = 1
  for (const [number, node] of array.elements.entries()) {
    at = (array.source ?? '').indexOf(textOf(node), at)
    if (number === index) return { node, start: at, value: at }
    at += textOf(node).length
  }
  return undefined
}

function textOf(node: JsonNode): string {
  return node.kind === 'object' || node.kind === 'array' ? (node.source ?? '') : node.text
}
