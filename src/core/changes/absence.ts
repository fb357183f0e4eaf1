import type { Named } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  type Image,
  type SnapshotContent,
} from '../snapshot/snapshot.ts'
import { toEntry } from '../stream/marketplace.ts'

/**
 * Why a snapshot does not list an image. `Listings` makes it from the snapshot's queries, and nothing
 * else does.
 *
 * - `not-queried`: no query of the snapshot covers the image
 * - `not-found`: the API responded that there is no such SKU, offer, product or image
 * - `no-longer-listed`: the query returned images, and this one is not among them
 */
export type Absence = AbsenceReason & {
  readonly [fromQueries]: true
}
export type AbsenceReason = 'not-queried' | 'not-found' | 'no-longer-listed'
declare const fromQueries: unique symbol

/** The images that a snapshot lists, and the queries that returned them. */
export class Listings {
  readonly #snapshot: SnapshotContent
  readonly #names: ReadonlyMap<CloudName, ReadonlySet<string>>

  constructor(snapshot: SnapshotContent) {
    this.#snapshot = snapshot
    this.#names = new Map(
      capturedClouds(snapshot).map((cloud) => [
        cloud,
        new Set(getImages(snapshot, cloud).map((image) => imageName(cloud, image))),
      ]),
    )
  }

  /**
   * Why an image is not listed; undefined where it is.
   *
   * @param wasListed whether an earlier snapshot lists it: then a SKU that is not found any more
   *   means that the image is no longer listed
   */
  absence(cloud: CloudName, image: Named, wasListed: boolean): Absence | undefined {
    if (this.#names.get(cloud)?.has(FACTS[cloud].nameOf(entryMembers(image)))) return undefined
    const query = FACTS[cloud].queryFor(this.#snapshot, image)
    if (query === undefined) return 'not-queried' as Absence
    const isNotFound = 'missing' in query && !wasListed
    return (isNotFound ? 'not-found' : 'no-longer-listed') as Absence
  }
}

function imageName(cloud: CloudName, image: Image): string {
  return FACTS[cloud].nameOf(toEntry(cloud, image))
}

function entryMembers(image: Named): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(image).map(([key, value]) => [key, String(value)]))
}
