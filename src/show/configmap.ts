import { Document, isScalar, Scalar, visit } from 'yaml'
import type { ConfigMap } from '../core/audit/configmap.ts'

/**
 * Prints a manifest as YAML. Texts of several lines are blocks, so that a reviewer sees the stream as it
 * is in its file. A text that a block cannot hold byte for byte is quoted.
 */
export function printConfigMap(map: ConfigMap): string {
  const document = new Document(map, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, node) {
      if (!isScalar(node) || typeof node.value !== 'string') return
      if (!fitsBlock(node.value)) node.type = Scalar.QUOTE_DOUBLE
      else if (node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL
    },
  })
  // A quoted text stays on its line: one that begins with --- would end the document.
  const text = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  })
  return text.replace(UNPRINTABLE, escapeOf)
}

/** Characters that YAML readers refuse or take for a line end. */
const UNPRINTABLE =
  /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * A block has no escapes. Parsers differ in how they count the indentation of a text that begins with
 * white space or ends with a line of it.
 */
function fitsBlock(text: string): boolean {
  return text.search(UNPRINTABLE) < 0 && !/^\s|\n[ \t]+\n*$/.test(text)
}
