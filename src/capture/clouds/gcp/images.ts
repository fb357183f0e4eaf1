import type { compute_v1 } from '@googleapis/compute'
import type { GcpCriteria } from '../../../core/criteria/criteria.ts'
import { type Allowed, prune } from '../../../core/json/prune.ts'
import type { Architecture, GcpImage, ImageState } from '../../../core/snapshot/snapshot.ts'
import { isGcpName, isOneOf, isState } from '../../../core/snapshot/values.ts'
import {
  type RhelTable,
  readVersion,
  releaseIn,
  rhelsForOcp,
} from '../../../core/versions/version.ts'
import type { Exchange } from '../../http/message.ts'
import {
  hasName,
  ImageReader,
  malformedMessage,
  notAList,
  scrubDescription,
  scrubTime,
  scrubToken,
} from '../normalize.ts'
import { isReason } from './errors.ts'

export type Listed = compute_v1.Schema$Image

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  X86_64: 'x86_64',
  ARM64: 'aarch64',
}

const STATUSES: Readonly<Record<string, ImageState>> = {
  READY: 'active',
  PENDING: 'unavailable',
  FAILED: 'unavailable',
  DELETING: 'unavailable',
}
const DEPRECATIONS: Readonly<Record<string, ImageState>> = {
  ACTIVE: 'active',
  DEPRECATED: 'deprecated',
  OBSOLETE: 'deprecated',
  DELETED: 'deprecated',
}

/** @throws ServiceError for a response that is not a list of images, such as a page of a proxy */
export function readList(response: compute_v1.Schema$ImageList, query: string): Listed[] {
  const { kind, items = [] } = typeof response === 'object' && response ? response : {}
  const isList = kind === 'compute#imageList' && Array.isArray(items)
  if (!isList || !items.every((each) => typeof each?.name === 'string')) {
    throw notAList(query, '--gcp-endpoint')
  }
  return items
}

/** The images whose names begin with the prefix of a plan. @throws ServiceError for an unknown property */
export function readImages(
  listed: readonly Listed[],
  { plans, project }: GcpCriteria,
  rhel: RhelTable,
  warn: (text: string) => void,
): GcpImage[] {
  return listed.flatMap((image, at) => {
    const name = image.name ?? ''
    const found = Object.entries(plans).find(([, { prefix }]) => name.startsWith(prefix))
    if (found === undefined) return []
    if (!isGcpName(name)) {
      warn(malformedMessage(`gcp ${project}`, `image ${at + 1}`, 'name'))
      return []
    }
    const [plan, { architecture: expected }] = found
    const { architecture, status, description } = image
    const end = image.deprecated ?? {}
    const reader = new ImageReader(`gcp: image ${name}`, warn)
    const states = [reader.readState(DEPRECATIONS, end.state), reader.readState(STATUSES, status)]
    const kind = architecture === 'ARCHITECTURE_UNSPECIFIED' ? undefined : architecture
    return {
      architecture: reader.read(ARCHITECTURES, kind, expected),
      ...reader.withDeprecation(
        states.find((each) => each !== 'active') ?? 'active',
        end.deprecated || end.obsolete || end.deleted,
        'scheduled-for-deprecation',
      ),
      name,
      plan,
      project,
      // Selection reports and refuses a name in place of a version.
      version: findVersion(name, String(description ?? ''), rhel) ?? name,
    }
  })
}

/** `…-413-x86-64-202305021736`, `…-422-rhel10-x86-64-20260423`: OCP, RHEL and the time of the build. */
const NAME = /-([0-9])([0-9]{1,2})-(?:rhel([0-9]{1,2})-)?[a-z0-9-]+-([0-9]{8}|[0-9]{12})$/

/**
 * The release in form A, with the RHEL version of the table or `00`; for another form of name, the
 * release in the name or the description.
 */
export function findVersion(
  name: string,
  description: string,
  table: RhelTable,
): string | undefined {
  const [, major, minor, rhelMajor, stamp] = NAME.exec(name) ?? []
  if (major !== undefined && minor !== undefined) {
    const versions = rhelsForOcp(table, { major: Number(major), minor: Number(minor) })
    const rhel = rhelMajor ? versions.find((each) => each.major === Number(rhelMajor)) : versions[0]
    const version = `${major}${minor}.${rhel ? `${rhel.major}${rhel.minor}` : '00'}.${stamp}`
    if (readVersion(version)) return version
  }
  return releaseIn(name) ?? releaseIn(description)
}

const QUERY = /^\/compute\/v1\/projects\/[a-z0-9-]+\/global\/images(\/[a-z0-9-]+)?$/

const PARAMETERS = ['filter', 'maxResults', 'pageToken']

const IMAGE: Allowed = {
  kind: isOneOf('compute#image'),
  name: isGcpName,
  description: scrubDescription,
  creationTimestamp: (value) => scrubTime(value) === value,
  status: isState,
  architecture: isOneOf('X86_64', 'ARM64', 'ARCHITECTURE_UNSPECIFIED'),
  deprecated: {
    state: isState,
    deprecated: scrubTime,
    obsolete: scrubTime,
    deleted: scrubTime,
  },
}

/** Without the message, which is free text that may name the caller. */
const ERROR: Allowed = {
  error: {
    code: (value) => Number.isInteger(value),
    errors: [{ domain: isOneOf('global', 'usageLimits'), reason: isReason }],
    details: [{ reason: isReason }],
  },
}

/**
 * Keeps lists, single images, and errors for a missing image and for a list that is forbidden.
 * @param queried origin with port
 * @param publicHost origin with port, which replaces it
 */
export function recordGcp(
  exchange: Exchange,
  queried: string,
  publicHost: string,
  isLive = true,
): Exchange | undefined {
  const { scope, method, status, response } = exchange
  const [path = '', parameters = ''] = exchange.path.split('?', 2)
  const [match, name] = QUERY.exec(path) ?? []
  if (scope !== queried || method !== 'GET' || match === undefined) return undefined
  if (status !== 200 && status !== (name === undefined ? 403 : 404)) return undefined
  const list: Allowed = {
    kind: isOneOf('compute#imageList'),
    items: (items) => (prune(items, [IMAGE]) as unknown[] | undefined)?.filter(hasName),
    nextPageToken: (token) =>
      typeof token === 'string' && token !== '' && scrubToken(token, isLive),
  }
  const kept = [...new URLSearchParams(parameters)]
    .filter(([each]) => PARAMETERS.includes(each))
    .map(([each, value]) => [each, each === 'pageToken' ? scrubToken(value, isLive) : value])
    .sort()
  const query = new URLSearchParams(kept as [string, string][]).toString()
  return {
    scope: publicHost,
    method,
    path: query === '' ? path : `${path}?${query}`,
    status,
    response: prune(response, status !== 200 ? ERROR : name === undefined ? list : IMAGE),
  }
}
