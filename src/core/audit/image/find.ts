import { CheckFailure } from '../../../errors.ts'
import { type Entry, LAYOUTS } from '../../layouts/layout.ts'
import { nameOf } from '../../layouts/names.ts'
import { printSlot, type Slot } from '../../selection/slot.ts'
import { type Available, availableImages, type ImageSource } from './available.ts'
import { gen1Sku } from './gen1.ts'

/** Which image of a stream is wanted. */
export interface ImageQuestion extends Slot {
  /** The Gen1 image that stands beside the Gen2 image, its SKU derived from that one's. */
  readonly gen1?: boolean
}

/** The answer: the slot, what the stream names there, and what the cloud's tools call it. */
export interface FoundImage {
  readonly slot: Slot
  readonly entry: Entry
  readonly urn: string
}

/** The enhancement's names for plans, which it is asked by as well. */
const PLAN_ALIASES: Readonly<Record<string, string>> = {
  'purchase-plan-north-america': 'ocp',
  'purchase-plan-emea': 'ocp-emea',
}

/**
 * Finds an image in a stream of any layout, or in a marketplace file.
 *
 * @throws CheckFailure where it is not there, with what is there
 */
export function findImage(source: ImageSource, { gen1, ...asked }: ImageQuestion): FoundImage {
  const slot: Slot = { ...asked, plan: PLAN_ALIASES[asked.plan] ?? asked.plan }
  const available = availableImages(source)
  const entry = available.find((each) => isAt(each, slot))?.entry
  if (entry === undefined) throw notThere(slot, available)
  if (!gen1) return { slot, entry, urn: nameOf(slot.cloud, entry) }
  const sku = gen1Sku(entry.sku ?? '')
  const first: Slot = { ...slot, generation: 1 }
  if (slot.cloud !== 'azure' || sku === undefined) {
    throw new CheckFailure(
      `${printSlot(slot)}: ${nameOf(slot.cloud, entry)} has no Gen1 image beside it`,
    )
  }
  const derived = { ...entry, sku }
  return { slot: first, entry: derived, urn: nameOf('azure', derived) }
}

function isAt({ cloud, architecture, layout, path }: Available, slot: Slot): boolean {
  const place = LAYOUTS[layout].slotPath(slot)
  return (
    cloud === slot.cloud &&
    architecture === slot.architecture &&
    place !== undefined &&
    place.length === path.length &&
    place.every((name, at) => name === path[at])
  )
}

/** How many places an error names. */
const SHOWN = 24

function notThere(slot: Slot, available: readonly Available[]): CheckFailure {
  const near = nearest(slot, available)
  const places = [
    ...new Set(near.map((each) => [each.cloud, each.architecture, ...each.path].join(' '))),
  ]
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : ''
  const there = places.length === 0 ? 'no marketplace image' : places.slice(0, SHOWN).join(', ')
  const what = slot.cloud === 'aws' && !slot.region ? 'no image without a region' : 'no such image'
  return new CheckFailure(`${printSlot(slot)}: ${what}`, `There is: ${there}${more}.`)
}

/** What is there of the same cloud and architecture, else of the cloud, else all. */
function nearest(slot: Slot, available: readonly Available[]): readonly Available[] {
  const ofCloud = available.filter(({ cloud }) => cloud === slot.cloud)
  const ofArch = ofCloud.filter(({ architecture }) => architecture === slot.architecture)
  return [ofArch, ofCloud].find((each) => each.length > 0) ?? available
}
