import type { Definition } from 'nock'
import { type Allowed, prune } from '../../json/prune.ts'

/** What an id of the one who captured becomes. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/** The one request that a capture makes; tokens are asked of other hosts and paths. */
const QUESTION =
  /^\/subscriptions\/[^/?]+(\/providers\/Microsoft\.Compute\/locations\/[\w.-]+\/publishers\/[\w.-]+\/artifacttypes\/vmimage\/offers\/[\w.-]+\/skus\/[\w.-]+\/versions\?[\w$%=&./-]*)$/i

const ID =
  /^(\/subscriptions\/)[^/]+(\/providers\/microsoft\.compute\/locations\/[\w.-]+\/publishers\/[\w.-]+\/artifacttypes\/vmimage\/offers\/[\w.-]+\/skus\/[\w.-]+\/versions\/[^/]+)$/i

const IMAGES: Allowed = [
  {
    location: 'scalar',
    name: 'scalar',
    id: 'scalar',
    properties: {
      architecture: 'scalar',
      hyperVGeneration: 'scalar',
      replicaType: 'scalar',
      replicaCount: 'scalar',
      imageDeprecationStatus: {
        imageState: 'scalar',
        scheduledDeprecationTime: 'scalar',
        alternativeOption: { type: 'scalar', value: 'scalar' },
      },
    },
  },
]

/** The message of an error is free text that may name the one who asked; the code says enough. */
const ERROR: Allowed = { error: { code: 'scalar' } }

/**
 * Keeps the answers to questions for images, without the subscription.
 *
 * @param exchange as nock recorded it, its body decoded
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
  const kept = prune(response, status === 200 ? IMAGES : ERROR)
  return {
    scope: publicHost,
    method,
    path: `/subscriptions/${NO_ID}${question}`,
    status,
    response: (kept === undefined ? '' : withoutIds(kept)) as NonNullable<Definition['response']>,
  }
}

/** Replaces every id by zeros; a member `id` that is no image's path is left out. */
function withoutIds(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(GUID, NO_ID)
  if (Array.isArray(value)) return value.map(withoutIds)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([name, each]) => {
    if (name !== 'id') return [[name, withoutIds(each)]]
    const [, start, end] = ID.exec(String(each)) ?? []
    return start === undefined ? [] : [[name, `${start}${NO_ID}${withoutIds(end)}`]]
  })
  return Object.fromEntries(members)
}
