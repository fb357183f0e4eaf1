/** The nodes of a JSON document, and their strings and numbers: read as by `JSON.parse`, written as by Go. */

/** A value of `JSON.parse`; a member that is `undefined` counts as missing. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonRecord
export type JsonRecord = { readonly [key: string]: JsonValue | undefined }

export type JsonNode = JsonObject | JsonArray | JsonScalar

/** `text` is the scalar as in the file. It does not depend on the depth, so new ones have it too. */
export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'null'
  readonly text: string
}

/** `source` exists while the array is unchanged. */
export interface JsonArray {
  readonly kind: 'array'
  readonly elements: readonly JsonNode[]
  readonly source?: string
}

/** `members` by decoded name in the file's order. `source` as for arrays; `frame` outlives it. */
export interface JsonObject {
  readonly kind: 'object'
  readonly members: ReadonlyMap<string, JsonMember>
  readonly source?: string
  readonly frame?: Frame
}

/** `key` is the raw spelling, quotes included. Built members have no `spacing` and take the frame's. */
export interface JsonMember {
  readonly key: string
  readonly value: JsonNode
  readonly spacing?: Spacing
}

/** The text around one member: `before` the key (not for the first, whose space is the frame's). */
export interface Spacing {
  readonly before: string | undefined
  readonly colon: string
  readonly after: string
}

/**
 * The space inside an object's braces: `open` before the first member, `gap` between a comma and
 * the next member, `colon` between key and value, `close` before the brace.
 */
export interface Frame {
  readonly open: string
  readonly gap: string
  readonly colon: string
  readonly close: string
}

export interface JsonDocument {
  readonly before: string
  readonly root: JsonNode
  readonly after: string
  readonly indentation: string
}

export function decodeString(text: string): string {
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
}

/** Anything but plain ASCII. V8 compiles this quickly, and Unicode classes slowly. */
const SPECIAL = /[^ !#-%'-;=?-[\]-~]/

/**
 * The raw spelling that Go's encoding/json gives (Go 1.22 and later): HTML's `<`, `>`, `&` and the
 * separators that break JavaScript are escaped, and halves of surrogate pairs are replaced by U+FFFD.
 */
export function encodeString(value: string): string {
  if (!SPECIAL.test(value)) return `"${value}"`
  return JSON.stringify(value).replace(/\\\\|\\ud[0-9a-f]{3}|[<>&\u2028\u2029]/g, (found) => {
    if (found === '\\\\') return found
    if (found.length > 1) return '\\ufffd'
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
