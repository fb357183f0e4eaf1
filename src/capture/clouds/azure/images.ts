import type { AzureSku } from '../../../core/criteria/criteria.ts'
import type {
  Architecture,
  AzureImage,
  AzureQuery,
  ImageState,
} from '../../../core/snapshot/snapshot.ts'
import { isAzureVersion } from '../../../core/snapshot/values.ts'
import { ImageReader, malformed, notAList } from '../normalize.ts'

/** What the criteria say about the images of one SKU. */
export interface ExpectedSku extends AzureQuery {
  readonly plan: string
  readonly architecture: AzureSku['architecture']
  readonly generation: AzureSku['generation']
  /** The OCP version in the SKU's name, if there is one. */
  readonly ocp?: string
}

/** An image as Microsoft.Compute lists it, with `$expand=properties/imageDeprecationStatus`. */
interface Listed {
  readonly name: string
  readonly properties?: {
    readonly architecture?: string | null
    readonly hyperVGeneration?: string | null
    readonly imageDeprecationStatus?: {
      readonly imageState?: string | null
      readonly scheduledDeprecationTime?: string | null
    } | null
  } | null
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }
const GENERATIONS: Readonly<Record<string, 1 | 2>> = { v1: 1, v2: 2 }
const STATES: Readonly<Record<string, ImageState>> = {
  active: 'active',
  scheduledfordeprecation: 'scheduled-for-deprecation',
  deprecated: 'deprecated',
}

/**
 * The images of one SKU. Old images have no properties: they are what the criteria expect of the
 * SKU. If no image of the response has any, the API version does not return them, so that nothing is
 * known about deprecation. An image in an unknown state is kept and never selected.
 * @throws ServiceError if the response is not a list of images
 */
export function readImages(
  body: unknown,
  expected: ExpectedSku,
  query: string,
  warn: (text: string) => void,
): AzureImage[] {
  if (!Array.isArray(body) || !body.every(isListed)) throw notAList(query, '--azure-endpoint')
  const isBare = body.length > 0 && body.every(({ properties }) => properties === undefined)
  if (isBare) warn(`${query}: the API returned no properties, so no image is selected`)
  return body.flatMap((listed, at) => {
    if (isAzureVersion(listed.name)) {
      const place = `${query}: image ${listed.name}`
      const reader = new ImageReader(place, warn, (word) => word.toLowerCase())
      const image = readImage(listed, expected, reader)
      return [isBare ? { ...image, state: 'unknown' as const } : image]
    }
    warn(malformed(query, `image ${at + 1}`, 'version'))
    return []
  })
}

function isListed(value: unknown): value is Listed {
  return typeof (value as Listed | null)?.name === 'string'
}

function readImage(
  { name, properties }: Listed,
  { plan, publisher, offer, sku, ocp, ...expected }: ExpectedSku,
  reader: ImageReader,
): AzureImage {
  const { architecture, hyperVGeneration, imageDeprecationStatus: status } = properties ?? {}
  const state = reader.readState(STATES, status?.imageState)
  return {
    architecture: reader.read(ARCHITECTURES, architecture, expected.architecture),
    generation: reader.read(GENERATIONS, hyperVGeneration, expected.generation),
    ...reader.withDeprecation(state, status?.scheduledDeprecationTime),
    ...(ocp !== undefined && { ocp }),
    offer,
    plan,
    publisher,
    sku,
    version: name,
  }
}
