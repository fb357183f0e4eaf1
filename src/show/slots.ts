import type { Slot } from '../core/clouds/facts.ts'
import { groupAlike } from '../core/group.ts'
import { comparePlans } from '../core/selection/selections.ts'
import { CLOUDS, type CloudName } from '../core/snapshot/snapshot.ts'

/** One text for slots that differ in one facet: `azure ocp x86_64, aarch64 gen2`. */
export function describeSlots(slots: readonly Slot[]): string[] {
  return groupSlots(slots.map((slot) => ({ slot, alike: '' }))).map(({ text }) => text)
}

interface Member {
  readonly slot: Slot
  /** Equal for slots that may be in one group. */
  readonly alike: string
}

interface Group<T extends Member> {
  readonly first: T
  readonly members: readonly T[]
  readonly regions: readonly string[]
  readonly text: string
}

/** Groups slots of a cloud that are alike and differ in one facet, facet by facet. */
export function groupSlots<T extends Member>(members: readonly T[]): Group<T>[] {
  let groups = members.map((member) => {
    const { plan, architecture, generation, region } = member.slot
    const facets: Facets = {
      plan: [plan],
      architecture: [architecture],
      generation: generation === undefined ? [] : [`gen${generation}`],
      region: region === undefined ? [] : [region],
    }
    return { first: member, members: [member], facets }
  })
  for (const facet of ['region', 'plan', 'generation', 'architecture'] as const) {
    const merged = groupAlike(groups, ({ first, facets }) => [
      first.slot.cloud,
      first.alike,
      { ...facets, [facet]: '' },
    ])
    groups = merged.map(({ first, all }) => {
      const values = [...new Set(all.flatMap(({ facets }) => facets[facet]))].sort()
      return {
        first: first.first,
        members: all.flatMap((each) => each.members),
        facets: { ...first.facets, [facet]: values },
      }
    })
  }
  return groups
    .sort((a, b) => CLOUDS.indexOf(a.first.slot.cloud) - CLOUDS.indexOf(b.first.slot.cloud))
    .map(({ first, members, facets }) => ({
      first,
      members,
      regions: facets.region,
      text: facetText(first.slot.cloud, facets),
    }))
}

type Facets = Readonly<Record<'plan' | 'architecture' | 'generation' | 'region', readonly string[]>>

function facetText(cloud: CloudName, facets: Facets): string {
  const { plan, architecture, generation, region } = facets
  const words = [[cloud], [...plan].sort(comparePlans), architecture, generation]
    .filter((each) => each.length > 0)
    .map((each) => each.join(', '))
  const where = region.length > 1 ? `${region.length} regions` : region[0]
  return `${words.join(' ')}${where === undefined ? '' : ` · ${where}`}`
}
