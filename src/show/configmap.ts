import { Document, isScalar, Scalar, visit } from 'yaml'
import type { ConfigMap } from '../core/audit/configmap.ts'
import type { Slot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { groupAlike } from '../core/group.ts'
import { counted } from '../printable.ts'

/**
 * Prints a manifest as YAML. Multi-line texts are block literals, so that a stream reads as in its
 * file. A text that a block literal cannot represent byte for byte is quoted.
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
  // Quoted texts are not wrapped: a line that begins with --- would end the document.
  const text = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  })
  return text.replace(UNPRINTABLE, escapeCharacter)
}

/** Counts the images of a stream that its ConfigMap does not have; no lines if it has all of them. */
export function omittedLines(file: string, slots: readonly Slot[]): string[] {
  if (slots.length === 0) return []
  const clouds = groupAlike(slots, ({ cloud }) => [cloud])
  const counts = clouds.map(({ first, all }) => `${all.length} of ${FACTS[first.cloud].title}`)
  return [
    `${file}: not in the ConfigMap, as stream-metadata-go does not read them: ${counted(slots.length, 'image')} (${counts.join(', ')})`,
  ]
}

/** Characters that YAML readers reject or treat as a line end. */
const UNPRINTABLE =
  /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * A block literal has no escapes. Parsers count the indentation differently if a text begins with
 * white space or ends with a blank line that has white space.
 */
function fitsBlock(text: string): boolean {
  return text.search(UNPRINTABLE) < 0 && !/^\s|\n[ \t]+\n*$/.test(text)
}
