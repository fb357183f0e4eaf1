import type { Slot } from '../core/clouds/slot.ts'
import { groupBy } from '../core/group.ts'
import { comparePlans } from '../core/selection/plans.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'

/** Slots in few words, those that differ in one respect together. */
export function describeSlots(slots: readonly Slot[]): string[] {
  return groupSlots(slots.map((slot) => ({ slot, alike: '' }))).map(({ text }) => text)
}

interface Member {
  readonly slot: Slot
  /** Equal for slots that may share a line. */
  readonly alike: string
}

interface Group<T extends Member> {
  readonly members: readonly T[]
  readonly regions: readonly string[]
  readonly text: string
}

/**
 * Slots that are alike and differ in regions, then in plans, then in generations, then in
 * architectures alone.
 */
export function groupSlots<T extends Member>(members: readonly T[]): Group<T>[] {
  let groups = members.map((member) => ({
    members: [member],
    alike: member.alike,
    facets: {
      cloud: [member.slot.cloud],
      plan: [member.slot.plan],
      architecture: [member.slot.architecture as string],
      generation: member.slot.generation === undefined ? [] : [`gen${member.slot.generation}`],
      region: member.slot.region === undefined ? [] : [member.slot.region],
    },
  }))
  for (const facet of ['region', 'plan', 'generation', 'architecture'] as const) {
    const merged = groupBy(groups, ({ alike, facets }) =>
      [
        alike,
        ...Object.entries(facets).map(([name, each]) => (name === facet ? '' : each.join())),
      ].join('\n'),
    )
    groups = [...merged.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const values = [...new Set(group.flatMap(({ facets }) => facets[facet]))].sort()
      return [
        {
          alike: first.alike,
          members: group.flatMap((each) => each.members),
          facets: { ...first.facets, [facet]: values },
        },
      ]
    })
  }
  return groups
    .sort((a, b) => rankOf(a.facets.cloud) - rankOf(b.facets.cloud))
    .map(({ members, facets }) => ({
      members,
      text: facetText(facets),
      regions: facets.region,
    }))
}

function rankOf([cloud]: readonly string[]): number {
  return (CLOUDS as readonly string[]).indexOf(cloud ?? '')
}

function facetText(
  facets: Readonly<
    Record<'cloud' | 'plan' | 'architecture' | 'generation' | 'region', readonly string[]>
  >,
): string {
  const { cloud, plan, architecture, generation, region } = facets
  const words = [cloud, [...plan].sort(comparePlans), architecture, generation]
  const [only, ...more] = region
  const where =
    only === undefined ? '' : more.length === 0 ? ` · ${only}` : ` · ${region.length} regions`
  return `${words
    .filter((each) => each.length > 0)
    .map((each) => each.join(', '))
    .join(' ')}${where}`
}
