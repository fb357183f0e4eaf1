import { isRecord, type JsonValue } from '../../json/document.ts'
import { type Entry, LAYOUTS, type LayoutName } from '../../layouts/layout.ts'
import { MarketplaceFile } from '../../layouts/marketplace-file.ts'
import { readTree } from '../../layouts/tree.ts'
import { CLOUDS, type CloudName } from '../../snapshot/snapshot.ts'
import type { Stream } from '../../stream/stream.ts'

/** A stream, or a file of marketplace images alone. */
export type ImageSource = Stream | MarketplaceFile

/** An image that a stream names, and the place where it stands. */
export interface Available {
  readonly cloud: CloudName
  readonly architecture: string
  readonly layout: LayoutName
  /** Under the layout's key: `purchase-plan-emea`, `ocp hyperVGen2`, `ocp regions us-east-1`. */
  readonly path: readonly string[]
  readonly entry: Entry
}

const LAYOUT_NAMES = Object.keys(LAYOUTS) as LayoutName[]

/** All marketplace images that a stream names, whatever the layout. */
export function availableImages(source: ImageSource): Available[] {
  return source.architectures().flatMap((architecture) =>
    LAYOUT_NAMES.flatMap((layout) =>
      CLOUDS.flatMap((cloud) =>
        readTree(treeIn(source, architecture, layout, cloud)).map((placed) => ({
          cloud,
          architecture,
          layout,
          ...placed,
        })),
      ),
    ),
  )
}

function treeIn(
  source: ImageSource,
  architecture: string,
  layout: LayoutName,
  cloud: CloudName,
): JsonValue | undefined {
  if (source instanceof MarketplaceFile) {
    return layout === 'stream-metadata' ? source.cloud(architecture, cloud) : undefined
  }
  const [key, within] = LAYOUTS[layout].cloudPath(cloud)
  const value = source.extension(architecture, key)
  return within === undefined ? value : isRecord(value) ? value[within] : undefined
}
