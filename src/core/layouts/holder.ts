import type { JsonRecord, JsonValue } from '../json/document.ts'

/**
 * What holds marketplace images: a stream, or a file of them alone. Immutable: what changes it gives
 * another one.
 */
export interface Holder<Self = unknown> {
  /** The stream's name; empty for what tells none. */
  readonly name: string
  /** In the file's order. */
  architectures(): string[]
  /** The release that an architecture is at, where it tells one. */
  release(architecture: string): string | undefined
  /** All that an architecture has; a file of marketplace images alone has no more than these. */
  architecture?(architecture: string): JsonRecord | undefined
  /** What an architecture has under one marketplace key. */
  extension(architecture: string, key: string): JsonValue | undefined
  /** With `value`, and nothing else, under that key, or without the key for undefined. */
  withExtension(architecture: string, key: string, value: JsonValue | undefined): Self
  print(): string
}
