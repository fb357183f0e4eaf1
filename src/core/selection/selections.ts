import { printSlot, type Slot, type Wanted } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { BUILT_IN, type Criteria } from '../criteria/criteria.ts'
import { groupBy } from '../group.ts'
import {
  type Architecture,
  CLOUDS,
  type CloudName,
  capturedClouds,
  getImages,
  type Snapshot,
  type SnapshotContent,
  stateIn,
} from '../snapshot/snapshot.ts'
import { KNOWN_PLANS } from '../stream/schema.ts'
import { readMajorMinor, readRelease } from '../versions/version.ts'
import {
  gradeSelection,
  type Requirement,
  type Selection,
  type SelectionRules,
  selectImage,
} from './select.ts'

export type Releases = ReadonlyMap<string, string>

/** Sorted by cloud, architecture, plan, generation and region. */
export function selectImages(
  snapshot: SnapshotContent & Pick<Snapshot, 'capturedAt'>,
  releases: Releases,
  requirement: Requirement = 'any',
): Selection[] {
  const wanted = [...releases]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([architecture, text]) => {
      const each = wantedRelease(snapshot, text)
      return each ? [{ architecture: architecture as Architecture, wanted: each }] : []
    })
  return capturedClouds(snapshot).flatMap((cloud) => {
    const current = getImages(snapshot, cloud).map((image) => ({
      ...image,
      state: stateIn(snapshot, cloud, image),
    }))
    const images = groupBy(current, (image) => printSlot({ cloud, ...image }))
    const rules = selectionRules(snapshot.criteria, cloud, requirement)
    const { selectedFor = {} } = snapshot.criteria
    return wanted.flatMap(({ architecture, wanted }) => {
      const former = wantedRelease(snapshot, selectedFor[cloud]?.[architecture] ?? '')
      const { ocp } = former ?? wanted
      const slots = FACTS[cloud].slots(snapshot, architecture, ocp).sort(compareSlots)
      const selections = slots.flatMap((slot) => {
        const releases = selectedFor[slot.region ?? cloud]
        const own = releases ? wantedRelease(snapshot, releases[architecture] ?? '') : wanted
        const all = images.get(printSlot(slot)) ?? []
        return own ? selectImage(slot, own, all, rules) : []
      })
      return withWholePlans(selections).map((selection) =>
        selection.wanted === wanted ? selection : gradeSelection(selection, wanted, rules),
      )
    })
  })
}

export function selectionRules(
  criteria: Criteria,
  cloud: CloudName,
  requirement: Requirement = 'any',
): SelectionRules {
  const own: object & { readonly floor?: string } = criteria[cloud] ?? {}
  return { table: criteria.rhel, requirement, floor: readMajorMinor(own.floor ?? '') }
}

/** The OCP version is that of the release, else of the snapshot. */
export function wantedRelease({ stream }: SnapshotContent, text: string): Wanted | undefined {
  const release = readRelease(text)
  const ocp = release?.ocp ?? readMajorMinor(stream.ocp ?? '')
  return release && ocp && { text, release, ocp }
}

function compareSlots(a: Slot, b: Slot): number {
  return (
    comparePlans(a.plan, b.plan) ||
    (a.generation ?? 0) - (b.generation ?? 0) ||
    ((a.region ?? '') < (b.region ?? '') ? -1 : 1)
  )
}

/** The order of plans in stream-metadata-go, then by name. */
export function comparePlans(a: string, b: string): number {
  const rank = (plan: string) => [...KNOWN_PLANS, plan].indexOf(plan)
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}

export const PLANS: readonly string[] = [
  ...new Set(CLOUDS.flatMap((cloud) => Object.keys(BUILT_IN[cloud]?.plans ?? {}))),
].sort(comparePlans)

/** As in openshift/installer, both generations of a plan have the same RHEL major. */
function withWholePlans(selections: readonly Selection[]): Selection[] {
  const ofOwnMajor = new Set(
    selections
      .filter(({ grade }) => grade !== undefined && grade !== 'older-rhel-major')
      .map(({ slot }) => planKey(slot)),
  )
  return selections.map((selection) => {
    const { grade, slot } = selection
    const isMixed = slot.generation !== undefined && ofOwnMajor.has(planKey(slot))
    return grade === 'older-rhel-major' && isMixed ? withoutImage(selection) : selection
  })
}

function planKey({ generation: _, ...slot }: Slot): string {
  return printSlot(slot)
}

function withoutImage({ slot, wanted, candidates }: Selection): Selection {
  const rhel = `RHEL ${wanted.release.rhel.major}`
  return {
    slot,
    wanted,
    reason: `no image of ${rhel}, but the other generation has one`,
    candidates: candidates.map((each) => ({
      ...each,
      refused: each.refused ?? `the plan has an image of ${rhel}`,
    })),
  }
}
