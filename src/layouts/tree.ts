import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import type { Entry } from './layout.ts'

/** An entry and where it stands under a cloud's key. */
export interface Placed {
  readonly path: readonly string[]
  readonly entry: Entry
}

/** The tree of all entries, names in the order of the entries; undefined for none. */
export function buildTree(placed: readonly Placed[]): JsonRecord | undefined {
  if (placed.length === 0) return undefined
  const root: Record<string, JsonValue> = {}
  for (const { path, entry } of placed) {
    let at = root
    for (const name of path.slice(0, -1)) {
      at[name] ??= {}
      at = at[name] as Record<string, JsonValue>
    }
    at[path.at(-1) ?? ''] = entry
  }
  return root
}

/** The entries of a tree, of any layout: what has text in it is an entry, all else a branch. */
export function readTree(tree: JsonValue | undefined, path: readonly string[] = []): Placed[] {
  if (!isRecord(tree)) return []
  const members = Object.entries(tree)
  const texts = members.filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  )
  if (texts.length > 0) return [{ path, entry: Object.fromEntries(texts) }]
  return members.flatMap(([name, each]) => readTree(each, [...path, name]))
}
