/** In characters. */
const LONGEST = 20

/**
 * The first 20 characters of a foreign text on one line, with `…` if it is longer. Control, format,
 * bidi and unassigned characters and unusual spaces become `\uXXXX`.
 */
export function printable(text: string): string {
  // Only a prefix is split, as the text may be long. A character has at most two code units.
  const characters = [...text.slice(0, 2 * LONGEST + 2)]
  const shown = characters.slice(0, LONGEST).map(printableCharacter).join('')
  return characters.length > LONGEST ? `${shown}…` : shown
}

/**
 * Characters that control a terminal or are invisible: control characters other than tabs and line
 * ends, format characters such as bidi overrides, line separators, and halves of surrogate pairs.
 */
const ACTIVE = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/gu

/** Tested first, as V8 compiles Unicode classes slowly. */
const FOREIGN = /[^ -~\n\t]/

/** A text for a terminal. Active characters become `\uXXXX`, as in JSON. */
export function visible(text: string): string {
  return FOREIGN.test(text) ? text.replace(ACTIVE, escapeCodeUnits) : text
}

/** One escape for each half of a surrogate pair, as in JSON. */
function escapeCodeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** A text for one line of a terminal, with escaped tabs and line ends. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\r\n\t]/g, escapeCodeUnits)
}

function printableCharacter(character: string): string {
  if (character === ' ' || !/[\p{C}\p{Z}\p{DI}]/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).padStart(4, '0')
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`
}

/** Paths as arguments of a command line, in quotes if necessary. */
export function shellWords(paths: readonly string[]): string {
  return paths
    .map((path) => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`))
    .join(' ')
}

/** `1 image`, `2 images`. */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`
}

/** `a, b and c` */
export function listed(words: readonly string[], conjunction = 'and'): string {
  const last = words.at(-1)
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}
