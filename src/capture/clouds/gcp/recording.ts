import type { Definition } from 'nock'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import { isGcpName, isOneOf, isState } from '../../../core/snapshot/values.ts'
import { plainDescription, recordedTime, tokenDigest } from '../normalize.ts'
import { isReason } from './errors.ts'

const QUERY = /^\/compute\/v1\/projects\/[a-z0-9-]+\/global\/images(\/[a-z0-9-]+)?$/

/** The parameters of a query that are kept. */
const PARAMETERS = ['filter', 'maxResults', 'pageToken']

const isRecordedTime = (value: unknown) => recordedTime(value) === value

const IMAGE: Allowed = {
  kind: isOneOf('compute#image'),
  name: isGcpName,
  // See withoutIds.
  description: 'scalar',
  creationTimestamp: isRecordedTime,
  status: isState,
  architecture: isOneOf('X86_64', 'ARM64', 'ARCHITECTURE_UNSPECIFIED'),
  deprecated: {
    state: isState,
    deprecated: isRecordedTime,
    obsolete: isRecordedTime,
    deleted: isRecordedTime,
  },
}

const LIST: Allowed = {
  kind: isOneOf('compute#imageList'),
  items: [IMAGE],
  nextPageToken: 'scalar',
}

/** The message of an error is free text that may name the caller. */
const ERROR: Allowed = {
  error: {
    code: (value) => Number.isInteger(value),
    errors: [{ domain: isOneOf('global', 'usageLimits'), reason: isReason }],
    details: [{ reason: isReason }],
  },
}

/**
 * Keeps the responses to queries: lists, single images, and that an image is not found or that
 * listing is forbidden.
 *
 * @param queried the origin that was queried, with its port
 * @param publicHost the cloud's own origin, which replaces it
 * @param spellToken replaces a paging token
 */
export function recordGcp(
  exchange: Definition,
  queried: string,
  publicHost: string,
  spellToken: (token: string) => string = tokenDigest,
): Definition | undefined {
  const { scope, method, status, response } = exchange
  const [path = '', parameters = ''] = String(exchange.path).split('?', 2)
  const [match, name] = QUERY.exec(path) ?? []
  if (scope !== queried || method !== 'GET' || match === undefined) return undefined
  if (status !== 200 && status !== (name === undefined ? 403 : 404)) return undefined
  const kept =
    status === 200
      ? prune(withReadableTimes(response), name === undefined ? LIST : IMAGE)
      : prune(response, ERROR)
  return {
    scope: publicHost,
    method,
    path: `${path}${recordParameters(parameters, spellToken)}`,
    status,
    response: withoutIds(kept, spellToken) as NonNullable<Definition['response']>,
  }
}

function recordParameters(text: string, spellToken: (token: string) => string): string {
  const parameters = [...new URLSearchParams(text)]
    .filter(([name]) => PARAMETERS.includes(name))
    .map(([name, value]) => [name, name === 'pageToken' ? spellToken(value) : value])
    .sort()
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters as [string, string][])}`
}

/** Dates that are free text are replaced: the replay has to find unreadable dates, too. */
function withReadableTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReadableTimes)
  const { items, deprecated } = Object(value) as { items?: unknown; deprecated?: object }
  if (Array.isArray(items)) return { ...(value as object), items: withReadableTimes(items) }
  if (typeof deprecated !== 'object' || deprecated === null) return value
  const members = Object.entries(deprecated).map(([name, each]) => [
    name,
    name === 'state' ? each : recordedTime(each),
  ])
  return { ...(value as object), deprecated: Object.fromEntries(members) }
}

/** An image, or a list of them, with plain descriptions and without paging tokens. */
function withoutIds(value: unknown, spellToken: (token: string) => string): unknown {
  const { nextPageToken: token, ...members } = Object(value) as Record<string, unknown>
  const kept = Object.entries(members).flatMap(([name, each]): [string, unknown][] => {
    // An image with a malformed name is ignored.
    if (name === 'items' && Array.isArray(each)) {
      return [[name, each.filter(hasName).map((one) => withoutIds(one, spellToken))]]
    }
    const plain = name === 'description' ? plainDescription(String(each)) : each
    return plain === undefined ? [] : [[name, plain]]
  })
  return {
    ...Object.fromEntries(kept),
    ...(typeof token === 'string' && { nextPageToken: spellToken(token) }),
  }
}

function hasName(image: unknown): boolean {
  return (image as { name?: unknown }).name !== undefined
}
