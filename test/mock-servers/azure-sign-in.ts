import {
  constants,
  createHash,
  randomBytes,
  randomUUID,
  verify,
  X509Certificate,
} from 'node:crypto'
import type { AzureAccount } from './azure-account.ts'
import type { Echo } from './azure-echo.ts'
import { signInErrorAnswer } from './azure-errors.ts'
import type { Answer, MockRequest } from './server.ts'

/** The sign-in endpoints, and what they know of the tokens that they gave out. */
export interface SignIn {
  /** The answer to a request for one of these endpoints; undefined where it is for another. */
  answer(request: MockRequest): Answer | undefined
  /** The error that they would give to this request with this status; undefined as above. */
  fail(status: number, request: MockRequest): Answer | undefined
  /** Whether a bearer token was given out here. */
  judge(token: string): boolean
}

/** Of a token, in seconds. */
const LIFETIME = 3599

const INSTANCES = /^\/(?:common|organizations)\/discovery\/instance\/?$/i

/** Microsoft's own sign-in hosts of the public cloud; whoever asks takes them for one. */
const PUBLIC_HOSTS = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
]

const ENDPOINT = /^\/([^/]+)\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)\/?$/i

/**
 * Answers instance discovery, OpenID discovery and the client credentials flow, which is all that a
 * service principal asks for.
 */
export function signIn(account: AzureAccount, echo: Echo): SignIn {
  const issued = new Set<string>()

  function speak(tenant: string, endpoint: string, request: MockRequest): Answer {
    const origin = getOrigin(request)
    if (tenant.toLowerCase() !== account.tenantId) return unknownTenant(tenant, origin)
    if (!endpoint.toLowerCase().endsWith('token')) return discovery(tenant, origin)

    const form = new URLSearchParams(request.body)
    const refusal = refuse(form, account, origin)
    if (refusal !== undefined) return refusal
    const token = makeToken(account, form.get('scope') ?? '', origin)
    issued.add(token)
    return json({
      token_type: 'Bearer',
      expires_in: LIFETIME,
      ext_expires_in: LIFETIME,
      access_token: token,
    })
  }

  return {
    answer(request) {
      if (INSTANCES.test(request.path)) return instances(request)
      const [, tenant, endpoint] = ENDPOINT.exec(request.path) ?? []
      if (tenant === undefined || endpoint === undefined) return undefined
      const answer = speak(tenant, endpoint, request)
      return { ...answer, headers: { ...echo.headers, ...answer.headers } }
    },
    fail(status, request) {
      // The code of a passing error.
      if (!ENDPOINT.test(request.path) || (status < 500 && status !== 429)) return undefined
      const message = 'A transient error has occurred. Please try again.'
      return signInErrorAnswer(
        status,
        'temporarily_unavailable',
        90033,
        message,
        getOrigin(request),
      )
    },
    judge: (token) => issued.has(token),
  }
}

/** Scheme, host and port by which the client reached the mock server. */
export function getOrigin(request: MockRequest): string {
  return `https://${request.headers.host}`
}

function json(body: unknown): Answer {
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

/** Tells that a host of this machine, and Microsoft's own, may be trusted to sign in, and no other. */
function instances(request: MockRequest): Answer {
  const asked = request.query.get('authorization_endpoint') ?? ''
  const { host, hostname, pathname } = new URL(URL.canParse(asked) ? asked : 'https://nobody/')
  const isOwn = hostname === '127.0.0.1'
  if (!isOwn && !PUBLIC_HOSTS.includes(host)) {
    const message = 'Unknown or invalid instance.'
    return signInErrorAnswer(400, 'invalid_instance', 50049, message, getOrigin(request))
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

/** The client checks that the issuer is of the authority's own origin. */
function discovery(tenant: string, origin: string): Answer {
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

function unknownTenant(tenant: string, origin: string): Answer {
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  return signInErrorAnswer(400, 'invalid_tenant', 90002, message, origin)
}

function refuse(form: URLSearchParams, account: AzureAccount, origin: string): Answer | undefined {
  const grant = form.get('grant_type')
  if (grant !== 'client_credentials') {
    const message = `The app requested an unsupported grant type '${grant}'.`
    return signInErrorAnswer(400, 'unsupported_grant_type', 70003, message, origin)
  }
  const client = form.get('client_id') ?? ''
  if (client.toLowerCase() !== account.clientId) {
    const message = `Application with identifier '${client}' was not found in the directory '${account.tenantId}'.`
    return signInErrorAnswer(400, 'unauthorized_client', 700016, message, origin)
  }
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    if (isSigned(assertion, account)) return undefined
    const message = `A configuration issue is preventing authentication. The certificate with identifier used to sign the client assertion is not registered on application '${client}'.`
    return signInErrorAnswer(401, 'invalid_client', 700027, message, origin)
  }
  if (form.get('client_secret') !== account.clientSecret) {
    const message = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`
    return signInErrorAnswer(401, 'invalid_client', 7000215, message, origin)
  }
  const scope = form.get('scope') ?? ''
  if (!/(^| )\S+\/\.default( |$)/.test(scope)) {
    const message = `The provided value for the input parameter 'scope' is not valid. The scope '${scope}' does not exist.`
    return signInErrorAnswer(400, 'invalid_scope', 70011, message, origin)
  }
  return undefined
}

/** Whether a client assertion is one of the application's, by the key of its certificate. */
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

/** Three parts, the first two JSON, the third no true signature: clients do not check it. */
function makeToken(account: AzureAccount, scope: string, origin: string): string {
  const now = Math.floor(Date.now() / 1000)
  const header = { typ: 'JWT', alg: 'RS256', kid: 'mock-server' }
  const claims = {
    aud: scope.split(' ')[0]?.replace(/\/\.default$/, ''),
    iss: `${origin}/${account.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + LIFETIME,
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
