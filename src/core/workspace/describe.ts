import type { Entry } from '../clouds/facts.ts'
import { BUILD_SERVERS, BUILT_IN, inferDistro } from '../criteria/criteria.ts'
import { decideOcp, type OcpDecision, type OcpSources, refuseOcp } from '../criteria/ocp-version.ts'
import type { JsonRecord, JsonValue } from '../json/document.ts'
import {
  buildReleases,
  type CloudName,
  capturedClouds,
  type Snapshot,
} from '../snapshot/snapshot.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'
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
  /** Undefined for a stream without marketplace images, such as Fedora CoreOS. */
  readonly ocp: OcpDecision | undefined
  readonly clouds: readonly CloudName[]
}

/**
 * Derives the workspace settings of a stream from its files: the build server, the signatures, the
 * layouts, the builds of an existing snapshot, and the OCP version if no release contains it.
 */
export function describeStream(
  stream: Stream,
  marketplaceFile: MarketplaceFile | undefined,
  snapshot: Snapshot | undefined,
  given: Pick<OcpSources, 'option' | 'branch'>,
): Described {
  const artifacts = findArtifacts(stream)
  const place = readPlace(artifacts.map(({ location }) => location))
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
          snapshot: readMajorMinor(snapshot?.stream.ocp ?? ''),
          skus: getSkus(images),
          name: stream.name,
        },
        BUILT_IN,
      )
    : undefined
  const builds = snapshot ? Object.fromEntries(buildReleases(snapshot)) : {}
  const captured = snapshot ? capturedClouds(snapshot) : []
  const clouds = new Set<CloudName>([...images.map(({ slot }) => slot.cloud), ...captured])
  return {
    settings: {
      layouts: hasImages ? (layouts.length > 0 ? layouts : [FILE_LAYOUT]) : ['none'],
      ...(ocp?.ocp && !releases.some(namesOcp) && { ocp: printMajorMinor(ocp.ocp) }),
      ...(place && { name: place.name }),
      ...(place && place.url !== BUILD_SERVERS[distro] && { url: place.url }),
      ...(distro !== 'rhcos' && { distro }),
      ...(artifacts.length > 0 &&
        artifacts.every((each) => !each.isSigned) && { signatures: false }),
      ...(Object.keys(builds).length > 0 && { builds }),
    },
    ocp,
    clouds: [...clouds],
  }
}

export function getSkus(images: readonly { readonly entry: Entry }[]): string[] {
  return [...new Set(images.flatMap(({ entry }) => entry.sku ?? []))]
}

function namesOcp(release: string): boolean {
  return readRelease(release)?.ocp !== undefined
}

/** False for releases of CentOS Stream and Fedora CoreOS. */
function isOfOcp(release: string): boolean {
  const { ocp, rhel } = readRelease(release) ?? {}
  return (
    ocp !== undefined || (rhel !== undefined && ocpVersionsForRhel(BUILT_IN.rhel, rhel).length > 0)
  )
}

interface Artifact {
  readonly location: string
  readonly isSigned: boolean
}

function findArtifacts(stream: Stream): Artifact[] {
  const find = (value: JsonValue | undefined): Artifact[] => {
    if (typeof value !== 'object' || value === null) return []
    const { location, signature } = value as JsonRecord
    if (typeof location !== 'string') return Object.values(value).flatMap(find)
    return [{ location, isSigned: typeof signature === 'string' && signature !== '' }]
  }
  return stream.architectures().flatMap((arch) => find(stream.architecture(arch)?.artifacts))
}

/** The build server and the folder of all artifacts; undefined if they differ. */
function readPlace(locations: readonly string[]): { url: string; name: string } | undefined {
  const places = locations.map(
    (location) => /^(https:\/\/.+\/[\w.+-]+)\/builds\/[^/]+\/[^/]+\/[^/]+$/.exec(location)?.[1],
  )
  const [place] = places
  if (place === undefined || places.some((each) => each !== place)) return undefined
  const at = place.lastIndexOf('/')
  return { url: place.slice(0, at), name: place.slice(at + 1) }
}
