import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import { ownExtensions } from '../stream/layouts.ts'
import type { ArchitectureContent, Stream } from '../stream/stream.ts'

const EXTENSIONS = 'rhel-coreos-extensions'

export interface KeptRegion {
  readonly architecture: string
  readonly platform: string
  readonly region: string
  readonly release: string
}

/**
 * A build's content with the target's images of regions that the build does not have, with their own
 * release: if a region is down during a build, the image of an earlier build is better than none.
 *
 * @param keepLost keeps the images of all such regions. Otherwise, so that a stream with kept images
 *   verifies: those that are not of the target's build, and those of the same build
 */
export function keepRegions(
  content: ArchitectureContent,
  target: Stream,
  architecture: string,
  build: string,
  keepLost: boolean,
): { readonly content: ArchitectureContent; readonly kept: readonly KeptRegion[] } {
  const old = target.architecture(architecture)
  const release = target.release(architecture)
  if (old === undefined) return { content, kept: [] }
  const isKept = (image: JsonRecord) => keepLost || image.release !== release || release === build
  const kept: KeptRegion[] = []
  const keep = (fresh: JsonRecord, before: JsonValue | undefined): JsonRecord => {
    const platforms = Object.entries(isRecord(before) ? before : {}).map(([platform, image]) => {
      const own = isRecord(fresh[platform]) ? fresh[platform] : {}
      const lost = lostRegions(own, image).filter(([, each]) => isKept(each))
      for (const [region, each] of lost) {
        kept.push({ architecture, platform, region, release: String(each.release) })
      }
      if (lost.length === 0) return [platform, fresh[platform]] as const
      const regions = isRecord(own.regions) ? own.regions : {}
      return [platform, { ...own, regions: { ...Object.fromEntries(lost), ...regions } }] as const
    })
    const changed = platforms.filter(([, image]) => image !== undefined)
    return { ...fresh, ...Object.fromEntries(changed) } as JsonRecord
  }
  const images = keep(content.images, old.images)
  const extensions = keep(content[EXTENSIONS] ?? {}, ownExtensions(old[EXTENSIONS]))
  return {
    content: {
      ...content,
      images,
      ...(Object.keys(extensions).length > 0 && { [EXTENSIONS]: extensions }),
    },
    kept,
  }
}

function lostRegions(fresh: JsonRecord, before: JsonValue | undefined): [string, JsonRecord][] {
  if (!isRecord(before) || !isRecord(before.regions)) return []
  const regions = isRecord(fresh.regions) ? fresh.regions : {}
  return Object.entries(before.regions).flatMap(([region, image]): [string, JsonRecord][] =>
    isRecord(image) && !Object.hasOwn(regions, region) ? [[region, image]] : [],
  )
}
