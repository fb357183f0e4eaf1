/** Foreign text made fit to be shown: nothing in it that a terminal, Markdown or HTML would act on. */

const LONGEST = 20

/**
 * A foreign text on one line: what a terminal would act on or not show (control, format, bidi and
 * unassigned characters, odd spaces) becomes `\uXXXX`, and all beyond 20 characters becomes `…`.
 */
export function printable(text: string): string {
  // A prefix is split, not all of a text that may be long; two code units make at most one character.
  const characters = [...text.slice(0, 2 * LONGEST + 2)]
  const shown = characters.slice(0, LONGEST).map(printableCharacter).join('')
  return characters.length > LONGEST ? `${shown}…` : shown
}

/**
 * What a terminal would act on, and what makes text read otherwise than it is: control characters,
 * what formats and is not seen, such as the overrides of the direction of writing, separators of
 * lines, letters and marks without a shape, and halves of surrogate pairs. A line end of either kind
 * is none of them.
 */
const ACTIVE = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/gu

/** Anything other than plain ASCII. V8 compiles a Unicode class slowly, so this is tested first. */
const FOREIGN = /[^ -~\n\t]/

/** A text of any length for a terminal: what is active becomes `\uXXXX`, as JSON spells it. */
export function visible(text: string): string {
  return FOREIGN.test(text) ? text.replace(ACTIVE, asJson) : text
}

/** Each half of a pair by itself: JSON knows no longer escape. */
function asJson(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\r\n\t]/g, asJson)
}

function printableCharacter(character: string): string {
  if (character === ' ' || !/[\p{C}\p{Z}\p{DI}]/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).padStart(4, '0')
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`
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
