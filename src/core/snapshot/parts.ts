import type { Criteria } from '../criteria/criteria.ts'
import { CLOUDS, type CloudName, capturedClouds, type SnapshotContent } from './snapshot.ts'

/** Which of a snapshot's clouds and builds. */
export interface Parts {
  readonly clouds: readonly CloudName[]
  readonly architectures: readonly string[]
}

/** What a snapshot holds of some clouds and builds, with the criteria of these clouds alone. */
export function partOf<T extends SnapshotContent>(
  snapshot: T,
  { clouds, architectures }: Parts,
): T {
  const ofClouds = ([name]: readonly [string, unknown]) => clouds.includes(name as CloudName)
  return {
    ...snapshot,
    criteria: criteriaOf(snapshot.criteria, clouds),
    builds: Object.fromEntries(
      Object.entries(snapshot.builds).filter(([name]) => architectures.includes(name)),
    ),
    images: Object.fromEntries(Object.entries(snapshot.images).filter(ofClouds)),
    queries: Object.fromEntries(Object.entries(snapshot.queries).filter(ofClouds)),
  }
}

/** What was learned, and beside it the parts that nobody asked for. */
export function withKept(content: SnapshotContent, kept: SnapshotContent): SnapshotContent {
  return {
    ...content,
    criteria: { ...kept.criteria, ...content.criteria },
    builds: { ...kept.builds, ...content.builds },
    images: { ...kept.images, ...content.images },
    queries: { ...kept.queries, ...content.queries },
  }
}

/** All parts of a snapshot but those that are named. */
export function otherParts(snapshot: SnapshotContent, { clouds, architectures }: Parts): Parts {
  return {
    clouds: capturedClouds(snapshot).filter((cloud) => !clouds.includes(cloud)),
    architectures: Object.keys(snapshot.builds).filter((arch) => !architectures.includes(arch)),
  }
}

export function hasParts({ clouds, architectures }: Parts): boolean {
  return clouds.length + architectures.length > 0
}

/** What all clouds share, and what these have of their own. */
function criteriaOf(criteria: Criteria, clouds: readonly CloudName[]): Criteria {
  const foreign: readonly string[] = CLOUDS.filter((cloud) => !clouds.includes(cloud))
  const own = Object.entries(criteria).filter(([key]) => !foreign.includes(key))
  return Object.fromEntries(own) as unknown as Criteria
}
