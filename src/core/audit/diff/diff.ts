import { Listings } from '../../changes/absence.ts'
import { type Comparison, compareInventories } from '../../changes/changes.ts'
import { joined, selectionInventory, snapshotInventory } from '../../changes/inventory.ts'
import type { Selection } from '../../selection/select.ts'
import type { Releases } from '../../selection/selections.ts'
import { canonicalJson } from '../../snapshot/canonical.ts'
import type { Build, Snapshot, SnapshotContent } from '../../snapshot/snapshot.ts'
import { diffFields, type FieldChange, imagesBetween, type PlanChange } from './images.ts'
import { diffQueries, type QueryChange } from './queries.ts'
import { diffSlots, filledSlots, type SlotDiff } from './slots.ts'
import { diffValues, type ValueChange } from './values.ts'

/** What became of an architecture's build. */
export interface BuildChange {
  readonly architecture: string
  /** The releases; absent where there is no build. */
  readonly before?: string
  readonly after?: string
  /** Where the build's meta.json or its location changed under the same release. */
  readonly content: readonly ValueChange[]
}

/** Everything in which two snapshots differ; schemas/diff.schema.json describes most of it as JSON. */
export interface SnapshotDiff {
  /** The later snapshot's stream. */
  readonly stream: { readonly name: string; readonly ocp: string | null }
  /** What changed of the stream's identity: name, OCP minor, build server. */
  readonly identity: readonly FieldChange[]
  readonly builds: readonly BuildChange[]
  readonly criteria: readonly ValueChange[]
  readonly images: readonly PlanChange[]
  readonly queries: readonly QueryChange[]
  readonly slots: SlotDiff
  /** The same as changes, which the renderers print. */
  readonly comparison: Comparison
  /** What the later snapshot fills its slots with. */
  readonly selections: readonly Selection[]
}

/**
 * Compares what two snapshots learned. When, by what and from which recording they were made does
 * not count, but that an image whose deprecation was announced can have reached its day in between.
 *
 * @param target the releases of the stream that the snapshots are for, where they hold no builds
 * @param targetBefore those that it had with the earlier snapshot; default: the same
 */
export function diffSnapshots(
  before: Snapshot,
  after: Snapshot,
  target?: Releases,
  targetBefore?: Releases,
): SnapshotDiff {
  const filled = filledSlots(before, after, target, targetBefore)
  const comparison = compareInventories(
    joined(snapshotInventory(before), selectionInventory(filled.before)),
    joined(snapshotInventory(after), selectionInventory(filled.after)),
    after.criteria.rhel,
    new Listings(after),
  )
  return {
    stream: { name: after.stream.name, ocp: after.stream.ocp },
    identity: diffFields(identityFields(before), identityFields(after)),
    builds: diffBuilds(before.builds, after.builds),
    criteria: diffValues(before.criteria, after.criteria),
    images: imagesBetween(comparison),
    queries: diffQueries(before, after),
    slots: diffSlots(filled),
    comparison,
    selections: filled.after,
  }
}

/** Whether there is nothing to tell. */
export function isEqual(diff: SnapshotDiff): boolean {
  const { identity, builds, criteria, queries, slots, comparison } = diff
  return [identity, builds, criteria, queries, slots.changes, comparison.changes].every(
    (changes) => changes.length === 0,
  )
}

/** A snapshot that learned nothing, of the same stream: what a file that is new or gone is compared with. */
export function emptied<T extends SnapshotContent>(snapshot: T): T {
  return { ...snapshot, builds: {}, images: {}, queries: {} }
}

function identityFields({ stream: { ocp, ...rest } }: SnapshotContent) {
  return { ...rest, ...(ocp !== null && { ocp }) }
}

function diffBuilds(
  before: Readonly<Record<string, Build>>,
  after: Readonly<Record<string, Build>>,
): BuildChange[] {
  const architectures = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return architectures.flatMap((architecture) => {
    const [old, fresh] = [before[architecture], after[architecture]]
    if (canonicalJson(old ?? null) === canonicalJson(fresh ?? null)) return []
    return [
      {
        architecture,
        ...(old && { before: old.release }),
        ...(fresh && { after: fresh.release }),
        content: old?.release === fresh?.release ? diffValues(old, fresh) : [],
      },
    ]
  })
}
