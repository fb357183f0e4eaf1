import type { SlotState } from '../../core/audit/history/slot-state.ts'
import type { Slot } from '../../core/clouds/slot.ts'
import { entryVersion } from '../../core/stream/marketplace.ts'

/** A slot without its region: regions of a plan are shown together. */
export function placeOf({ cloud, plan, architecture, generation }: Slot): string {
  return [cloud, plan, architecture, generation && `gen${generation}`].filter(Boolean).join(' ')
}

export function versionOf({ image }: Pick<SlotState, 'image'>): string {
  return image === undefined ? '' : (entryVersion(image) ?? '')
}
