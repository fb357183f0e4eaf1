import {
  CLOUDS,
  type CloudName,
  getQueries,
  type SnapshotContent,
} from '../../snapshot/snapshot.ts'

/** A question whose answer says more than the images do. */
export interface QueryChange {
  readonly cloud: CloudName
  /** In the cloud's words: publisher, offer and SKU on Azure. */
  readonly query: Readonly<Record<string, unknown>>
  readonly change: 'appeared' | 'vanished' | 'asked' | 'no longer asked'
}

/**
 * The questions worth telling of: what the cloud had not and now has, or the other way round, and
 * what is asked for the first or was asked for the last time. How many images answered is told by
 * the images themselves.
 */
export function diffQueries(before: SnapshotContent, after: SnapshotContent): QueryChange[] {
  return CLOUDS.flatMap((cloud) => {
    const old = answersOf(before, cloud)
    const fresh = answersOf(after, cloud)
    return [...new Map([...old, ...fresh])].flatMap(([key, { query }]) => {
      const change = changeOf(old.get(key), fresh.get(key))
      return change === undefined ? [] : [{ cloud, query, change }]
    })
  })
}

interface Answer {
  readonly query: Readonly<Record<string, unknown>>
  readonly missing: boolean
}

function answersOf(snapshot: SnapshotContent, cloud: CloudName): Map<string, Answer> {
  return new Map(
    getQueries(snapshot, cloud).map((answered) => {
      const { images: _, missing, ...query } = answered as Readonly<Record<string, unknown>>
      return [JSON.stringify(query), { query, missing: missing === true }]
    }),
  )
}

function changeOf(before?: Answer, after?: Answer): QueryChange['change'] | undefined {
  if (before === undefined) return 'asked'
  if (after === undefined) return 'no longer asked'
  if (before.missing === after.missing) return undefined
  return after.missing ? 'vanished' : 'appeared'
}
