import type { Definition } from 'nock'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import { isGcpName, isOneOf, isState, isTime } from '../../../core/snapshot/values.ts'
import { plainDescription } from '../description.ts'
import { digestOf } from '../token.ts'
import { isReason } from './failure.ts'

const QUESTION = /^\/compute\/v1\/projects\/[a-z0-9-]+\/global\/images(\/[a-z0-9-]+)?$/

/** What a question says; whatever else a request has is left out. */
const PARAMETERS = ['filter', 'maxResults', 'pageToken']

const IMAGE: Allowed = {
  kind: isOneOf('compute#image'),
  name: isGcpName,
  // Looked at by itself.
  description: 'scalar',
  creationTimestamp: isTime,
  status: isState,
  architecture: isOneOf('X86_64', 'ARM64', 'ARCHITECTURE_UNSPECIFIED'),
  deprecated: {
    state: isState,
    deprecated: isTime,
    obsolete: isTime,
    deleted: isTime,
  },
}

const LIST: Allowed = {
  kind: isOneOf('compute#imageList'),
  items: [IMAGE],
  nextPageToken: 'scalar',
}

/** The message of an error is free text that may name the one who asked. */
const ERROR: Allowed = {
  error: {
    code: (value) => Number.isInteger(value),
    errors: [{ domain: isOneOf('global', 'usageLimits'), reason: isReason }],
    details: [{ reason: isReason }],
  },
}

/**
 * Keeps the answers to questions for images: lists, single ones, and that there is none or that
 * listing is forbidden.
 *
 * @param exchange as nock writes it
 * @param asked the origin that was asked, as nock writes it: with a port
 * @param publicHost the cloud's own, which takes its place
 * @param spell what becomes of a paging token
 */
export function recordGcp(
  exchange: Definition,
  asked: string,
  publicHost: string,
  spell: (token: string) => string = digestOf,
): Definition | undefined {
  const { scope, method, status, response } = exchange
  const [path = '', query = ''] = String(exchange.path).split('?', 2)
  const [match, name] = QUESTION.exec(path) ?? []
  if (scope !== asked || method !== 'GET' || match === undefined) return undefined
  if (status !== 200 && status !== (name === undefined ? 403 : 404)) return undefined
  const kept = prune(response, status !== 200 ? ERROR : name === undefined ? LIST : IMAGE)
  return {
    scope: publicHost,
    method,
    path: `${path}${questionOf(query, spell)}`,
    status,
    response: withoutIds(kept, spell) as NonNullable<Definition['response']>,
  }
}

function questionOf(query: string, spell: (token: string) => string): string {
  const parameters = [...new URLSearchParams(query)]
    .filter(([name]) => PARAMETERS.includes(name))
    .map(([name, value]) => [name, name === 'pageToken' ? spell(value) : value] as [string, string])
    .sort()
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`
}

/** An image, or a list of them, without what the one who asked or others may be known by. */
function withoutIds(value: unknown, spell: (token: string) => string): unknown {
  const { nextPageToken: token, ...members } = (value ?? {}) as Record<string, unknown>
  const kept = Object.entries(members).flatMap(([name, each]): [string, unknown][] => {
    // An image whose name is none is left out, as the capture does.
    if (name === 'items' && Array.isArray(each))
      return [[name, each.filter(hasName).map((one) => withoutIds(one, spell))]]
    const plain = name === 'description' ? plainDescription(String(each)) : each
    return plain === undefined ? [] : [[name, plain]]
  })
  return {
    ...Object.fromEntries(kept),
    ...(typeof token === 'string' && { nextPageToken: spell(token) }),
  }
}

function hasName(image: unknown): boolean {
  return (image as { name?: unknown }).name !== undefined
}
