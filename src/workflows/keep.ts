import { sortByMembers, sortImages } from '../core/clouds/order.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import {
  type Answered,
  CLOUDS,
  type CloudName,
  capturedClouds,
  getImages,
  getQueries,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'

/** Parts of a snapshot, which a capture queries, keeps or drops. */
export interface Parts {
  readonly clouds: readonly CloudName[]
  /** Regions of clouds of which only some regions are meant. */
  readonly regions: readonly string[]
  readonly architectures: readonly string[]
}

/** Everything in a snapshot. */
export function allParts(snapshot: SnapshotContent): Parts {
  return {
    clouds: capturedClouds(snapshot),
    regions: CLOUDS.flatMap((cloud) => queriedRegions(snapshot, cloud)),
    architectures: Object.keys(snapshot.builds),
  }
}

/**
 * The parts of the existing snapshot that a capture does not query: those to keep and those to drop.
 *
 * @param drop names of clouds, regions and architectures
 */
export function unqueriedParts(
  before: SnapshotContent,
  queried: Parts,
  drop: readonly string[],
): { readonly kept: Parts; readonly dropped: Parts } {
  const all = allParts(before)
  const regions = CLOUDS.filter((cloud) => queried.clouds.includes(cloud)).flatMap((cloud) =>
    queriedRegions(before, cloud),
  )
  const others: Parts = {
    clouds: all.clouds.filter((cloud) => !queried.clouds.includes(cloud)),
    regions: regions.filter((region) => !queried.regions.includes(region)),
    architectures: all.architectures.filter((arch) => !queried.architectures.includes(arch)),
  }
  // Dropping one region of a cloud that is not queried keeps the other regions.
  const thinned = others.clouds.filter(
    (cloud) =>
      !drop.includes(cloud) && queriedRegions(before, cloud).some((each) => drop.includes(each)),
  )
  const whole = others.clouds.filter((cloud) => !thinned.includes(cloud))
  const loose = [...others.regions, ...thinned.flatMap((cloud) => queriedRegions(before, cloud))]
  const isDropped = (name: string) => drop.includes(name)
  const isKept = (name: string) => !drop.includes(name)
  return {
    kept: {
      clouds: whole.filter(isKept),
      regions: loose.filter(isKept),
      architectures: others.architectures.filter(isKept),
    },
    dropped: {
      clouds: whole.filter(isDropped),
      regions: loose.filter(isDropped),
      architectures: others.architectures.filter(isDropped),
    },
  }
}

/** What a snapshot has of some parts, with the criteria of these clouds and regions. */
export function selectParts<T extends SnapshotContent>(snapshot: T, parts: Parts): T {
  const { clouds, regions, architectures } = parts
  const isMeant = (each: object, cloud: CloudName) =>
    clouds.includes(cloud) || ('region' in each && regions.includes(String(each.region)))
  const queries = byCloud((cloud) =>
    getQueries(snapshot, cloud).filter((each) => isMeant(each, cloud)),
  ).filter(([cloud, own]) => clouds.includes(cloud) || own.length > 0)
  const names = queries.map(([cloud]) => cloud)
  const images = byCloud((cloud) =>
    getImages(snapshot, cloud).filter((each) => isMeant(each, cloud)),
  ).filter(([cloud]) => names.includes(cloud))
  const partial = names.filter((cloud) => !clouds.includes(cloud))
  const criteria = partial.reduce(
    (all, cloud) => withRegions(all, cloud, regionsIn(Object.fromEntries(queries)[cloud] ?? [])),
    criteriaFor(snapshot.criteria, names),
  )
  const builds = Object.entries(snapshot.builds).filter(([arch]) => architectures.includes(arch))
  return {
    ...snapshot,
    criteria,
    builds: Object.fromEntries(builds),
    images: Object.fromEntries(images),
    queries: Object.fromEntries(queries),
  }
}

/** The content of a capture with the parts that it did not query. */
export function withKept(content: SnapshotContent, kept: SnapshotContent): SnapshotContent {
  const shared = capturedClouds(content).filter((cloud) => cloud in kept.queries)
  const queries = shared.map((cloud) => [
    cloud,
    sortByMembers([...getQueries(kept, cloud), ...getQueries(content, cloud)]),
  ])
  const images = shared.map((cloud) => [
    cloud,
    sortImages(cloud, [...getImages(kept, cloud), ...getImages(content, cloud)]),
  ])
  return {
    ...content,
    criteria: { ...kept.criteria, ...content.criteria },
    builds: { ...kept.builds, ...content.builds },
    images: { ...kept.images, ...content.images, ...Object.fromEntries(images) },
    queries: { ...kept.queries, ...content.queries, ...Object.fromEntries(queries) },
  }
}

export function hasParts({ clouds, regions, architectures }: Parts): boolean {
  return clouds.length + regions.length + architectures.length > 0
}

/** The regions that a cloud was queried in; none for a cloud without regions. */
export function queriedRegions(
  content: Pick<SnapshotContent, 'queries'>,
  cloud: CloudName,
): string[] {
  return regionsIn(getQueries(content, cloud))
}

function regionsIn(queries: readonly Answered<object>[]): string[] {
  return queries.flatMap((query) => ('region' in query ? [String(query.region)] : []))
}

function byCloud<T>(list: (cloud: CloudName) => T): [cloud: CloudName, list: T][] {
  return CLOUDS.map((cloud) => [cloud, list(cloud)])
}

/** The criteria that all clouds share, and those of some clouds. */
export function criteriaFor(criteria: Criteria, clouds: readonly CloudName[]): Criteria {
  const others: readonly string[] = CLOUDS.filter((cloud) => !clouds.includes(cloud))
  const own = Object.entries(criteria).filter(([key]) => !others.includes(key))
  return Object.fromEntries(own) as unknown as Criteria
}

/** A content whose criteria name the regions, as a replay cannot list those of the account. */
export function withQueriedRegions(
  content: SnapshotContent,
  clouds: readonly CloudName[],
): SnapshotContent {
  const criteria = clouds.reduce(
    (all, cloud) => withRegions(all, cloud, queriedRegions(content, cloud)),
    content.criteria,
  )
  return { ...content, criteria }
}

export function withoutRegions<T extends object>(criteria: T): Omit<T, 'regions'> {
  const { regions: _, ...rest } = criteria as T & { readonly regions?: unknown }
  return rest as Omit<T, 'regions'>
}

function withRegions(criteria: Criteria, cloud: CloudName, regions: readonly string[]): Criteria {
  const own = criteria[cloud]
  return own ? { ...criteria, [cloud]: { ...own, regions: [...regions].sort() } } : criteria
}
