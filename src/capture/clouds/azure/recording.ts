import type { Definition } from 'nock'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import { isAzureVersion, isState } from '../../../core/snapshot/values.ts'
import { recordedTime } from '../normalize.ts'

/** Replaces the id of the capturing account. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'

/** The only request of a query; sign-ins go to other hosts and paths. */
const QUERY =
  /^\/subscriptions\/[^/?]+(\/providers\/Microsoft\.Compute\/locations\/[\w.-]+\/publishers\/[\w.-]+\/artifacttypes\/vmimage\/offers\/[\w.-]+\/skus\/[\w.-]+\/versions\?[\w$%=&./-]*)$/i

/** The members of an image that are kept, and their values; everything else is free text. */
const IMAGES: Allowed = [
  {
    name: isAzureVersion,
    properties: {
      architecture: oneOf('x64', 'Arm64'),
      hyperVGeneration: oneOf('V1', 'V2'),
      imageDeprecationStatus: {
        imageState: isState,
        scheduledDeprecationTime: recordedTime,
      },
    },
  },
]

/** The message of an error is free text that may name the caller; the code is enough. */
const ERROR: Allowed = {
  error: { code: (value) => typeof value === 'string' && /^([A-Z][a-z]+){1,7}$/.test(value) },
}

/** In any case, as Azure compares names. */
function oneOf(...values: string[]): (value: unknown) => boolean {
  const folded = values.map((value) => value.toLowerCase())
  return (value) => typeof value === 'string' && folded.includes(value.toLowerCase())
}

/**
 * Keeps the response to a query, without the subscription.
 * @param queried the origin that was queried, with its port
 * @param publicHost the cloud's own origin, which replaces it
 */
export function recordAzure(
  { scope, path, method, status, response }: Definition,
  queried: string,
  publicHost: string,
): Definition | undefined {
  const query = QUERY.exec(String(path))?.[1]
  if (scope !== queried || method !== 'GET' || query === undefined) return undefined
  if (status !== 200 && status !== 404) return undefined
  const pruned = prune(response, status === 200 ? IMAGES : ERROR)
  const kept = Array.isArray(pruned) ? pruned.filter(hasName) : pruned
  return {
    scope: publicHost,
    method,
    path: `/subscriptions/${NO_ID}${query}`,
    status,
    response: (kept ?? '') as NonNullable<Definition['response']>,
  }
}

/** An image with a malformed version is ignored. */
function hasName(image: unknown): boolean {
  return (image as { name?: unknown }).name !== undefined
}
