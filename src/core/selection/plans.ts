import type { Slot } from '../clouds/slot.ts'
import { BUILT_IN } from '../criteria/read.ts'
import { CLOUDS } from '../snapshot/snapshot.ts'
import { KNOWN_PLANS } from '../stream/schema.ts'
import type { Selection } from './select.ts'

/** The order in which stream-metadata-go writes the plans; others follow by name. */
export function comparePlans(a: string, b: string): number {
  const rank = (plan: string) => [...KNOWN_PLANS, plan].indexOf(plan)
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}

export const PLANS: readonly string[] = [
  ...new Set(CLOUDS.flatMap((cloud) => Object.keys(BUILT_IN[cloud]?.plans ?? {}))),
].sort(comparePlans)

/**
 * Selections without images of the earlier RHEL major in plans that have an image of the stream's
 * own: as in openshift/installer, RHEL 9's images fill whole plans only.
 *
 * @param selections of all generations of each plan
 */
export function withWholePlans(selections: readonly Selection[]): Selection[] {
  const ofOwnMajor = new Set(
    selections
      .filter(({ grade }) => grade !== undefined && grade !== 'older-rhel-major')
      .map(({ slot }) => planKey(slot)),
  )
  return selections.map((selection) =>
    selection.grade === 'older-rhel-major' &&
    selection.slot.generation !== undefined &&
    ofOwnMajor.has(planKey(selection.slot))
      ? withoutImage(selection)
      : selection,
  )
}

export function planKey({ cloud, plan, architecture, region }: Slot): string {
  return [cloud, plan, architecture, region ?? ''].join('/')
}

function withoutImage({ slot, wanted, candidates }: Selection): Selection {
  const refused = `the plan has an image of RHEL ${wanted.release.rhel.major}`
  return {
    slot,
    wanted,
    reason: `no image of RHEL ${wanted.release.rhel.major}, which the other generation has`,
    candidates: candidates.map((candidate) =>
      candidate.refused === undefined ? { ...candidate, refused } : candidate,
    ),
  }
}
