import { BUILT_IN } from '../criteria/read.ts'
import { CLOUDS } from '../snapshot/snapshot.ts'
import { KNOWN_PLANS } from '../stream/schema.ts'

/** The order in which stream-metadata-go writes the plans; others follow by name. */
export function comparePlans(a: string, b: string): number {
  const rank = (plan: string) => [...KNOWN_PLANS, plan].indexOf(plan)
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}

/** The plans of all clouds, by the criteria that come with the package. */
export const PLANS: readonly string[] = [
  ...new Set(CLOUDS.flatMap((cloud) => Object.keys(BUILT_IN[cloud]?.plans ?? {}))),
].sort(comparePlans)
