import { counted } from '../../printable.ts'
import { CLOUDS, type CloudName, capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import { LAYOUT_NAMES } from '../stream/layouts.ts'
import { type ImageFile, imagesIn, writeImages } from '../stream/marketplace.ts'
import type { Stream } from '../stream/stream.ts'

export interface UnverifiedImages {
  readonly cloud: CloudName
  /** Set if neither the snapshot nor the stream has the architecture. */
  readonly architecture?: string
  readonly count: number
}

export function unverifiedImages(
  files: readonly ImageFile[],
  snapshot: Snapshot,
  stream: Stream,
): UnverifiedImages[] {
  const queried = capturedClouds(snapshot)
  const slots = files.flatMap((file) => imagesIn(file)).map(({ slot }) => slot)
  const unknown = unknownArchitectures(files, snapshot, stream)
  return CLOUDS.flatMap((cloud) => {
    const own = slots.filter((slot) => slot.cloud === cloud)
    if (!queried.includes(cloud)) return own.length > 0 ? [{ cloud, count: own.length }] : []
    return unknown.flatMap((architecture) => {
      const count = own.filter((slot) => slot.architecture === architecture).length
      return count > 0 ? [{ cloud, architecture, count }] : []
    })
  })
}

/** `40 aws images (aws was not queried)` */
export function describeUnverified({ cloud, architecture, count }: UnverifiedImages): string {
  const images = counted(count, `${cloud} image`)
  return architecture === undefined
    ? `${images} (${cloud} was not queried)`
    : `${images} for ${architecture} (neither the snapshot nor the stream has ${architecture})`
}

/**
 * A file without the images for clouds that are neither queried nor configured, and without those for
 * unknown architectures.
 */
export function withoutUnverified<F extends ImageFile<F>>(
  file: F,
  clouds: readonly CloudName[],
  snapshot: Snapshot,
  stream: Stream,
): F {
  const known = [...capturedClouds(snapshot), ...clouds]
  const unknown = unknownArchitectures([file], snapshot, stream)
  let result = file
  for (const architecture of file.architectures()) {
    const others = unknown.includes(architecture)
      ? CLOUDS
      : CLOUDS.filter((cloud) => !known.includes(cloud))
    for (const { layout, cloud } of placesIn(file, architecture)) {
      if (others.includes(cloud)) result = writeImages(result, layout, architecture, cloud, [])
    }
  }
  return result
}

function placesIn(file: ImageFile, architecture: string) {
  return LAYOUT_NAMES.flatMap((layout) =>
    imagesIn(file, [layout])
      .filter(({ slot }) => slot.architecture === architecture)
      .map(({ slot: { cloud } }) => ({ layout, cloud })),
  )
}

function unknownArchitectures(
  files: readonly ImageFile[],
  { builds }: Snapshot,
  stream: Stream,
): string[] {
  const known = new Set([...Object.keys(builds), ...stream.architectures()])
  return [...new Set(files.flatMap((file) => file.architectures()))].filter(
    (each) => !known.has(each),
  )
}
