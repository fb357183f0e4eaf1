import type { Architecture, AzureImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { isAzureVersion, isState, isTime } from '../../../core/snapshot/values.ts'
import { ServiceError } from '../../../errors.ts'
import { knownIn, leftOut, unknownProperty, unknownState } from '../odd.ts'
import type { ExpectedSku } from './queries.ts'

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
 * Reads the answer to one SKU. What the answer leaves out or says to be null, as Azure does for old
 * images, is as the criteria expect it of the SKU. An image whose state is a new word is kept, and
 * never chosen.
 *
 * @param note hears of such a state, and of what is left out
 * @throws ServiceError where the answer is no list of images
 */
export function readImages(
  body: unknown,
  expected: ExpectedSku,
  question: string,
  note: (text: string) => void,
): AzureImage[] {
  if (!Array.isArray(body) || !body.every(isListed)) {
    throw new ServiceError(
      `${question}: the answer is no list of images`,
      'A proxy or a login page may stand in between: check HTTPS_PROXY and --azure-endpoint.',
    )
  }
  return body.flatMap((listed, at) => {
    if (isAzureVersion(listed.name)) return [readImage(listed, expected, question, note)]
    note(leftOut(question, `image ${at + 1}`, 'version'))
    return []
  })
}

function isListed(value: unknown): value is Listed {
  return typeof (value as Listed | null)?.name === 'string'
}

function readImage(
  { name, properties }: Listed,
  expected: ExpectedSku,
  question: string,
  note: (text: string) => void,
): AzureImage {
  const { plan, publisher, offer, sku, ocp } = expected
  const { architecture, hyperVGeneration, imageDeprecationStatus: status } = properties ?? {}
  const refuse = (member: string) => {
    throw unknownProperty(`${question}: image ${name}`, member)
  }
  const read = <T>(
    table: Readonly<Record<string, T>>,
    value: unknown,
    absent: T,
    unknown: () => T,
  ): T => {
    if (value === undefined || value === null || value === '') return absent
    return knownIn(table, String(value).toLowerCase()) ?? unknown()
  }
  const { imageState: state, scheduledDeprecationTime: deprecation } = status ?? {}
  return {
    architecture: read(ARCHITECTURES, architecture, expected.architecture, () =>
      refuse('architecture'),
    ),
    generation: read(GENERATIONS, hyperVGeneration, expected.generation, () =>
      refuse('hyperVGeneration'),
    ),
    ...(isTime(deprecation) && { deprecation }),
    ...(ocp !== undefined && { ocp }),
    offer,
    plan,
    publisher,
    sku,
    state: read(STATES, state, 'active', () => {
      if (!isState(state)) return refuse('imageState')
      note(unknownState(question, name, state))
      return 'unknown'
    }),
    version: name,
  }
}
