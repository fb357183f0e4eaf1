/** The nodes of a JSON document; see `document.ts`. */

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

/** A file: its root value, the text around it, and the indentation of one level. */
export interface JsonDocument {
  readonly before: string
  readonly root: JsonNode
  readonly after: string
  readonly indentation: string
}
