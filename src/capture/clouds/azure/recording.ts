import type { Definition } from 'nock'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import { isAzureVersion, isState, isTime } from '../../../core/snapshot/values.ts'
import { isAzureCode } from './failure.ts'

/** What an id of the one who captured becomes. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'

/** The one request that a capture makes; tokens are asked of other hosts and paths. */
const QUESTION =
  /^\/subscriptions\/[^/?]+(\/providers\/Microsoft\.Compute\/locations\/[\w.-]+\/publishers\/[\w.-]+\/artifacttypes\/vmimage\/offers\/[\w.-]+\/skus\/[\w.-]+\/versions\?[\w$%=&./-]*)$/i

/**
 * What of an image is kept, and which values: a list of the allowed ones, or what they look like.
 * All else is the cloud's free text, in which anything may stand.
 */
const IMAGES: Allowed = [
  {
    name: isAzureVersion,
    properties: {
      architecture: oneOf('x64', 'Arm64'),
      hyperVGeneration: oneOf('V1', 'V2'),
      imageDeprecationStatus: {
        imageState: isState,
        scheduledDeprecationTime: isTime,
      },
    },
  },
]

/** The message of an error is free text that may name the one who asked; the code says enough. */
const ERROR: Allowed = {
  error: { code: (value) => typeof value === 'string' && isAzureCode(value) },
}

/** In any case, as Azure compares names. */
function oneOf(...values: string[]): (value: unknown) => boolean {
  const folded = values.map((value) => value.toLowerCase())
  return (value) => typeof value === 'string' && folded.includes(value.toLowerCase())
}

/**
 * Keeps the answers to questions for images, without the subscription.
 *
 * @param exchange as nock writes it
 * @param asked the origin that was asked, as nock writes it: with a port
 * @param publicHost the cloud's own, which takes its place
 */
export function recordAzure(
  exchange: Definition,
  asked: string,
  publicHost: string,
): Definition | undefined {
  const { scope, method, status, response } = exchange
  const question = QUESTION.exec(String(exchange.path))?.[1]
  if (scope !== asked || method !== 'GET' || question === undefined) return undefined
  if (status !== 200 && status !== 404) return undefined
  const pruned = prune(response, status === 200 ? IMAGES : ERROR)
  const kept = Array.isArray(pruned) ? pruned.filter(hasName) : pruned
  return {
    scope: publicHost,
    method,
    path: `/subscriptions/${NO_ID}${question}`,
    status,
    response: (kept ?? '') as NonNullable<Definition['response']>,
  }
}

/** An image whose name was no version is none. */
function hasName(image: unknown): boolean {
  return (image as { name?: unknown }).name !== undefined
}
