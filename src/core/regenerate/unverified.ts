import { counted } from '../../printable.ts'
import type { Slot } from '../clouds/facts.ts'
import { groupAlike } from '../group.ts'
import { CLOUDS, capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import { type ImageFile, imagesIn, writeImages } from '../stream/marketplace.ts'
import type { Stream } from '../stream/stream.ts'

export type UnverifiedImages = ReturnType<typeof unverifiedImages>[number]

/** Images that are kept although the snapshot has no evidence for them. */
export function unverifiedImages(files: readonly ImageFile[], snapshot: Snapshot, stream: Stream) {
  const queried = capturedClouds(snapshot)
  const known = knownArchitectures(snapshot, stream)
  const slots = files
    .flatMap((file) => imagesIn(file))
    .map(({ slot: { cloud, architecture } }) =>
      queried.includes(cloud) ? { cloud, architecture } : { cloud },
    )
    .filter(({ architecture = '' }) => !known.has(architecture))
    .sort((a, b) => CLOUDS.indexOf(a.cloud) - CLOUDS.indexOf(b.cloud))
  return groupAlike(slots, Object.values).map(({ first, all }) => ({ ...first, count: all.length }))
}

export function describeUnverified({ cloud, architecture, count }: UnverifiedImages): string {
  const images = counted(count, `${cloud} image`)
  return architecture === undefined
    ? `${images} (${cloud} was not queried)`
    : `${images} for ${architecture} (neither the snapshot nor the stream has ${architecture})`
}

/** Removes the images of slots. The predicate must only depend on cloud and architecture. */
export function withoutImages<F extends ImageFile<F>>(
  file: F,
  isRemoved: (slot: Slot) => boolean,
): F {
  return imagesIn(file)
    .filter(({ slot }) => isRemoved(slot))
    .reduce(
      (all, { layout, slot }) => writeImages(all, layout, slot.architecture, slot.cloud, []),
      file,
    )
}

export function knownArchitectures({ builds }: Snapshot, stream: Stream): ReadonlySet<string> {
  return new Set([...Object.keys(builds), ...stream.architectures()])
}
