import { DEEPEST } from './parser.ts'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPENING_BRACE = 0x7b

/**
 * Whether a text of JSON is nested deeper than any real file, for which the engine's parser would
 * take a hundred bytes a level. Every level but the first is a list, or is in a list or follows a
 * colon: where there are few of either, which is soon counted, there are few levels.
 */
export function isDeep(text: string): boolean {
  const few = DEEPEST / 4
  let lists = 0
  for (let at = text.indexOf('['); at >= 0 && lists <= few; at = text.indexOf('[', at + 1)) lists++
  let members = 0
  for (let at = text.indexOf('{'); at >= 0 && members <= few; at = text.indexOf('{', at + 1)) {
    let before = at - 1
    while (isSpace(text.charCodeAt(before))) before--
    if (text.charCodeAt(before) === COLON) members++
  }
  return (lists > few || members > few) && depthOf(text) > DEEPEST
}

/** As far as one more than is allowed. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length && deepest <= DEEPEST; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    // A bracket and a brace differ in this one bit.
    else if ((code | 0x20) === OPENING_BRACE) deepest = Math.max(deepest, ++depth)
    else if ((code | 0x20) === OPENING_BRACE + 2) depth--
  }
  return deepest
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE && at < text.length; ) {
    at += code === BACKSLASH ? 2 : 1
    code = text.charCodeAt(at)
  }
  return at
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/**
 * Whether a text is plainly what was parsed from it, with no key twice: a compact text, which may
 * have line breaks with indentation, is then just as long as its value. That takes no copy of the
 * text and a tenth of the lossless parser's time. A text with escapes, or with other space, gives
 * false: it has to be looked at.
 *
 * @param value what `JSON.parse` made of the text
 */
export function isWhole(value: unknown, text: string): boolean {
  if (text.includes('\\')) return false
  const size = { hasLarge: false }
  if (lengthOf(value, size, 0) !== text.length - layoutOf(text)) return false
  // What is spelled with an exponent may be shorter than its value, and hide a key. It may stand on
  // a line of its own.
  return !size.hasLarge || !/[:[,]\s*-?[0-9.]+e/i.test(text)
}

/** The length of a value's shortest JSON but for exponents; NaN where that is not known. */
function lengthOf(value: unknown, size: { hasLarge: boolean }, depth: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) return Number.NaN
    if (value >= 1_000) size.hasLarge = true
    return value < 10 ? 1 : String(value).length
  }
  if (typeof value !== 'object' || value === null) return value === false ? 5 : 4
  if (depth > DEEPEST) return Number.NaN
  let [length, count] = [0, 0]
  if (Array.isArray(value)) {
    for (const each of value) length += lengthOf(each, size, depth + 1)
    count = value.length
  } else {
    for (const key in value) {
      const each = (value as Record<string, unknown>)[key]
      // Most are strings: no call for them.
      const own = typeof each === 'string' ? each.length + 2 : lengthOf(each, size, depth + 1)
      length += key.length + 3 + own
      count += 1
    }
  }
  return length + Math.max(count - 1, 0) + 2
}

/** How much of a text are line breaks and the spaces that follow them; neither can be in a string. */
function layoutOf(text: string): number {
  let length = 0
  for (let at = text.indexOf('\n'); at >= 0; ) {
    let end = at + 1
    while (text.charCodeAt(end) === 0x20) end += 1
    length += end - at
    at = text.indexOf('\n', end)
  }
  return length
}
