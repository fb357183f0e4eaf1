import { randomUUID } from 'node:crypto'
import type { AzureAccount } from './azure-account.ts'
import {
  type CataloguePath,
  listCatalogue,
  normalizeLocation,
  readCataloguePath,
} from './azure-catalogue.ts'
import {
  type AzureError,
  brokenService,
  computeJson,
  errorResponse,
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
import type { PlantedSecrets } from './azure-secrets.ts'
import { getOrigin, type SignIn } from './azure-sign-in.ts'
import type { MockRequest, MockResponse } from './server.ts'

export interface ResourceManagerOptions {
  account: AzureAccount
  signIn: SignIn
  planted: PlantedSecrets
  /** Existing regions. The first region sends the responses. */
  locations: readonly string[]
  /** Called for each request. */
  images(): readonly AzureImage[]
}

/** The Resource Manager of one subscription with its images. */
export interface ResourceManager {
  respond(request: MockRequest): MockResponse
  /** The error response with this status. */
  fail(status: number, request: MockRequest): MockResponse
}

const HTTP_SERVER = 'Microsoft-HTTPAPI/2.0'

const READ_VERSIONS =
  'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read'

const ACCOUNTS = /^\/(?:(tenants)|(subscriptions))\/?$/i
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)(\/locations)?\/?$/i

export function createResourceManager(options: ResourceManagerOptions): ResourceManager {
  const { account, signIn, planted } = options
  const locations = options.locations.map(normalizeLocation)

  function respond(request: MockRequest): MockResponse {
    const refusal = checkToken(request)
    if (refusal !== undefined) return refuse(refusal)
    const apiVersion = request.query.get('api-version')
    if (apiVersion === null) return refuse(noApiVersion)
    if (request.method !== 'GET') return refuse(wrongResourceType(apiVersion))
    const [, tenants, listed] = ACCOUNTS.exec(request.path) ?? []
    if (tenants !== undefined) return success(JSON.stringify({ value: [toTenant(account)] }))
    if (listed !== undefined) {
      const value = [toSubscription(account)]
      return success(JSON.stringify({ value, count: { type: 'Total', value: value.length } }))
    }
    const [, one, regions] = SUBSCRIPTION.exec(request.path) ?? []
    if (one !== undefined) {
      const refusal = checkSubscription(decodeURIComponent(one))
      if (refusal !== undefined) return refuse(refusal)
      const own = toSubscription(account)
      const value = locations.map((name) => toRegion(name, String(own.id)))
      return success(JSON.stringify(regions === undefined ? own : { value }))
    }
    const path = readCataloguePath(request.path)
    return path === undefined
      ? refuse(wrongResourceType(apiVersion))
      : catalogue(path, request.query, apiVersion)
  }

  function catalogue(
    path: CataloguePath,
    query: URLSearchParams,
    apiVersion: string,
  ): MockResponse {
    const { subscription, location } = path
    const refusal = checkSubscription(subscription)
    if (refusal !== undefined) return refuse(refusal)
    if (!locations.includes(normalizeLocation(location))) {
      return refuse(wrongLocation(location, apiVersion, locations))
    }
    const headers = {
      // Resource Manager and Microsoft.Compute each add the header.
      server: [HTTP_SERVER, HTTP_SERVER],
    }
    const found = listCatalogue(options.images(), path, query)
    if (isError(found)) return refuse({ ...found, headers })
    const withSecrets = (item: Record<string, unknown>) => ({ ...item, ...planted.item })
    const body = Array.isArray(found) ? found.map(withSecrets) : withSecrets(found)
    return success(computeJson(body), headers)
  }

  function success(body: string, headers: NonNullable<MockResponse['headers']> = {}): MockResponse {
    return withHeaders({
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
    const authority = getAuthority(request)
    const { authorization } = request.headers
    if (authorization === undefined) return noToken(authority)
    const isIssued = signIn.isIssued(authorization.replace(/^Bearer +/i, ''))
    return isIssued ? undefined : wrongToken(authority)
  }

  function getAuthority(request: MockRequest): string {
    return `${getOrigin(request)}/${account.tenantId}`
  }

  function refuse(error: AzureError): MockResponse {
    return withHeaders(errorResponse({ ...error, more: { ...error.more, ...planted.error } }))
  }

  /** Adds the headers of Resource Manager. */
  function withHeaders(response: MockResponse): MockResponse {
    const id = randomUUID()
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
    const region = locations[0] ?? 'eastus'
    const caller = [
      `tenantId=${account.tenantId}`,
      `objectId=${account.objectId}`,
      ...planted.callers,
    ]
    return {
      ...response,
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
        ...planted.headers,
        ...response.headers,
      },
    }
  }

  function getError(status: number, request: MockRequest): AzureError {
    switch (status) {
      case 401:
        return wrongToken(getAuthority(request))
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

  return { respond, fail: (status, request) => refuse(getError(status, request)) }
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
