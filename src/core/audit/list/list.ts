import {
  CLOUDS,
  type CloudName,
  type Image,
  imagesOf,
  type SnapshotContent,
} from '../../snapshot/snapshot.ts'
import { COLUMNS } from './columns.ts'

/** Which images to list; what is absent admits all. */
export interface ListFilter {
  readonly cloud?: CloudName | undefined
  /** CoreOS's name or Azure's, in any case. */
  readonly arch?: string | undefined
  /** Any part of the value, in any case; a cloud without such a member has no image to list. */
  readonly publisher?: string | undefined
  readonly offer?: string | undefined
  readonly sku?: string | undefined
}

/** A cloud's images as rows; the keys are the columns of `COLUMNS`, in their order. */
export interface Listing {
  readonly cloud: CloudName
  readonly rows: readonly Readonly<Record<string, string>>[]
}

/** Lists a snapshot's images in its order; clouds without an image to list are left out. */
export function listImages(snapshot: SnapshotContent, filter: ListFilter = {}): Listing[] {
  return CLOUDS.filter((cloud) => filter.cloud === undefined || filter.cloud === cloud)
    .map((cloud) => ({
      cloud,
      rows: imagesOf(snapshot, cloud)
        .filter((image) => isAdmitted(image, filter))
        .map((image) =>
          Object.fromEntries(COLUMNS[cloud].map(([key, cell]) => [key, cell(image)])),
        ),
    }))
    .filter(({ rows }) => rows.length > 0)
}

/** Azure's names for architectures, as a filter may have them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  amd64: 'x86_64',
  arm64: 'aarch64',
}

function isAdmitted(image: Image, { arch, ...parts }: ListFilter): boolean {
  const wanted = arch?.toLowerCase()
  if (wanted !== undefined && image.architecture !== (ARCHITECTURES[wanted] ?? wanted)) return false
  return (['publisher', 'offer', 'sku'] as const).every((name) => {
    const part = parts[name]
    const value = image[name]
    if (part === undefined) return true
    return value !== undefined && String(value).toLowerCase().includes(part.toLowerCase())
  })
}
