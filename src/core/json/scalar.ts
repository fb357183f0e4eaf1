/** Strings and numbers in JSON: read as by `JSON.parse`, written as by Go. */

/** The string of a valid JSON string, with its quotes. */
export function decodeString(text: string): string {
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Anything but plain ASCII. V8 compiles this quickly, and Unicode classes slowly. */
const SPECIAL = /[^ !#-%'-;=?-[\]-~]/

/**
 * The raw spelling that Go's encoding/json gives (Go 1.22 and later, which write \b and \f short):
 * HTML's `<`, `>`, `&` and the separators that break JavaScript are escaped, and what is no valid
 * text is replaced by U+FFFD.
 */
export function encodeString(value: string): string {
  if (!SPECIAL.test(value)) return `"${value}"`
  return `"${value.replace(/["\\<>&\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, escapeOf)}"`
}

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES[character]
  if (short !== undefined) return short
  const code = character.charCodeAt(0)
  if (code >= 0x7f && code <= 0x9f) return character
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd'
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** Go and JavaScript agree on every finite number but one. */
export function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`)
  return Object.is(value, -0) ? '-0' : String(value)
}
