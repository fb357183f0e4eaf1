/** Text from a file made fit for an error message. */

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

function printableCharacter(character: string): string {
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).padStart(4, '0')
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`
}
