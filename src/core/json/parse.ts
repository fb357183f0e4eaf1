import { InputError } from '../../errors.ts'
import { DEEPEST, MOST_VALUES, parseJson, tooManyValues } from './parser.ts'

/**
 * Parses JSON strictly. `JSON.parse` is fast, but takes the last of two equal keys and has no limits;
 * the lossless parser reports the position of an error.
 *
 * @throws InputError with file, line and column
 */
export function parseText(text: string, file: string): unknown {
  const { depth, values, keys } = measure(text)
  if (depth > DEEPEST) parseJson(text, file)
  if (values > MOST_VALUES) throw tooManyValues(file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    parseJson(text, file)
    throw new InputError(`${file}: invalid JSON: ${(error as Error).message}`)
  }
  if (countKeys(value) !== keys) parseJson(text, file)
  return value
}

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [OPENING_BRACE, CLOSING_BRACE] = [0x7b, 0x7d]

/** The levels, values and keys of valid JSON, counted without memory for them. */
function measure(text: string): { depth: number; values: number; keys: number } {
  let [level, depth, values, keys] = [0, 0, 1, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA) values += 1
    else if (code === COLON) keys += 1
    // A bracket and a brace differ in this bit only.
    else if ((code | 0x20) === CLOSING_BRACE) level -= 1
    else if ((code | 0x20) === OPENING_BRACE) {
      level += 1
      values += 1
      depth = Math.max(depth, level)
    }
  }
  return { depth, values, keys }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  }
  return at
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const members: readonly unknown[] = Object.values(value)
  const own = Array.isArray(value) ? 0 : members.length
  return members.reduce<number>((sum, member) => sum + countKeys(member), own)
}
