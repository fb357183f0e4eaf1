/** Nodes to text: unchanged nodes as they were read, new ones as Go's encoder writes them. */

import type { Frame, JsonDocument, JsonNode } from './node.ts'

const OUTERMOST: Frame = { open: '\n', gap: '\n', colon: ': ', close: '' }

/**
 * A root node's text, without a final newline. `indentation` is one level's.
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
