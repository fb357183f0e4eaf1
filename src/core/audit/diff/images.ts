import { comparePlans } from '../../selection/plans.ts'
import { compareImages, identityOf } from '../../snapshot/order.ts'
import {
  CLOUDS,
  type CloudName,
  type Image,
  imagesOf,
  type SnapshotContent,
} from '../../snapshot/snapshot.ts'

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

/**
 * The images that came, went or changed: clouds and plans in the order in which they are shown
 * everywhere, those without a change left out. Linear in the number of images.
 */
export function diffImages(before: SnapshotContent, after: SnapshotContent): PlanChange[] {
  return CLOUDS.flatMap((cloud) =>
    diffCloud(cloud, imagesOf(before, cloud), imagesOf(after, cloud)),
  )
}

interface Lists {
  readonly added: Image[]
  readonly removed: Image[]
  readonly changed: ImageChange[]
}

function diffCloud(
  cloud: CloudName,
  before: readonly Image[],
  after: readonly Image[],
): PlanChange[] {
  const { gone, come, kept } = pair(cloud, before, after)
  const byPlan = new Map<string, Lists>()
  const of = ({ plan }: Image): Lists => {
    const known = byPlan.get(plan) ?? { added: [], removed: [], changed: [] }
    byPlan.set(plan, known)
    return known
  }
  for (const image of gone) of(image).removed.push(image)
  for (const image of come) of(image).added.push(image)
  for (const [old, image] of kept) {
    of(image).changed.push({ image, fields: diffFields(old, image) })
  }
  return [...byPlan]
    .sort(([a], [b]) => comparePlans(a, b))
    .map(([plan, lists]) => ({ cloud, plan, ...lists }))
}

interface Pairs {
  readonly gone: readonly Image[]
  readonly come: readonly Image[]
  /** Records of one image that are not the same. */
  readonly kept: readonly (readonly [Image, Image])[]
}

/**
 * Walks both lists side by side, as they are in the same order, and looks again at what that
 * leaves: in a file that was sorted by hand an image can be both gone and come.
 */
function pair(cloud: CloudName, before: readonly Image[], after: readonly Image[]): Pairs {
  const gone = new Map<string, Image>()
  const come: Image[] = []
  const kept: [Image, Image][] = []
  const keep = (old: Image, image: Image) => {
    if (!isSameRecord(old, image)) kept.push([old, image])
  }
  let [left, right] = [0, 0]
  for (;;) {
    const [old, image] = [before[left], after[right]]
    if (old === undefined && image === undefined) break
    const order =
      image === undefined ? -1 : old === undefined ? 1 : compareImages(cloud, old, image)
    if (order === 0 && old && image) keep(old, image)
    if (order < 0 && old) gone.set(identityOf(cloud, old), old)
    if (order > 0 && image) come.push(image)
    if (order <= 0) left += 1
    if (order >= 0) right += 1
  }
  const fresh = come.filter((image) => {
    const key = identityOf(cloud, image)
    const old = gone.get(key)
    if (old === undefined) return true
    gone.delete(key)
    keep(old, image)
    return false
  })
  return { gone: [...gone.values()], come: fresh, kept }
}

function isSameRecord(a: Image, b: Image): boolean {
  for (const name in a) if (a[name] !== b[name]) return false
  for (const name in b) if (!(name in a)) return false
  return true
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
