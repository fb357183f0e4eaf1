import type { Entry } from '../clouds/facts.ts'
import { BUILD_SERVERS, BUILT_IN, inferDistro } from '../criteria/criteria.ts'
import { decideOcp, type OcpDecision, type OcpSources, refuseOcp } from '../criteria/ocp-version.ts'
import { type CloudName, capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import type { LayoutName } from '../stream/layouts.ts'
import { imagesIn, layoutsIn, type MarketplaceFile } from '../stream/marketplace.ts'
import { getReleases, type Stream } from '../stream/stream.ts'
import {
  ocpVersionsForRhel,
  printMajorMinor,
  readMajorMinor,
  readRelease,
} from '../versions/version.ts'
import type { WorkspaceStream } from './workspace.ts'

export interface Described {
  readonly settings: Omit<WorkspaceStream, 'snapshot' | 'target' | 'marketplaceFile'>
  /** Undefined for a stream that has no marketplace images, such as Fedora CoreOS. */
  readonly ocp: OcpDecision | undefined
  readonly clouds: readonly CloudName[]
}

/**
 * Reads the workspace's settings of a stream from its files: the build server, the signatures, the
 * layouts, the builds of an existing snapshot, and the OCP version where no release has it.
 */
export function describeStream(
  stream: Stream,
  marketplaceFile: MarketplaceFile | undefined,
  snapshot: Snapshot | undefined,
  given: Pick<OcpSources, 'option' | 'branch'>,
): Described {
  const places = locationsIn(stream)
  const place = placeOf(places.map(({ location }) => location))
  const distro = inferDistro(place?.url)
  const layouts = layoutsIn(stream)
  const releases = [...getReleases(stream).values()]
  const images = imagesIn(marketplaceFile ?? stream)
  const hasImages = images.length > 0 || layouts.length > 0 || releases.some(isOfOcp)
  if (hasImages && given.option) refuseOcp(given.option, releases, BUILT_IN.rhel)
  const ocp = hasImages
    ? decideOcp(
        {
          ...given,
          releases,
          snapshot: snapshot?.stream.ocp ? readMajorMinor(snapshot.stream.ocp) : undefined,
          skus: skusOf(images),
          name: stream.name,
        },
        BUILT_IN,
      )
    : undefined
  const builds = Object.entries(snapshot?.builds ?? {}).map(([arch, { release }]) => [
    arch,
    release,
  ])
  const clouds = new Set<CloudName>(images.map(({ slot }) => slot.cloud))
  for (const cloud of snapshot ? capturedClouds(snapshot) : []) clouds.add(cloud)
  return {
    settings: {
      layouts: hasImages ? (layouts.length > 0 ? layouts : [READ_LAYOUT]) : ['none'],
      ...(ocp?.ocp && !releases.some(namesOcp) && { ocp: printMajorMinor(ocp.ocp) }),
      ...(place && { name: place.name }),
      ...(place && place.url !== BUILD_SERVERS[distro] && { url: place.url }),
      ...(distro !== 'rhcos' && { distro }),
      ...(places.length > 0 && !places.some((each) => each.isSigned) && { signatures: false }),
      ...(builds.length > 0 && { builds: Object.fromEntries(builds) }),
    },
    ocp,
    clouds: [...clouds],
  }
}

const READ_LAYOUT = 'stream-metadata' satisfies LayoutName

export function skusOf(images: readonly { readonly entry: Entry }[]): string[] {
  return [...new Set(images.flatMap(({ entry }) => entry.sku ?? []))]
}

function namesOcp(release: string): boolean {
  return readRelease(release)?.ocp !== undefined
}

/** Whether OCP has this release's RHEL: CentOS Stream and Fedora CoreOS have releases too. */
function isOfOcp(release: string): boolean {
  const { ocp, rhel } = readRelease(release) ?? {}
  return (
    ocp !== undefined || (rhel !== undefined && ocpVersionsForRhel(BUILT_IN.rhel, rhel).length > 0)
  )
}

interface Located {
  readonly location: string
  readonly isSigned: boolean
}

function locationsIn(stream: Stream): Located[] {
  const found: Located[] = []
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { location, signature } = value as { location?: unknown; signature?: unknown }
    if (typeof location === 'string') {
      found.push({ location, isSigned: typeof signature === 'string' && signature !== '' })
    } else {
      for (const each of Object.values(value)) look(each)
    }
  }
  for (const arch of stream.architectures()) look(stream.architecture(arch)?.artifacts)
  return found
}

/** The build server and the folder on it that all artifacts are of, by the layout of every server. */
function placeOf(locations: readonly string[]): { url: string; name: string } | undefined {
  const places = locations.map(
    (location) => /^(https:\/\/.+\/[\w.+-]+)\/builds\/[^/]+\/[^/]+\/[^/]+$/.exec(location)?.[1],
  )
  const [place] = places
  if (place === undefined || places.some((each) => each !== place)) return undefined
  const at = place.lastIndexOf('/')
  return { url: place.slice(0, at), name: place.slice(at + 1) }
}
