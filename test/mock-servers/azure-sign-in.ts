import {
  constants,
  createHash,
  randomBytes,
  randomUUID,
  verify,
  X509Certificate,
} from 'node:crypto'
import type { AzureAccount } from './azure-account.ts'
import { signInErrorResponse } from './azure-errors.ts'
import type { PlantedSecrets } from './azure-secrets.ts'
import type { MockRequest, MockResponse } from './server.ts'

/** The sign-in endpoints with the tokens that they issued. */
export interface SignIn {
  /** Returns undefined for requests to other endpoints. */
  respond(request: MockRequest): MockResponse | undefined
  /** The error response with this status; undefined for requests to other endpoints. */
  fail(status: number, request: MockRequest): MockResponse | undefined
  isIssued(token: string): boolean
}

/** In seconds. */
const TOKEN_LIFETIME = 3599

const INSTANCES = /^\/(?:common|organizations)\/discovery\/instance\/?$/i

/** Microsoft's sign-in hosts of the public cloud. Clients treat them as the same host. */
const PUBLIC_HOSTS = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
]

const ENDPOINT = /^\/([^/]+)\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)\/?$/i

/** Supports instance discovery, OpenID discovery and the client credentials flow. */
export function createSignIn(account: AzureAccount, planted: PlantedSecrets): SignIn {
  const issued = new Set<string>()

  function respond(tenant: string, endpoint: string, request: MockRequest): MockResponse {
    const origin = getOrigin(request)
    if (tenant.toLowerCase() !== account.tenantId) return unknownTenant(tenant, origin)
    if (!endpoint.toLowerCase().endsWith('token')) return openIdDiscovery(tenant, origin)

    const form = new URLSearchParams(request.body)
    const refusal = refuse(form, account, origin)
    if (refusal !== undefined) return refusal
    const token = makeToken(account, form.get('scope') ?? '', origin)
    issued.add(token)
    return json({
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME,
      ext_expires_in: TOKEN_LIFETIME,
      access_token: token,
    })
  }

  return {
    respond(request) {
      if (INSTANCES.test(request.path)) return instanceDiscovery(request)
      const [, tenant, endpoint] = ENDPOINT.exec(request.path) ?? []
      if (tenant === undefined || endpoint === undefined) return undefined
      const response = respond(tenant, endpoint, request)
      return { ...response, headers: { ...planted.headers, ...response.headers } }
    },
    fail(status, request) {
      // Only transient errors.
      if (!ENDPOINT.test(request.path) || (status < 500 && status !== 429)) return undefined
      const message = 'A transient error has occurred. Please try again.'
      return signInErrorResponse(
        status,
        'temporarily_unavailable',
        90033,
        message,
        getOrigin(request),
      )
    },
    isIssued: (token) => issued.has(token),
  }
}

/** The scheme, host and port of the request. */
export function getOrigin(request: MockRequest): string {
  return `https://${request.headers.host}`
}

function json(body: unknown): MockResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      'x-ms-request-id': randomUUID(),
    },
    body: JSON.stringify(body),
  }
}

/** Only this machine and Microsoft's hosts are known sign-in hosts. */
function instanceDiscovery(request: MockRequest): MockResponse {
  const endpoint = request.query.get('authorization_endpoint') ?? ''
  const url = new URL(URL.canParse(endpoint) ? endpoint : 'https://unknown/')
  const { host, hostname, pathname } = url
  const isOwn = hostname === '127.0.0.1'
  if (!isOwn && !PUBLIC_HOSTS.includes(host)) {
    const message = 'Unknown or invalid instance.'
    return signInErrorResponse(400, 'invalid_instance', 50049, message, getOrigin(request))
  }
  const [, tenant = 'common'] = pathname.split('/')
  const [network = '', cache = ''] = PUBLIC_HOSTS
  const microsoft = { preferred_network: network, preferred_cache: cache, aliases: PUBLIC_HOSTS }
  const own = { preferred_network: host, preferred_cache: host, aliases: [host] }
  return json({
    tenant_discovery_endpoint: `https://${host}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': request.query.get('api-version') ?? '1.0',
    metadata: isOwn ? [microsoft, own] : [microsoft],
  })
}

/** Clients verify that the issuer has the same origin as the authority. */
function openIdDiscovery(tenant: string, origin: string): MockResponse {
  const base = `${origin}/${tenant}`
  return json({
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: 'NA',
    cloud_instance_name: 'microsoftonline.com',
  })
}

function unknownTenant(tenant: string, origin: string): MockResponse {
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  return signInErrorResponse(400, 'invalid_tenant', 90002, message, origin)
}

function refuse(
  form: URLSearchParams,
  account: AzureAccount,
  origin: string,
): MockResponse | undefined {
  const grant = form.get('grant_type')
  if (grant !== 'client_credentials') {
    const message = `The app requested an unsupported grant type '${grant}'.`
    return signInErrorResponse(400, 'unsupported_grant_type', 70003, message, origin)
  }
  const client = form.get('client_id') ?? ''
  if (client.toLowerCase() !== account.clientId) {
    const message = `Application with identifier '${client}' was not found in the directory '${account.tenantId}'.`
    return signInErrorResponse(400, 'unauthorized_client', 700016, message, origin)
  }
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    if (isSigned(assertion, account)) return undefined
    const message = `A configuration issue is preventing authentication. The certificate with identifier used to sign the client assertion is not registered on application '${client}'.`
    return signInErrorResponse(401, 'invalid_client', 700027, message, origin)
  }
  if (form.get('client_secret') !== account.clientSecret) {
    const message = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`
    return signInErrorResponse(401, 'invalid_client', 7000215, message, origin)
  }
  const scope = form.get('scope') ?? ''
  if (!/(^| )\S+\/\.default( |$)/.test(scope)) {
    const message = `The provided value for the input parameter 'scope' is not valid. The scope '${scope}' does not exist.`
    return signInErrorResponse(400, 'invalid_scope', 70011, message, origin)
  }
  return undefined
}

/** Whether a client assertion is signed with the key of the account's certificate. */
function isSigned(assertion: string, { certificate, clientId }: AzureAccount): boolean {
  if (certificate === undefined) return false
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
  const { iss, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))
  const padding =
    alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}
  const key = { key: new X509Certificate(certificate).publicKey, ...padding }
  const signed = Buffer.from(`${header}.${claims}`)
  return (
    iss === clientId &&
    exp * 1000 > Date.now() &&
    verify('sha256', signed, key, Buffer.from(signature, 'base64url'))
  )
}

/** A JWT without a valid signature, because clients do not verify it. */
function makeToken(account: AzureAccount, scope: string, origin: string): string {
  const now = Math.floor(Date.now() / 1000)
  const header = { typ: 'JWT', alg: 'RS256', kid: 'mock-server' }
  const claims = {
    aud: scope.split(' ')[0]?.replace(/\/\.default$/, ''),
    iss: `${origin}/${account.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + TOKEN_LIFETIME,
    appid: account.clientId,
    appidacr: '1',
    idtyp: 'app',
    oid: account.objectId,
    sub: account.objectId,
    tid: account.tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  }
  const parts = [header, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = createHash('sha512').update(parts.join('.')).digest('base64url')
  return [...parts, signature].join('.')
}
