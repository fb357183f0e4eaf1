import type { VirtualMachineImageProperties } from '@azure/arm-compute'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import type { Architecture, AzureImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { isAzureVersion, isOneOf, isState } from '../../../core/snapshot/values.ts'
import type { Exchange } from '../../http/message.ts'
import { hasName, ImageReader, malformedMessage, notAList, scrubTime } from '../normalize.ts'

/** A SKU of the criteria, with the members that its images have. */
export type ExpectedSku = Omit<AzureImage, 'version' | 'state' | 'deprecation'>

interface Listed {
  readonly name: string
  readonly properties?: VirtualMachineImageProperties | null
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }
const GENERATIONS: Readonly<Record<string, 1 | 2>> = { v1: 1, v2: 2 }
const STATES: Readonly<Record<string, ImageState>> = {
  active: 'active',
  scheduledfordeprecation: 'scheduled-for-deprecation',
  deprecated: 'deprecated',
}

/**
 * The images of one SKU. Old images have no properties and get those of the criteria. If no image has
 * properties, the API version does not return them, so the deprecations are unknown.
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
  return body.flatMap(({ name, properties }, at) => {
    if (!isAzureVersion(name)) {
      warn(malformedMessage(query, `image ${at + 1}`, 'version'))
      return []
    }
    const { architecture, hyperVGeneration, imageDeprecationStatus: status } = properties ?? {}
    const reader = new ImageReader(`${query}: image ${name}`, warn, (word) => word.toLowerCase())
    const state = reader.readState(STATES, status?.imageState)
    return {
      ...expected,
      architecture: reader.read(ARCHITECTURES, architecture, expected.architecture),
      generation: reader.read(GENERATIONS, hyperVGeneration, expected.generation),
      ...reader.withDeprecation(state, status?.scheduledDeprecationTime),
      ...(isBare && { state: 'unknown' }),
      version: name,
    }
  })
}

function isListed(value: unknown): value is Listed {
  return typeof (value as Listed | null)?.name === 'string'
}

export const NO_ID = '00000000-0000-0000-0000-000000000000'

const QUERY =
  /^\/subscriptions\/[^/?]+(\/providers\/Microsoft\.Compute\/locations\/[\w.-]+\/publishers\/[\w.-]+\/artifacttypes\/vmimage\/offers\/[\w.-]+\/skus\/[\w.-]+\/versions\?[\w$%=&./-]*)$/i

/** Other members and values are free text. */
const IMAGES: Allowed = [
  {
    name: isAzureVersion,
    properties: {
      architecture: isOneOf('x64', 'Arm64'),
      hyperVGeneration: isOneOf('V1', 'V2'),
      imageDeprecationStatus: {
        imageState: isState,
        scheduledDeprecationTime: scrubTime,
      },
    },
  },
]

/** Without the message, which is free text that may name the caller. */
const ERROR: Allowed = {
  error: { code: (value) => typeof value === 'string' && /^([A-Z][a-z]+){1,7}$/.test(value) },
}

/**
 * Keeps the response to a query, without the subscription.
 * @param queried origin with port
 * @param publicHost origin with port, which replaces it
 */
export function recordAzure(
  { scope, path, method, status, response }: Exchange,
  queried: string,
  publicHost: string,
): Exchange | undefined {
  const query = QUERY.exec(path)?.[1]
  if (scope !== queried || method !== 'GET' || query === undefined) return undefined
  if (status !== 200 && status !== 404) return undefined
  const pruned = prune(response, status === 200 ? IMAGES : ERROR)
  const kept = Array.isArray(pruned) ? pruned.filter(hasName) : pruned
  return {
    scope: publicHost,
    method,
    path: `/subscriptions/${NO_ID}${query}`,
    status,
    response: kept ?? '',
  }
}
