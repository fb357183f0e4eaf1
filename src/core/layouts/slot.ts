import type { Slot } from '../selection/slot.ts'
import type { Architecture, CloudName } from '../snapshot/snapshot.ts'
import { ENHANCEMENT_PLANS, type LayoutName } from './layout.ts'

/** Where an entry stands in a stream. */
export interface Place {
  readonly cloud: CloudName
  readonly architecture: string
  readonly layout: LayoutName
  /** Under the layout's key. */
  readonly path: readonly string[]
}

const PLANS = new Map(Object.entries(ENHANCEMENT_PLANS).map(([plan, name]) => [name, plan]))

/** The slot that a place in a stream is for: the inverse of `slotPath`. */
export function slotAt({ cloud, architecture, layout, path }: Place): Slot {
  const [name = '', ...within] = path
  const isEnhancement = layout === 'enhancement'
  const base = {
    cloud,
    plan: isEnhancement && cloud === 'azure' ? (PLANS.get(name) ?? name) : name,
    architecture: architecture as Architecture,
  }
  if (cloud === 'azure') {
    return { ...base, generation: !isEnhancement && within[0] === 'hyperVGen1' ? 1 : 2 }
  }
  const [, region] = within
  return region === undefined ? base : { ...base, region }
}
