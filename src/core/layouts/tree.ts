import type { Entry } from '../clouds/facts.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'

/** An entry and where it stands under a cloud's key. */
interface Leaf {
  readonly path: readonly string[]
  readonly entry: Entry
}

/** The tree of all entries, names in the order of the entries; undefined for none. */
export function buildTree(placed: readonly Leaf[]): JsonRecord | undefined {
  if (placed.length === 0) return undefined
  const root: Branch = new Map()
  for (const { path, entry } of placed) {
    let at = root
    for (const name of path.slice(0, -1)) {
      const next = at.get(name)
      const branch: Branch = next instanceof Map ? next : new Map()
      at.set(name, branch)
      at = branch
    }
    at.set(path.at(-1) ?? '', entry)
  }
  return toRecord(root)
}

/** Names come from files: in an object, `constructor` would be there already. */
type Branch = Map<string, Branch | Entry>

function toRecord(branch: Branch): JsonRecord {
  return Object.fromEntries(
    [...branch].map(([name, each]) => [name, each instanceof Map ? toRecord(each) : each]),
  )
}

/** The entries of a tree, of any layout: what has text in it is an entry, all else a branch. */
export function readTree(tree: JsonValue | undefined, path: readonly string[] = []): Leaf[] {
  if (!isRecord(tree)) return []
  const members = Object.entries(tree)
  const texts = members.filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  )
  if (texts.length > 0) return [{ path, entry: Object.fromEntries(texts) }]
  return members.flatMap(([name, each]) => readTree(each, [...path, name]))
}
