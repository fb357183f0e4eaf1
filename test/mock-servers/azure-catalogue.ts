import { type AzureError, wrongArtifact, wrongPublisher } from './azure-errors.ts'
import type { AzureImage } from './azure-image.ts'

/** The names in the path of a request. The last names are missing in paths of lists. */
export interface CataloguePath {
  subscription: string
  location: string
  publisher?: string
  offer?: string
  sku?: string
  version?: string
}

const PATH =
  /^\/subscriptions\/([^/]+)\/providers\/microsoft\.compute\/locations\/([^/]+)\/publishers(?:\/([^/]+)\/artifacttypes\/vmimage\/offers(?:\/([^/]+)\/skus(?:\/([^/]+)\/versions(?:\/([^/]+))?)?)?)?\/?$/i

/** Parses a percent-encoded path; undefined for other paths. */
export function readCataloguePath(path: string): CataloguePath | undefined {
  const match = PATH.exec(path)
  if (match === null) return undefined
  const [subscription = '', location = '', publisher, offer, sku, version] = match
    .slice(1)
    .map((part) => part && decodeURIComponent(part))
  return {
    subscription,
    location,
    ...(publisher === undefined ? {} : { publisher }),
    ...(offer === undefined ? {} : { offer }),
    ...(sku === undefined ? {} : { sku }),
    ...(version === undefined ? {} : { version }),
  }
}

/** Azure also accepts display names: `East US` is `eastus`. */
export function normalizeLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase()
}

/**
 * Returns a list, one version, or an error if a name is unknown. Lists are sorted by name as
 * strings, ignoring case: `4.18` is before `4.8`. The order of keys and the case of IDs are those
 * of recorded responses.
 */
export function listCatalogue(
  images: readonly AzureImage[],
  path: CataloguePath,
  query: URLSearchParams,
): Record<string, unknown>[] | Record<string, unknown> | AzureError {
  const { subscription, publisher, offer, sku, version } = path
  const location = normalizeLocation(path.location)
  const base = `/Subscriptions/${subscription}/Providers/Microsoft.Compute/Locations/${location}/Publishers`
  const item = (name: string, id: string) => ({ location, name, id: `${base}/${id}` })

  if (publisher === undefined) {
    return distinct(images, (image) => image.publisher).map((name) => item(name, name))
  }
  const published = images.filter((image) => isSame(image.publisher, publisher))
  if (offer === undefined) {
    if (published.length === 0) return wrongPublisher(publisher)
    return distinct(published, (image) => image.offer).map((name) =>
      item(name, `${spelling(published).publisher}/ArtifactTypes/VMImage/Offers/${name}`),
    )
  }
  const offered = published.filter((image) => isSame(image.offer, offer))
  const found = sku === undefined ? offered : offered.filter((image) => isSame(image.sku, sku))
  if (found.length === 0) return wrongArtifact
  const names = spelling(found)
  const skus = `${names.publisher}/ArtifactTypes/VMImage/Offers/${names.offer}/Skus`
  if (sku === undefined) {
    return distinct(found, (image) => image.sku).map((name) => ({
      properties: { automaticOSUpgradeProperties: { automaticOSUpgradeSupported: false } },
      ...item(name, `${skus}/${name}`),
    }))
  }
  const versionItem = (name: string) => item(name, `${skus}/${names.sku}/Versions/${name}`)
  if (version !== undefined) {
    const image = found.find((each) => isSame(each.version, version))
    return image
      ? { properties: versionProperties(image), ...versionItem(image.version) }
      : wrongArtifact
  }
  const versions = found
    .toSorted((a, b) => compareNames(a.version, b.version))
    .map((image) => ({
      ...expandedProperties(image, query.get('$expand')),
      extendedLocation: null,
      ...versionItem(image.version),
    }))
  if (/^name +desc$/i.test(query.get('$orderby') ?? '')) versions.reverse()
  return versions.slice(0, Number(query.get('$top') ?? versions.length))
}

/** The `properties` in a list of versions, as requested by `$expand`. */
function expandedProperties(image: AzureImage, expand: string | null): Record<string, unknown> {
  const [wanted, detail] = (expand ?? '').toLowerCase().split('/')
  if (wanted !== 'properties' || image.noProperties) return {}
  return {
    properties: {
      hyperVGeneration: image.hyperVGeneration,
      architecture: image.architecture,
      replicaType: 'Managed',
      replicaCount: 10,
      ...(detail === 'imagedeprecationstatus' && deprecation(image)),
    },
  }
}

function deprecation(image: AzureImage): Record<string, unknown> {
  const { imageState = 'Active', scheduledDeprecationTime, alternativeOption } = image
  return { imageDeprecationStatus: { imageState, scheduledDeprecationTime, alternativeOption } }
}

/** The `properties` in the response for one version. */
function versionProperties(image: AzureImage): Record<string, unknown> {
  const { publisher, offer, sku } = image
  return {
    ...(image.hasPlan && { plan: { publisher, name: sku, product: offer } }),
    hyperVGeneration: image.hyperVGeneration,
    architecture: image.architecture,
    replicaType: 'Managed',
    replicaCount: 10,
    disallowed: { vmDiskType: 'None' },
    automaticOSUpgradeProperties: { automaticOSUpgradeSupported: false },
    ...deprecation(image),
    features: [{ name: 'IsAcceleratedNetworkSupported', value: 'True' }],
    osDiskImage: { operatingSystem: 'Linux', sizeInGb: 17, sizeInBytes: 17_179_869_696 },
    dataDiskImages: [],
  }
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** Names that only differ in case are the same. The first spelling is shown. */
function spelling(images: readonly AzureImage[]): AzureImage {
  const [first] = images
  if (first === undefined) throw new RangeError('no image to take the spelling from')
  return first
}

function distinct(images: readonly AzureImage[], getName: (image: AzureImage) => string): string[] {
  const names = new Map<string, string>()
  for (const name of images.map(getName)) {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return [...names.values()].sort(compareNames)
}

function compareNames(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  if (left === right) return 0
  return left < right ? -1 : 1
}
