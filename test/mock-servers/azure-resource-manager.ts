import { randomUUID } from 'node:crypto'
import type { AzureAccount } from './azure-account.ts'
import {
  type CataloguePath,
  listCatalogue,
  normaliseLocation,
  readCataloguePath,
} from './azure-catalogue.ts'
import type { Echo } from './azure-echo.ts'
import {
  type AzureError,
  brokenService,
  computeJson,
  errorAnswer,
  noApiVersion,
  noToken,
  notAuthorized,
  notRegistered,
  tooManyRequests,
  wrongArtifact,
  wrongLocation,
  wrongResourceType,
  wrongSubscription,
  wrongToken,
} from './azure-errors.ts'
import type { AzureImage } from './azure-image.ts'
import { getOrigin, type SignIn } from './azure-sign-in.ts'
import type { Answer, MockRequest } from './server.ts'

export interface ResourceManagerOptions {
  account: AzureAccount
  identity: SignIn
  echo: Echo
  /** Regions that exist, the first of them the one that answers. */
  locations: readonly string[]
  /** Asked for at each request. */
  images(): readonly AzureImage[]
}

/** Resource Manager, as far as it goes: one subscription of one tenant, and its images. */
export interface ResourceManager {
  answer(request: MockRequest): Answer
  /** The error that it would give to this request with this status. */
  fail(status: number, request: MockRequest): Answer
}

const HTTP_SERVER = 'Microsoft-HTTPAPI/2.0'

const READ_VERSIONS =
  'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read'

const ACCOUNTS = /^\/(?:(tenants)|(subscriptions))\/?$/i
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)(\/locations)?\/?$/i

export function resourceManager(options: ResourceManagerOptions): ResourceManager {
  const { account, identity, echo } = options
  const locations = options.locations.map(normaliseLocation)

  function answer(request: MockRequest): Answer {
    const refusal = checkToken(request)
    if (refusal !== undefined) return refuse(refusal)
    const apiVersion = request.query.get('api-version')
    if (apiVersion === null) return refuse(noApiVersion)
    if (request.method !== 'GET') return refuse(wrongResourceType(apiVersion))
    const [, tenants, listed] = ACCOUNTS.exec(request.path) ?? []
    if (tenants !== undefined) return give(JSON.stringify({ value: [toTenant(account)] }))
    if (listed !== undefined) {
      const value = [toSubscription(account)]
      return give(JSON.stringify({ value, count: { type: 'Total', value: value.length } }))
    }
    const [, one, regions] = SUBSCRIPTION.exec(request.path) ?? []
    if (one !== undefined) {
      const refusal = checkSubscription(decodeURIComponent(one))
      if (refusal !== undefined) return refuse(refusal)
      const own = toSubscription(account)
      const value = locations.map((name) => toRegion(name, String(own.id)))
      return give(JSON.stringify(regions === undefined ? own : { value }))
    }
    const path = readCataloguePath(request.path)
    return path === undefined
      ? refuse(wrongResourceType(apiVersion))
      : catalogue(path, request.query, apiVersion)
  }

  function catalogue(path: CataloguePath, query: URLSearchParams, apiVersion: string): Answer {
    const { subscription, location } = path
    const refusal = checkSubscription(subscription)
    if (refusal !== undefined) return refuse(refusal)
    if (!locations.includes(normaliseLocation(location))) {
      return refuse(wrongLocation(location, apiVersion, locations))
    }
    const headers = {
      // Once for each of the two servers on the way.
      server: [HTTP_SERVER, HTTP_SERVER],
    }
    const found = listCatalogue(options.images(), path, query)
    if (isError(found)) return refuse({ ...found, headers })
    const echoed = (item: Record<string, unknown>) => ({ ...item, ...echo.item })
    return give(computeJson(Array.isArray(found) ? found.map(echoed) : echoed(found)), headers)
  }

  function give(body: string, headers: NonNullable<Answer['headers']> = {}): Answer {
    return frame({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
    })
  }

  function checkSubscription(subscription: string): AzureError | undefined {
    return subscription.toLowerCase() === account.subscriptionId
      ? undefined
      : wrongSubscription(subscription)
  }

  function checkToken(request: MockRequest): AzureError | undefined {
    const authority = authorityFor(request)
    const { authorization } = request.headers
    if (authorization === undefined) return noToken(authority)
    const isKnown = identity.judge(authorization.replace(/^Bearer +/i, ''))
    return isKnown ? undefined : wrongToken(authority)
  }

  function authorityFor(request: MockRequest): string {
    return `${getOrigin(request)}/${account.tenantId}`
  }

  function refuse(error: AzureError): Answer {
    return frame(errorAnswer({ ...error, more: { ...error.more, ...echo.error } }))
  }

  /** The headers that Resource Manager puts around whatever a provider answers. */
  function frame(inner: Answer): Answer {
    const id = randomUUID()
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
    const region = locations[0] ?? 'eastus'
    const caller = [`tenantId=${account.tenantId}`, `objectId=${account.objectId}`, ...echo.callers]
    return {
      ...inner,
      headers: {
        'cache-control': 'no-cache',
        pragma: 'no-cache',
        expires: '-1',
        'x-ms-request-id': id,
        'x-ms-correlation-request-id': id,
        'x-ms-routing-request-id': `${region.toUpperCase()}:${time}:${id}`,
        'x-ms-operation-identifier': `${caller.join(',')}/${region}/${randomUUID()}`,
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        ...echo.headers,
        ...inner.headers,
      },
    }
  }

  function failure(status: number, request: MockRequest): AzureError {
    switch (status) {
      case 401:
        return wrongToken(authorityFor(request))
      case 403:
        return notAuthorized(account, READ_VERSIONS)
      case 404:
        return wrongArtifact
      case 409:
        return notRegistered
      case 429:
        return tooManyRequests
      default:
        return brokenService(status)
    }
  }

  return { answer, fail: (status, request) => refuse(failure(status, request)) }
}

function isError(found: object): found is AzureError {
  return 'status' in found
}

function toSubscription({ subscriptionId, tenantId }: AzureAccount): Record<string, unknown> {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName: 'Mock server',
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  }
}

function toRegion(name: string, subscription: string): Record<string, unknown> {
  return {
    id: `${subscription}/locations/${name}`,
    name,
    type: 'Region',
    displayName: name,
    regionalDisplayName: name,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geographyGroup: 'US' },
  }
}

function toTenant({ tenantId }: AzureAccount): Record<string, unknown> {
  const domain = 'mock-server.example'
  return {
    id: `/tenants/${tenantId}`,
    tenantId,
    countryCode: 'CZ',
    displayName: 'Mock server',
    domains: [domain],
    tenantCategory: 'Home',
    defaultDomain: domain,
    tenantType: 'AAD',
  }
}
