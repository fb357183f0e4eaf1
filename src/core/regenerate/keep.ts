import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import type { ArchitectureContent, Stream } from '../stream/stream.ts'

const EXTENSIONS = 'rhel-coreos-extensions'

/**
 * A build's content with the images of regions that it lacks as the target has them, with their own
 * release: an outage of a region during a build loses its image, and the build's before it is better
 * than none.
 *
 * An image that is of another release than the target's build was kept before, and stays.
 *
 * @param all whether those of the target's own build are kept as well
 */
export function keepRegions(
  content: ArchitectureContent,
  target: Stream,
  arch: string,
  all: boolean,
): ArchitectureContent {
  const old = target.architecture(arch)
  const release = target.release(arch)
  if (old === undefined) return content
  const isKept = (image: JsonRecord) => all || image.release !== release
  const images = withRegions(content.images, old.images, isKept)
  const extensions = withRegions(content[EXTENSIONS], old[EXTENSIONS], isKept)
  return { ...content, images: images ?? {}, ...(extensions && { [EXTENSIONS]: extensions }) }
}

function withRegions(
  fresh: JsonRecord | undefined,
  old: JsonValue | undefined,
  isKept: (image: JsonRecord) => boolean,
): JsonRecord | undefined {
  if (fresh === undefined || !isRecord(old)) return fresh
  return Object.fromEntries(
    Object.entries(fresh).map(([platform, image]) => {
      const before = old[platform]
      if (!isRecord(image) || !isRecord(image.regions)) return [platform, image]
      if (!isRecord(before) || !isRecord(before.regions)) return [platform, image]
      const regions = image.regions
      const kept = Object.entries(before.regions).filter(
        ([region, each]) => !Object.hasOwn(regions, region) && isRecord(each) && isKept(each),
      )
      if (kept.length === 0) return [platform, image]
      return [platform, { ...image, regions: { ...Object.fromEntries(kept), ...regions } }]
    }),
  )
}
