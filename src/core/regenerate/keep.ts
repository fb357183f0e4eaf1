import { groupAlike } from '../group.ts'
import { isRecord, type JsonRecord, type JsonValue, recordEntries } from '../json/document.ts'
import { ownExtensions } from '../stream/layouts.ts'
import type { ArchitectureContent, Stream } from '../stream/stream.ts'
import { readRelease } from '../versions/version.ts'

const EXTENSIONS = 'rhel-coreos-extensions'

export interface KeptRegion {
  readonly architecture: string
  readonly platform: string
  readonly region: string
  readonly release: string
}

/**
 * Adds the target's images of regions that the build does not have, for example because a region was
 * down during the build. An image keeps its own release.
 *
 * @param release of the build
 * @param keepLost keeps the images of all such regions. Otherwise only images of other releases than
 *   the target's and the build's, which were kept earlier, are kept again
 */
export function keepRegions(
  content: ArchitectureContent,
  target: Stream,
  architecture: string,
  release: string,
  keepLost: boolean,
): { readonly content: ArchitectureContent; readonly kept: readonly KeptRegion[] } {
  const old = target.architecture(architecture)
  if (old === undefined) return { content, kept: [] }
  const releases = [release, target.release(architecture)]
  const isKept = (image: JsonRecord) =>
    keepLost || releases.every((each) => isOtherRelease(image.release, each))
  const kept: KeptRegion[] = []
  const keep = (fresh: JsonRecord, before: JsonValue | undefined): JsonRecord => {
    const changed: [string, JsonRecord][] = []
    for (const [platform, image] of recordEntries(before)) {
      const own = isRecord(fresh[platform]) ? fresh[platform] : {}
      const regions = isRecord(own.regions) ? own.regions : {}
      const lost = recordEntries(image.regions).filter(
        ([region, each]) => !Object.hasOwn(regions, region) && isKept(each),
      )
      if (lost.length === 0) continue
      changed.push([platform, { ...own, regions: { ...Object.fromEntries(lost), ...regions } }])
      for (const [region, { release }] of lost) {
        kept.push({ architecture, platform, region, release: String(release) })
      }
    }
    return { ...fresh, ...Object.fromEntries(changed) }
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

function isOtherRelease(text: JsonValue | undefined, release: string | undefined): boolean {
  return typeof text === 'string' && text !== release && readRelease(text) !== undefined
}

export function describeKept(kept: readonly KeptRegion[]): string[] {
  return groupAlike(kept, ({ platform, architecture, release }) => [
    platform,
    architecture,
    release,
  ]).map(({ first: { platform, architecture, release }, all }) => {
    const regions = all.map(({ region }) => region).join(', ')
    return `kept: image ${platform} ${architecture} · ${regions} of ${release}, not in the build`
  })
}
