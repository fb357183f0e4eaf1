import { imageInventory } from '../core/changes/inventory.ts'
import type { Regenerated } from '../core/regenerate/regenerate.ts'
import { CLOUDS, type CloudName, capturedClouds, type Snapshot } from '../core/snapshot/snapshot.ts'
import { counted } from '../printable.ts'

/** Why nothing can be said of a cloud, or of any: `aws was not asked, but azure`; undefined where it can. */
export function unaskedWords(snapshot: Snapshot, cloud?: CloudName): string | undefined {
  const asked = capturedClouds(snapshot)
  if (cloud === undefined ? asked.length > 0 : asked.includes(cloud)) return undefined
  if (asked.length === 0) return 'no cloud was asked'
  return `${cloud} was not asked, but ${asked.join(', ')}`
}

/** `40 images of aws and 3 images of gcp`: what a target has of clouds that the snapshot did not ask. */
export function unaskedImages(
  { stream, marketplaceFile }: Regenerated,
  snapshot: Snapshot,
): string {
  const items = [stream, ...(marketplaceFile ? [marketplaceFile] : [])].flatMap((holder) => [
    ...imageInventory(holder).values(),
  ])
  const asked = capturedClouds(snapshot)
  return CLOUDS.filter((cloud) => !asked.includes(cloud))
    .flatMap((cloud) => {
      const { length } = items.filter(
        ({ subject }) => subject.kind === 'slot' && subject.slot.cloud === cloud,
      )
      return length === 0 ? [] : [`${counted(length, 'image')} of ${cloud}`]
    })
    .join(' and ')
}
