import { type CloudName, capturedClouds, type Snapshot } from '../core/snapshot/snapshot.ts'

/** Why nothing can be said of a cloud, or of any: `aws was not asked, but azure`; undefined where it can. */
export function unaskedWords(snapshot: Snapshot, cloud?: CloudName): string | undefined {
  const asked = capturedClouds(snapshot)
  if (cloud === undefined ? asked.length > 0 : asked.includes(cloud)) return undefined
  if (asked.length === 0) return 'no cloud was asked'
  return `${cloud} was not asked, but ${asked.join(', ')}`
}
