import type { Slot } from '../clouds/slot.ts'
import type { Architecture, CloudName } from '../snapshot/snapshot.ts'
import type { Places } from '../stream/layouts.ts'

/** What each member looks like in a name. */
const MEMBERS = { plan: '.+', generation: '[12]', region: '.+' } as const
type Member = keyof typeof MEMBERS
const MEMBER = /\{(plan|generation|region)\}/

/** The names under which a slot's image stands; undefined where there is no place for it. */
export function namesOf(places: Places, slot: Slot): string[] | undefined {
  const plans = new Map(Object.entries(places.plans ?? { [slot.plan]: slot.plan }))
  const values = { ...slot, plan: plans.get(slot.plan) }
  if (places.generation !== undefined && places.generation !== slot.generation) return undefined
  const members = places.names.flatMap((name) => MEMBER.exec(name)?.[1] ?? []) as Member[]
  if (members.some((member) => values[member] === undefined)) return undefined
  return places.names.map((name) =>
    name.replace(MEMBER, (_, member: Member) => String(values[member])),
  )
}

/**
 * The slot that names under a cloud's key stand for: the inverse of `namesOf`. Names that are no
 * place of the layout's, which a file may hold all the same, are a slot whose plan is all of them, so
 * that no two images of a file are taken for one.
 */
export function slotOf(
  places: Places,
  cloud: CloudName,
  architecture: string,
  names: readonly string[],
): Slot {
  const base = { cloud, architecture: architecture as Architecture }
  const found = names.length === places.names.length ? membersIn(places.names, names) : undefined
  const plans = Object.entries(places.plans ?? { [found?.plan ?? '']: found?.plan ?? '' })
  const plan = plans.find(([, name]) => name === found?.plan)?.[0]
  if (found === undefined || plan === undefined) return { ...base, plan: names.join('/') }
  const generation = places.generation ?? (found.generation && (Number(found.generation) as 1 | 2))
  return {
    ...base,
    plan,
    ...(generation && { generation }),
    ...(found.region !== undefined && { region: found.region }),
  }
}

function membersIn(
  patterns: readonly string[],
  names: readonly string[],
): Partial<Record<Member, string>> | undefined {
  const found = patterns.map((pattern, at) => {
    const source = pattern.replace(
      MEMBER,
      (_, member: Member) => `(?<${member}>${MEMBERS[member]})`,
    )
    return new RegExp(`^${source}$`, 's').exec(names[at] ?? '')
  })
  return found.includes(null)
    ? undefined
    : Object.assign({}, ...found.map((each) => each?.groups ?? {}))
}
