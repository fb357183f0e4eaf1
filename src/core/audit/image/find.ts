import { CheckFailure, InputError } from '../../../errors.ts'
import { printable } from '../../../printable.ts'
import type { Entry } from '../../clouds/facts.ts'
import { FACTS } from '../../clouds/index.ts'
import { printSlot, type Slot } from '../../clouds/slot.ts'
import { ENHANCEMENT_PLANS } from '../../stream/layouts.ts'
import type { ImageFile } from '../../stream/marketplace.ts'
import { imagesIn, type PlacedImage } from '../../stream/marketplace.ts'
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

/** The layouts' own names for plans, the enhancement's, by which it is asked as well. */
const PLAN_ALIASES = new Map([...ENHANCEMENT_PLANS].map(([plan, name]) => [name, plan]))

/**
 * Finds an image in a stream of any layout, or in a marketplace file.
 *
 * @throws CheckFailure where it is not there, with what is there
 * @throws InputError where it is nothing that could be pasted
 */
export function findImage(source: ImageFile, { gen1, ...asked }: ImageQuestion): FoundImage {
  const slot: Slot = { ...asked, plan: PLAN_ALIASES.get(asked.plan) ?? asked.plan }
  const available = imagesIn(source)
  const entry = available.find((each) => printSlot(each.slot) === printSlot(slot))?.entry
  if (entry === undefined) throw notThere(slot, available, isGen1Derived(slot, available))
  refuseOdd(slot, entry)
  if (!gen1) return { slot, entry, urn: FACTS[slot.cloud].nameOf(entry) }
  const sku = gen1Sku(entry.sku ?? '')
  const first: Slot = { ...slot, generation: 1 }
  if (sku === undefined) {
    throw new CheckFailure(
      `${printSlot(slot)}: ${FACTS[slot.cloud].nameOf(entry)} has no Gen1 image beside it`,
    )
  }
  const derived = { ...entry, sku }
  return { slot: first, entry: derived, urn: FACTS[slot.cloud].nameOf(derived) }
}

/** It gets into a shell's line, a template, a path and a URN, and means something in none of them. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/

function refuseOdd(slot: Slot, entry: Entry): void {
  for (const [member, value] of Object.entries(entry)) {
    if (NAME.test(value)) continue
    throw new InputError(
      `${printSlot(slot)}: ${member}: expected letters, digits, dots, hyphens and underscores, found ${printable(value)}`,
    )
  }
}

/** How many places an error names. */
const SHOWN = 24

/** Whether there is a Gen2 image, from whose SKU that of the Gen1 image follows. */
function isGen1Derived(slot: Slot, available: readonly PlacedImage[]): boolean {
  if (slot.generation !== 1) return false
  const second = printSlot({ ...slot, generation: 2 })
  const entry = available.find((each) => printSlot(each.slot) === second)?.entry
  return gen1Sku(entry?.sku ?? '') !== undefined
}

function notThere(slot: Slot, available: readonly PlacedImage[], isDerived: boolean): CheckFailure {
  const regions = available.flatMap((each) =>
    printSlot({ ...each.slot, region: '' }) === printSlot({ ...slot, region: '' })
      ? (each.slot.region ?? [])
      : [],
  )
  if (regions.length > 0) {
    const what = slot.region === undefined ? 'no image without a region' : 'no such image'
    const names = [...new Set(regions)].join(', ')
    return new CheckFailure(`${printSlot(slot)}: ${what}`, `Name one with --region: ${names}.`)
  }
  const near = nearest(slot, available)
  const places = [
    ...new Set(near.map(({ slot, path }) => [slot.cloud, slot.architecture, ...path].join(' '))),
  ]
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : ''
  const there = places.length === 0 ? 'no marketplace image' : places.slice(0, SHOWN).join(', ')
  const hint = isDerived ? ' --gen1 derives it from the Gen2 image.' : ''
  return new CheckFailure(`${printSlot(slot)}: no such image`, `There is: ${there}${more}.${hint}`)
}

/** What is there of the same cloud and architecture, else of the cloud, else all. */
function nearest(slot: Slot, available: readonly PlacedImage[]): readonly PlacedImage[] {
  const ofCloud = available.filter((each) => each.slot.cloud === slot.cloud)
  const ofArch = ofCloud.filter((each) => each.slot.architecture === slot.architecture)
  return [ofArch, ofCloud].find((each) => each.length > 0) ?? available
}
