import { printSlot } from '../../clouds/slot.ts'
import { groupBySlot, type Releases, slotKey } from '../../selection/selections.ts'
import { capturedClouds, getImages, type Image, type Snapshot } from '../../snapshot/snapshot.ts'
import { measureSkew, type SlotSkew } from './skew.ts'

/**
 * Tells the skews of snapshots that follow one another, where mostly little changes: a slot is
 * measured anew where its images are others, and all are where the builds or the questions are.
 * What is as it was is the same object.
 */
export class SkewMemory {
  #asked = ''
  #images: ReadonlyMap<string, readonly Image[]> = new Map()
  #skews = new Map<string, SlotSkew>()

  measureSkew(snapshot: Snapshot, target: Releases = new Map()): SlotSkew[] {
    const asked = askedOf(snapshot, target)
    if (asked !== this.#asked) this.#skews = new Map()
    const images = imagesBySlot(snapshot)
    const isOther: Parameters<typeof measureSkew>[2] = (slot) => {
      const key = `${slot.cloud}/${slotKey(slot)}`
      return !this.#skews.has(printSlot(slot)) || !isSame(images.get(key), this.#images.get(key))
    }
    for (const skew of measureSkew(snapshot, target, isOther)) {
      this.#skews.set(printSlot(skew.slot), skew)
    }
    this.#asked = asked
    this.#images = images
    return [...this.#skews.values()]
  }
}

/** All that a skew depends on but for images. */
function askedOf({ criteria, queries, builds, stream }: Snapshot, target: Releases): string {
  const releases = Object.entries(builds).map(([architecture, { release }]) => [
    architecture,
    release,
  ])
  return JSON.stringify([criteria, queries, releases, [...target], stream.ocp])
}

/** The images of each slot, by cloud and what `slotKey` gives. */
function imagesBySlot(snapshot: Snapshot): Map<string, readonly Image[]> {
  return new Map(
    capturedClouds(snapshot).flatMap((cloud) =>
      [...groupBySlot(getImages(snapshot, cloud), snapshot.capturedAt)].map(
        ([key, images]) => [`${cloud}/${key}`, images] as const,
      ),
    ),
  )
}

function isSame(some: readonly Image[] = [], others: readonly Image[] = []): boolean {
  return some.length === others.length && some.every((image, at) => isAlike(image, others[at]))
}

/** Whether two images, which hold no more than texts and numbers, have the same members. */
function isAlike(image: Image, other: Image | undefined): boolean {
  if (other === undefined || Object.keys(image).length !== Object.keys(other).length) return false
  for (const key in image) if (image[key] !== other[key]) return false
  return true
}
