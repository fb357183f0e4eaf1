import { isEqual, type SnapshotDiff } from '../../core/audit/diff/diff.ts'

/** A difference for programs, as schemas/diff.schema.json describes it. */
export function printDiffJson(diff: SnapshotDiff): string {
  const value = { schemaVersion: 1, equal: isEqual(diff), ...diff }
  return `${JSON.stringify(value, undefined, 2)}\n`
}
