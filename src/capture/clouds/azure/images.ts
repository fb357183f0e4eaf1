import type { Architecture, AzureImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { ServiceError } from '../../../errors.ts'
import type { ExpectedSku } from './queries.ts'

/** An image as Microsoft.Compute lists it, with `$expand=properties/imageDeprecationStatus`. */
interface Listed {
  readonly name: string
  readonly properties?: {
    readonly architecture?: string
    readonly hyperVGeneration?: string
    readonly imageDeprecationStatus?: {
      readonly imageState?: string
      readonly scheduledDeprecationTime?: string
    }
  }
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }
const GENERATIONS: Readonly<Record<string, 1 | 2>> = { V1: 1, V2: 2 }
const STATES: Readonly<Record<string, ImageState>> = {
  Active: 'active',
  ScheduledForDeprecation: 'scheduled-for-deprecation',
  Deprecated: 'deprecated',
}

/**
 * Whether a text may be an image's version: two or three numbers, as Azure asks of publishers, and
 * perhaps a revision, or Azure's own word for the newest. Whatever else stands there is none, and
 * not kept.
 */
export function isVersion(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    /^(?:latest|[0-9]{1,40}(\.[0-9]{1,40}){1,2}(-[0-9]{1,9})?)$/.test(name)
  )
}

/**
 * Reads the answer to one SKU. What the answer leaves out, as Azure does for old images, is as the
 * criteria expect it of the SKU.
 *
 * @throws ServiceError where the answer is no list of images
 */
export function readImages(body: unknown, expected: ExpectedSku, question: string): AzureImage[] {
  if (!Array.isArray(body) || !body.every(isListed)) {
    throw new ServiceError(`${question}: the answer is no list of images`)
  }
  return body
    .filter(({ name }) => isVersion(name))
    .map((listed) => readImage(listed, expected, question))
}

/** RFC 3339; the recording keeps no other either. */
export function isTime(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})$/.test(
      value,
    )
  )
}

function isListed(value: unknown): value is Listed {
  return typeof (value as Listed | null)?.name === 'string'
}

function readImage(
  { name, properties = {} }: Listed,
  expected: ExpectedSku,
  question: string,
): AzureImage {
  const { plan, publisher, offer, sku, ocp } = expected
  const deprecation = properties.imageDeprecationStatus?.scheduledDeprecationTime
  const read = <T>(table: Readonly<Record<string, T>>, value: string | undefined, absent: T): T => {
    if (value === undefined || value === '') return absent
    const known = Object.hasOwn(table, value) ? table[value] : undefined
    if (known === undefined) {
      throw new ServiceError(`${question}: image ${name} has a property that is not known`)
    }
    return known
  }
  return {
    architecture: read(
      ARCHITECTURES,
      properties.architecture?.toLowerCase(),
      expected.architecture,
    ),
    ...(isTime(deprecation) && { deprecation }),
    generation: read(GENERATIONS, properties.hyperVGeneration?.toUpperCase(), expected.generation),
    ...(ocp !== undefined && { ocp }),
    offer,
    plan,
    publisher,
    sku,
    state: read(STATES, properties.imageDeprecationStatus?.imageState, 'active'),
    version: name,
  }
}
