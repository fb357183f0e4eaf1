import type { Releases } from '../../selection/selections.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { latestReleases } from '../diff/slots.ts'
import type { SkewMemory } from '../skew/memory.ts'
import type { SlotState } from './slot-state.ts'

/**
 * The slots of a snapshot, measured against its own builds, or others' releases where it holds none.
 * Where no release is known the most recent image of each slot counts, and no lag.
 */
export function snapshotSlots(
  snapshot: Snapshot,
  memory: SkewMemory,
  others: Releases,
): SlotState[] {
  if (Object.keys(snapshot.builds).length + others.size > 0)
    return memory.measureSkew(snapshot, others)
  return memory.measureSkew(snapshot, latestReleases(snapshot)).map(({ slot, image }) => ({
    slot,
    ...(image && { image }),
  }))
}
