import { CheckFailure, InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { gradeEntry } from '../changes/grading.ts'
import { type Entry, printSlot, type Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { BUILT_IN } from '../criteria/criteria.ts'
import { decideOcp } from '../criteria/ocp-version.ts'
import { ENHANCEMENT_PLANS } from '../stream/layouts.ts'
import { ocpVersionsForRhel, readRelease } from '../versions/version.ts'
import type { SourceStream } from './source.ts'

export interface FoundImage {
  readonly slot: Slot
  readonly entry: Entry
  readonly urn: string
}

/** The names of plans in the enhancement. */
const PLAN_ALIASES = new Map([...ENHANCEMENT_PLANS].map(([plan, name]) => [name, plan]))

export function findImage(
  { images }: SourceStream,
  wanted: Slot,
  source: string,
): FoundImage | undefined {
  const slot: Slot = { ...wanted, plan: PLAN_ALIASES.get(wanted.plan) ?? wanted.plan }
  const { entry, file = source } =
    images.find((each) => printSlot(each.slot) === printSlot(slot)) ?? {}
  if (entry === undefined) return undefined
  for (const member of Object.keys(FACTS[slot.cloud].entry)) {
    const value = entry[member]
    if (value !== undefined && NAME.test(value)) continue
    const found = value === undefined ? 'no string' : printable(value) || '""'
    throw new InputError(
      `${file}: ${printSlot(slot)}: ${member}: expected letters, digits, dots, hyphens and underscores, found ${found}`,
    )
  }
  return { slot, entry, urn: FACTS[slot.cloud].imageName(entry) }
}

/** Names become part of shell commands, paths, URNs and YAML. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/

export function gen1Image({ slot, entry, urn }: FoundImage, file: string): FoundImage {
  const sku = gen1Sku(entry.sku ?? '')
  if (sku === undefined) {
    throw new CheckFailure(`${file}: ${urn} has no Gen1 image`, 'Remove --gen1 to use this image.')
  }
  const gen1 = { ...entry, sku }
  return { slot: { ...slot, generation: 1 }, entry: gen1, urn: FACTS[slot.cloud].imageName(gen1) }
}

const GEN1_RULES: readonly (readonly [gen2: RegExp, gen1: string | undefined])[] = [
  // Up to 4.20: `418-v2` and `aro_418`. From 4.22 on: `aro_422-v2` and `aro_422`.
  [/^([0-9]+)-v2$/i, 'aro_$1'],
  [/^(aro_[0-9]+)-v2$/i, '$1'],
  // Neither Arm machines nor OCP 5.0 and later have Gen1.
  [/-arm$/i, undefined],
  [/_gen2$/i, undefined],
  // The rule of the enhancement, for the paid offers.
  [/^(.+?)(-gen1)?$/i, '$1-gen1'],
]

export function gen1Sku(gen2: string): string | undefined {
  const [pattern, replacement] = GEN1_RULES.find(([pattern]) => pattern.test(gen2)) ?? []
  return pattern && replacement && gen2.replace(pattern, replacement)
}

/** The grade of an image, or why it is unknown. */
export function findGrade({ releases, ocp }: SourceStream, { slot, entry }: FoundImage) {
  const text = releases.get(slot.architecture)
  const { rhel } = readRelease(text ?? '') ?? {}
  const sources = { name: '', releases: [text ?? []].flat(), skus: [entry.sku ?? []].flat() }
  const likely =
    decideOcp(sources, BUILT_IN).ocp ?? (rhel && ocpVersionsForRhel(BUILT_IN.rhel, rhel).at(-1))
  const side = { releases, ocp: ocp ?? likely, criteria: BUILT_IN }
  return { release: text, ...gradeEntry(slot, entry, side) }
}
