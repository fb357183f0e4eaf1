import { type Comparison, ofKinds } from '../../changes/changes.ts'
import type { Item } from '../../changes/inventory.ts'
import { compareImages } from '../../clouds/order.ts'
import { groupBy } from '../../group.ts'
import { comparePlans } from '../../selection/plans.ts'
import { CLOUDS, type CloudName, type Image } from '../../snapshot/snapshot.ts'

/** An image that both snapshots have and that is not the same in them. */
export interface ImageChange {
  /** As the later snapshot has it. */
  readonly image: Image
  readonly fields: readonly FieldChange[]
}

/** A member of a record; a side that lacks it has no value. */
export interface FieldChange {
  readonly name: string
  readonly before?: string | number | boolean
  readonly after?: string | number | boolean
}

/** What became of a plan's images; each list in the snapshots' order. */
export interface PlanChange {
  readonly cloud: CloudName
  readonly plan: string
  readonly added: readonly Image[]
  readonly removed: readonly Image[]
  readonly changed: readonly ImageChange[]
}

/** The listed images of a comparison: clouds and plans in the order in which they are shown everywhere. */
export function imagesBetween({ changes }: Comparison): PlanChange[] {
  const listings = ofKinds(changes, 'listing').flatMap(({ before, after }): Listed[] => {
    const [old, fresh] = [listed(before), listed(after)]
    const { cloud, image } = fresh ?? old ?? {}
    if (cloud === undefined || image === undefined) return []
    return [{ cloud, image, old: old?.image, fresh: fresh?.image }]
  })
  const plans = groupBy(listings, ({ cloud, image }) => `${cloud}\n${image.plan}`)
  return [...plans.values()]
    .flatMap(planOf)
    .sort(
      (a, b) => CLOUDS.indexOf(a.cloud) - CLOUDS.indexOf(b.cloud) || comparePlans(a.plan, b.plan),
    )
}

interface Listed {
  readonly cloud: CloudName
  /** As the later snapshot has it, if it does. */
  readonly image: Image
  readonly old: Image | undefined
  readonly fresh: Image | undefined
}

function listed(item: Item | undefined) {
  return item?.subject.kind === 'listing' ? item.subject : undefined
}

function planOf(all: readonly Listed[]): PlanChange[] {
  const [first] = all
  if (first === undefined) return []
  const { cloud, image } = first
  const inOrder = all.toSorted((a, b) => compareImages(cloud, a.image, b.image))
  return [
    {
      cloud,
      plan: image.plan,
      added: inOrder.flatMap(({ old, fresh }) => (old || !fresh ? [] : [fresh])),
      removed: inOrder.flatMap(({ old, fresh }) => (fresh || !old ? [] : [old])),
      changed: inOrder.flatMap(({ old, fresh }) =>
        old && fresh ? [{ image: fresh, fields: diffFields(old, fresh) }] : [],
      ),
    },
  ]
}

type Fields = Readonly<Record<string, string | number | boolean | undefined>>

/** The members in which two records differ, by name. */
export function diffFields(before: Fields, after: Fields): FieldChange[] {
  const changes: FieldChange[] = []
  for (const name in after) {
    if (before[name] !== after[name]) changes.push(fieldChange(name, before[name], after[name]))
  }
  for (const name in before) {
    if (!(name in after)) changes.push(fieldChange(name, before[name], undefined))
  }
  return changes.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function fieldChange(name: string, before: Fields[string], after: Fields[string]): FieldChange {
  return {
    name,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }
}
