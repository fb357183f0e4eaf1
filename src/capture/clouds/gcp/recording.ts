import type { Definition } from 'nock'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import { isGcpName, isOneOf, isState } from '../../../core/snapshot/values.ts'
import { plainDescription, recordedTime, tokenDigest } from '../normalize.ts'
import { isReason } from './errors.ts'

const QUERY = /^\/compute\/v1\/projects\/[a-z0-9-]+\/global\/images(\/[a-z0-9-]+)?$/

const PARAMETERS = ['filter', 'maxResults', 'pageToken']

const IMAGE: Allowed = {
  kind: isOneOf('compute#image'),
  name: isGcpName,
  description: plainDescription,
  creationTimestamp: (value) => recordedTime(value) === value,
  status: isState,
  architecture: isOneOf('X86_64', 'ARM64', 'ARCHITECTURE_UNSPECIFIED'),
  deprecated: {
    state: isState,
    deprecated: recordedTime,
    obsolete: recordedTime,
    deleted: recordedTime,
  },
}

const hasName = (image: unknown) => (image as { name?: unknown }).name !== undefined

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
 * @param queried the origin that was queried, with its port
 * @param publicHost the cloud's own origin, which replaces it
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
  const list: Allowed = {
    kind: isOneOf('compute#imageList'),
    // An image with a malformed name is ignored.
    items: (items) => (prune(items, [IMAGE]) as unknown[] | undefined)?.filter(hasName),
    nextPageToken: (token) => typeof token === 'string' && token !== '' && spellToken(token),
  }
  const kept = [...new URLSearchParams(parameters)]
    .filter(([each]) => PARAMETERS.includes(each))
    .map(([each, value]) => [each, each === 'pageToken' ? spellToken(value) : value])
    .sort()
  const query = new URLSearchParams(kept as [string, string][]).toString()
  return {
    scope: publicHost,
    method,
    path: query === '' ? path : `${path}?${query}`,
    status,
    response: prune(
      response,
      status !== 200 ? ERROR : name === undefined ? list : IMAGE,
    ) as NonNullable<Definition['response']>,
  }
}
