import type { Architecture, CloudName } from '../snapshot/snapshot.ts'
import type { MajorMinor, Release } from '../versions/version.ts'

/** One place in a stream that a marketplace image can fill. */
export interface Slot {
  readonly cloud: CloudName
  readonly plan: string
  readonly architecture: Architecture
  readonly generation?: 1 | 2
  readonly region?: string
}

/** The build that a slot's image is measured against. */
export interface Wanted {
  /** As the build server spells it: `418.94.202410090804-0`. */
  readonly text: string
  readonly release: Release
  /** That of the release, else of the snapshot. */
  readonly ocp: MajorMinor
}

/** `azure ocp-emea x86_64 gen2`, as messages name a slot. */
export function printSlot(slot: Slot): string {
  const rest = [slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean)
  return [slot.cloud, slot.plan, slot.architecture, ...rest].join(' ')
}
