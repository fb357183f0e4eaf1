import { FACTS } from '../clouds/index.ts'
import { isSelectable } from '../clouds/order.ts'
import {
  type Architecture,
  CLOUDS,
  type CloudName,
  getImages,
  type Image,
  type Snapshot,
  stateIn,
} from '../snapshot/snapshot.ts'
import { readVersion } from '../versions/version.ts'

interface ListFilter {
  readonly cloud?: CloudName | undefined
  readonly arch?: Architecture | undefined
  /** A part of the value, in any case. Clouds without this member have no matching images. */
  readonly publisher?: string | undefined
  readonly offer?: string | undefined
  readonly sku?: string | undefined
}

export type Listing = ReturnType<typeof listImages>[number]

/** States are only set if an image cannot be selected. */
export function listImages(snapshot: Snapshot, filter: ListFilter = {}) {
  return CLOUDS.filter((cloud) => filter.cloud === undefined || filter.cloud === cloud)
    .map((cloud) => {
      const images = getImages(snapshot, cloud).filter((image) => isListed(image, filter))
      const states = images.map((image) =>
        readVersion(image.version) ? stateIn(snapshot, cloud, image) : 'unreadable version',
      )
      const rows = images.map((image) =>
        Object.fromEntries(FACTS[cloud].columns.map(([key, cell]) => [key, cell(image)])),
      )
      const isRefused = !states.every(isSelectable)
      return { cloud, rows, ...(isRefused && { states }) }
    })
    .filter(({ rows }) => rows.length > 0)
}

function isListed(image: Image, { arch, ...parts }: ListFilter): boolean {
  if (arch !== undefined && image.architecture !== arch) return false
  return (['publisher', 'offer', 'sku'] as const).every((name) => {
    const part = parts[name]
    const value = image[name]
    if (part === undefined) return true
    return value !== undefined && String(value).toLowerCase().includes(part.toLowerCase())
  })
}
