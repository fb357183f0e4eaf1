import type { Snapshot } from '../../snapshot/snapshot.ts'
import { latestReleases } from '../diff/slots.ts'
import type { SkewMemory } from '../skew/memory.ts'
import type { SlotState } from './slot-state.ts'

/**
 * The slots of a snapshot, measured against its own builds. One without builds knows no releases:
 * then the most recent image of each slot counts, and no lag.
 */
export function snapshotSlots(snapshot: Snapshot, memory: SkewMemory): SlotState[] {
  if (Object.keys(snapshot.builds).length > 0) return memory.skewOf(snapshot)
  return memory.skewOf(snapshot, latestReleases(snapshot)).map(({ slot, image }) => ({
    slot,
    ...(image && { image }),
  }))
}
