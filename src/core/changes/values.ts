import { isRecord } from '../json/document.ts'
import { canonicalJson } from '../snapshot/canonical.ts'

export interface ValueChange {
  /** As jq spells it: `.azure.plans["no-purchase-plan"].skus[]`. */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/** The deepest differences of two JSON values. Lists are compared as sets. */
export function diffValues(before: unknown, after: unknown, path = ''): ValueChange[] {
  if (canonicalJson(before) === canonicalJson(after)) return []
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return names.flatMap((name) =>
      diffValues(own(before, name), own(after, name), path + step(name)),
    )
  }
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path)
  return [
    {
      path: path || '.',
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ]
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string) {
  const removed = without(before, after).map((each) => ({ path: `${path}[]`, before: each }))
  const added = without(after, before).map((each) => ({ path: `${path}[]`, after: each }))
  const changes: ValueChange[] = [...removed, ...added]
  return changes.length > 0 ? changes : [{ path, before, after }]
}

function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const known = new Set(other.map(canonicalJson))
  return list.filter((each) => !known.has(canonicalJson(each)))
}

/** A file may have a member such as `constructor`, which every object inherits. */
function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function step(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}
