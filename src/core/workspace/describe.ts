import type { AzureSku, Criteria } from '../criteria/criteria.ts'
import { BUILD_SERVERS, inferDistro, ocpCandidates } from '../criteria/identity.ts'
import { imagesIn, layoutsIn } from '../layouts/layout.ts'
import type { MarketplaceFile } from '../layouts/marketplace-file.ts'
import { getReleases } from '../stream/releases.ts'
import type { Stream } from '../stream/stream.ts'
import {
  compareMajorMinor,
  type MajorMinor,
  printMajorMinor,
  readMajorMinor,
} from '../versions/major-minor.ts'
import { readRelease } from '../versions/version.ts'
import type { WorkspaceStream } from './workspace.ts'

/** A stream file that was found, and the marketplace file that goes with it. */
export interface FoundStream {
  readonly stream: Stream
  readonly marketplaceFile?: MarketplaceFile
}

/** What a stream's own files say of it, its files' names apart. */
export interface Described {
  readonly settings: Omit<WorkspaceStream, 'snapshot' | 'target' | 'marketplaceFile'>
  /** The OCP minors that it may be of: none, one, or several that nothing decides between. */
  readonly minors: readonly MajorMinor[]
}

/**
 * Reads from a stream what a workspace says of one: where its builds are and whether they are signed,
 * how its marketplace images are written, and the OCP minor where no release tells it.
 */
export function describeStream(found: FoundStream, criteria: Criteria): Described {
  const { stream, marketplaceFile } = found
  const places = locationsIn(stream)
  const place = placeOf(places.map(({ location }) => location))
  const distro = inferDistro(place?.url)
  const minors = minorsOf(found, criteria)
  const told = [...getReleases(stream).values()].some((release) => readRelease(release)?.ocp)
  const layouts = layoutsIn(stream)
  const [only] = minors.length === 1 ? minors : []
  return {
    settings: {
      ...(marketplaceFile === undefined &&
        (minors.length === 0 && layouts.length === 0
          ? { layouts: ['none'] }
          : layouts.length > 0 && { layouts })),
      ...(only && !told && { ocp: printMajorMinor(only) }),
      ...(place && { name: place.name }),
      ...(place && place.url !== BUILD_SERVERS[distro] && { url: place.url }),
      ...(distro !== 'rhcos' && { distro }),
      ...(places.length > 0 && !places.some((each) => each.isSigned) && { signatures: false }),
    },
    minors,
  }
}

/** By its releases and its name; where these leave several, the one that its images are of. */
function minorsOf({ stream, marketplaceFile }: FoundStream, criteria: Criteria): MajorMinor[] {
  const releases = [...getReleases(stream).values()]
  const isCovered = releases.some((release) => {
    const { ocp, rhel } = readRelease(release) ?? {}
    return (
      ocp ??
      (rhel && Object.values(criteria.rhel).some((each) => each.includes(printMajorMinor(rhel))))
    )
  })
  if (!isCovered) return []
  const minors = ocpCandidates({ name: stream.name, releases }, criteria.rhel)
  if (minors.length < 2) return minors
  const named = [...imagesIn(marketplaceFile ?? stream)]
    .flatMap(({ entry }) => ('sku' in entry ? (ocpInSku(String(entry.sku), criteria) ?? []) : []))
    .sort(compareMajorMinor)
    .findLast((ocp) => minors.some((each) => compareMajorMinor(each, ocp) === 0))
  return named ? [named] : minors
}

/** The OCP minor in the name of an Azure SKU, by the names that the criteria look for. */
function ocpInSku(name: string, { azure }: Criteria): MajorMinor | undefined {
  const skus: AzureSku[] = Object.values(azure?.plans ?? {}).flatMap((plan) => [...plan.skus])
  for (const sku of skus) {
    if (!sku.name.includes('{major}')) continue
    const pattern = sku.name.replace('{major}', '([0-9])').replace('{minor}', '([0-9]+)')
    const [, major, minor] = new RegExp(`^${pattern}$`, 'i').exec(name) ?? []
    if (major !== undefined && minor !== undefined) return readMajorMinor(`${major}.${minor}`)
  }
  return undefined
}

interface Located {
  readonly location: string
  readonly isSigned: boolean
}

/** Every artifact that is anywhere in a stream. */
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
    (location) => /^(https:\/\/.+)\/([\w.+-]+)\/builds\/[^/]+\/[^/]+\/[^/]+$/.exec(location) ?? [],
  )
  const [first] = places
  const [, url, name] = first ?? []
  if (url === undefined || name === undefined) return undefined
  return places.every((each) => each[1] === url && each[2] === name) ? { url, name } : undefined
}
