import { counted } from '../../printable.ts'
import type { Slot } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import { groupAlike } from '../group.ts'
import { CLOUDS, type CloudName, capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import type { LayoutName } from '../stream/layouts.ts'
import { type ImageFile, imagesIn, writeImages } from '../stream/marketplace.ts'
import type { Stream } from '../stream/stream.ts'

/** Images that are not generated; with the member that is the reason, if it is not the cloud. */
export interface UnverifiedImages {
  readonly cloud: CloudName
  readonly architecture?: string
  readonly layout?: LayoutName
  readonly names: readonly string[]
}

/**
 * @param layouts of the file that are generated
 * @param known architectures
 */
export function unverifiedImages(
  file: ImageFile,
  layouts: readonly LayoutName[],
  snapshot: Snapshot,
  known: ReadonlySet<string>,
): UnverifiedImages[] {
  const queried = capturedClouds(snapshot)
  const images = imagesIn(file)
    .flatMap(({ slot: { cloud, architecture }, entry, layout }) => {
      const name = FACTS[cloud].imageName(entry)
      if (!queried.includes(cloud)) return [{ name, reason: { cloud } }]
      if (!known.has(architecture)) return [{ name, reason: { cloud, architecture } }]
      return layouts.includes(layout) ? [] : [{ name, reason: { cloud, layout } }]
    })
    .sort((a, b) => CLOUDS.indexOf(a.reason.cloud) - CLOUDS.indexOf(b.reason.cloud))
  return groupAlike(images, ({ reason }) => [reason]).map(({ first: { reason }, all }) => ({
    ...reason,
    names: all.map(({ name }) => name),
  }))
}

const NAME_LIMIT = 10

export function describeUnverified(unverified: UnverifiedImages): string {
  const { cloud, architecture, layout, names } = unverified
  const images = counted(names.length, `${cloud} image`)
  if (layout !== undefined) {
    const more = names.length > NAME_LIMIT ? `, ${names.length - NAME_LIMIT} more` : ''
    const shown = names.slice(0, NAME_LIMIT).join(', ')
    return `${images} in the layout ${layout}, which is not generated: ${shown}${more}`
  }
  return architecture === undefined
    ? `${images} (${cloud} was not queried)`
    : `${images} for ${architecture} (neither the snapshot nor the stream has ${architecture})`
}

/** Removes images. The predicate must only depend on cloud, architecture and layout. */
export function withoutImages<F extends ImageFile<F>>(
  file: F,
  isRemoved: (slot: Slot, layout: LayoutName) => boolean,
): F {
  return imagesIn(file)
    .filter(({ slot, layout }) => isRemoved(slot, layout))
    .reduce(
      (all, { layout, slot }) => writeImages(all, layout, slot.architecture, slot.cloud, []),
      file,
    )
}

export function knownArchitectures({ builds }: Snapshot, stream: Stream): ReadonlySet<string> {
  return new Set([...Object.keys(builds), ...stream.architectures()])
}
