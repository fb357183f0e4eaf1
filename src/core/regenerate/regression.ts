import { type Entry, versionOfEntry } from '../layouts/layout.ts'
import { nameOf } from '../layouts/names.ts'
import type { Placed } from '../layouts/tree.ts'
import type { CloudName } from '../snapshot/snapshot.ts'
import { compareMinors } from '../versions/minor.ts'
import type { RhelTable } from '../versions/rhel.ts'
import { compareStamps, readVersion, rhelOfVersion } from '../versions/version.ts'

/** What a run does at one place of a stream. */
export interface Change {
  readonly cloud: CloudName
  readonly architecture: string
  /** Under the layout's key: `no-purchase-plan`, or `ocp regions us-east-1`. */
  readonly path: readonly string[]
  readonly before?: Entry
  readonly after?: Entry
  /** Set where an image goes or gives way to an older one. */
  readonly regression?: 'removed' | 'older'
}

/** What differs between the entries that a cloud has in a target and those that it is to have. */
export function changesBetween(
  place: Pick<Change, 'cloud' | 'architecture'>,
  before: readonly Placed[],
  after: readonly Placed[],
  table: RhelTable,
): Change[] {
  const keyOf = ({ path }: Placed) => path.join('\0')
  const old = new Map(before.map((each) => [keyOf(each), each]))
  const fresh = new Map(after.map((each) => [keyOf(each), each]))
  return [...new Map([...old, ...fresh])].flatMap(([key, { path }]) => {
    const change = { ...place, path, ...ends(old.get(key)?.entry, fresh.get(key)?.entry) }
    if (sameEntry(change.before, change.after)) return []
    if (change.before === undefined) return [change]
    if (change.after === undefined) return [{ ...change, regression: 'removed' as const }]
    return isOlder(change.after, change.before, table)
      ? [{ ...change, regression: 'older' as const }]
      : [change]
  })
}

function ends(before: Entry | undefined, after: Entry | undefined) {
  return { ...(before && { before }), ...(after && { after }) }
}

/** By the members that the new one has: an old one may carry more. */
function sameEntry(before: Entry | undefined, after: Entry | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    Object.entries(after).every(([member, value]) => before[member] === value)
  )
}

/** Whether `a` is surely older; versions that cannot be read are not. */
function isOlder(a: Entry, b: Entry, table: RhelTable): boolean {
  const [x, y] = [readVersion(versionOfEntry(a) ?? ''), readVersion(versionOfEntry(b) ?? '')]
  if (x === undefined || y === undefined) return false
  const [r, s] = [rhelOfVersion(table, x), rhelOfVersion(table, y)]
  const byRhel = r && s ? compareMinors(r, s) : 0
  const byOcp = x.ocp && y.ocp ? compareMinors(x.ocp, y.ocp) : 0
  return (byRhel || byOcp || compareStamps(x.stamp, y.stamp)) < 0
}

/** `azure x86_64 no-purchase-plan: azureopenshift:aro4:418-v2:418.94.20250122 would be removed`. */
export function printRegression({
  cloud,
  architecture,
  path,
  before,
  after,
  regression,
}: Change): string {
  const place = [cloud, architecture, ...path].join(' ')
  const old = before ? nameOf(cloud, before) : 'nothing'
  if (regression === 'removed' || after === undefined) return `${place}: ${old} would be removed`
  return `${place}: ${old} would give way to the older ${nameOf(cloud, after)}`
}
