import {
  type ErrorRow,
  type ErrorTable,
  type Explanation,
  explainConnection,
  explainResponse,
  explainUnknown,
  find,
} from '../../http/errors.ts'

export const LOGIN =
  'Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.'
const LOGIN_AGAIN = 'Sign in again with gcloud auth application-default login.'
const API = 'Enable the Compute Engine API in the project of the credentials.'
const PROJECT =
  'Set another project with gcloud auth application-default set-quota-project PROJECT.'
const BILLING = 'Enable billing in the project of the credentials, or use other credentials.'
const ADMIN =
  'Ask the administrator of the organization, or use credentials of another organization.'
const SCOPE =
  'Sign in with gcloud auth application-default login, or give the machine the scope compute.readonly.'
const ENDPOINT = 'Check --gcp-endpoint and the criteria.'
const THROTTLED = 'Try again later, or with a lower --concurrency.'
const RETRY = 'Try again later.'
const KEY = 'Create a new key of the service account, and set GOOGLE_APPLICATION_CREDENTIALS to it.'
const FEDERATION =
  'Compare issuer, subject and audience of the CI token with the workload identity provider.'

const DISABLED: ErrorRow = ['the Compute Engine API is not enabled', API]
const BUSY: ErrorRow = ['too many requests', THROTTLED]
const POLICY: ErrorRow = ['a policy of the organization does not allow the query', ADMIN]
const TOKEN: ErrorRow = ['the token is not accepted', LOGIN]
const FORBIDDEN: ErrorRow = ['the account may not read the image', LOGIN]
const NO_SCOPE: ErrorRow = ['the token has no scope for Compute', SCOPE]

/** The reasons of the Compute API: those of its error list, and of `google.api.ErrorReason`. */
const REASONS: ErrorTable = {
  accessNotConfigured: DISABLED,
  serviceDisabled: DISABLED,
  SERVICE_DISABLED: DISABLED,
  SERVICE_NOT_VISIBLE: DISABLED,
  authError: TOKEN,
  required: TOKEN,
  keyExpired: TOKEN,
  keyInvalid: TOKEN,
  ACCESS_TOKEN_EXPIRED: ['the token has expired', LOGIN_AGAIN],
  ACCESS_TOKEN_TYPE_UNSUPPORTED: TOKEN,
  ACCOUNT_STATE_INVALID: ['the account is disabled or deleted', LOGIN],
  USER_BLOCKED_BY_ADMIN: ['the account is blocked by its administrator', ADMIN],
  CREDENTIALS_MISSING: TOKEN,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: NO_SCOPE,
  insufficientPermissions: NO_SCOPE,
  forbidden: FORBIDDEN,
  IAM_PERMISSION_DENIED: FORBIDDEN,
  BILLING_DISABLED: ['billing is not enabled', BILLING],
  CONSUMER_INVALID: ['the quota project does not exist', PROJECT],
  CONSUMER_SUSPENDED: ['the quota project is suspended', PROJECT],
  GCP_SUSPENDED: ['the quota project is suspended', PROJECT],
  RESOURCE_PROJECT_INVALID: ['the quota project does not exist', PROJECT],
  USER_PROJECT_DENIED: ['the account may not use its quota project', PROJECT],
  SECURITY_POLICY_VIOLATED: ['VPC Service Controls do not allow the query', ADMIN],
  VPC_SERVICE_CONTROLS: ['VPC Service Controls do not allow the query', ADMIN],
  vpcServiceControls: ['VPC Service Controls do not allow the query', ADMIN],
  RESOURCE_USAGE_RESTRICTION_VIOLATED: POLICY,
  LOCATION_POLICY_VIOLATED: POLICY,
  LOCATION_ORG_POLICY_VIOLATED: POLICY,
  ORG_RESTRICTION_VIOLATION: POLICY,
  ORG_RESTRICTION_HEADER_INVALID: POLICY,
  TLS_ORG_POLICY_VIOLATED: POLICY,
  ACCESS_DENIED_BY_ACCESS_CONTEXT: ['an access level of the organization is not met', ADMIN],
  dailyLimitExceeded: ['the quota of the day is used up', 'Try again tomorrow.'],
  quotaExceeded: BUSY,
  rateLimitExceeded: BUSY,
  userRateLimitExceeded: BUSY,
  RATE_LIMIT_EXCEEDED: BUSY,
  RESOURCE_QUOTA_EXCEEDED: BUSY,
  badRequest: ['the request is malformed', ENDPOINT],
  invalid: ['the request is malformed', ENDPOINT],
  notFound: ['not found', ENDPOINT],
  backendError: ['internal error of the service', RETRY],
  internalError: ['internal error of the service', RETRY],
}

/** The codes of OAuth, of the Security Token Service and of IAM's credentials API. */
const OAUTH: ErrorTable = {
  invalid_grant: ['the login has expired or was revoked', LOGIN_AGAIN],
  invalid_rapt: ['the login has expired', LOGIN_AGAIN],
  rapt_required: ['the login has expired', LOGIN_AGAIN],
  invalid_client: ['the client of the credentials is invalid', LOGIN],
  deleted_client: ['the client of the credentials was deleted', LOGIN],
  disabled_client: ['the client of the credentials is disabled', LOGIN],
  unauthorized_client: ['the client of the credentials may not sign in', LOGIN],
  access_denied: ['the administrator does not allow the sign-in', ADMIN],
  admin_policy_enforced: ['the administrator does not allow the sign-in', ADMIN],
  account_disabled: ['the account is disabled', LOGIN],
  invalid_scope: ['the scope is invalid', LOGIN],
  invalid_target: ['the identity pool or provider does not exist', FEDERATION],
  invalid_request: ['the identity provider rejected the token', FEDERATION],
  invalid_token: ['the token is not accepted', LOGIN_AGAIN],
  PERMISSION_DENIED: [
    'the account may not act for the service account',
    'Give it the role roles/iam.serviceAccountTokenCreator on the service account.',
  ],
  NOT_FOUND: ['the service account does not exist', 'Check service_account_impersonation_url.'],
  UNAUTHENTICATED: ['the token is not accepted', LOGIN_AGAIN],
}

/** What Google says in a description, where one code has several causes. */
const DESCRIPTIONS: readonly (readonly [pattern: RegExp, code: string, ...ErrorRow])[] = [
  [
    /reasonable timeframe|iat.*exp|JWT.*(time|clock)/i,
    'invalid_grant',
    "this machine's clock is wrong",
    "Set this machine's clock.",
  ],
  [/Invalid JWT Signature/i, 'invalid_grant', 'the key of the service account was deleted', KEY],
  [/account not found|invalid_gaia/i, 'invalid_grant', 'the service account does not exist', KEY],
  [
    /(id|subject|oidc)[ _]?token.*(expired|stale)/i,
    'invalid_grant',
    'the token has expired',
    'Sign in again with gcloud auth application-default login, or request a new token in the CI job.',
  ],
]

/** Whether the project does not allow its images to be listed: a result, not a failure. */
export function isForbidden(error: unknown): boolean {
  const refusal = readRefusal(error)
  return refusal?.code === 403 && LISTING.includes(refusal.reason) && !refusal.isPolicy
}

/** The reasons for a missing permission; any other 403 would fail every query. */
const LISTING = ['forbidden', 'IAM_PERMISSION_DENIED']

/** Whether the API reports that there is no such image. */
export function isNotFound(error: unknown): boolean {
  return readRefusal(error)?.code === 404
}

/** A reason that a recording may contain. */
export function isReason(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(REASONS, value)
}

/** Explains what Compute returned instead of an image. */
export function explainQuery(error: Error): Explanation | undefined {
  const status = getStatus(error)
  if (status === undefined) return undefined
  const refusal = readRefusal(error)
  const reason = refusal?.reason ?? ''
  const table = refusal?.isPolicy ? { ...REASONS, forbidden: POLICY } : REASONS
  return explainResponse(status, reason, refusal?.message, table)
}

/** Explains a sign-in that was refused; undefined if nothing was returned. */
export function explainSignIn(error: Error, host: string | undefined): Explanation | undefined {
  const place = host === undefined ? 'sign-in' : `sign-in at ${host}`
  const { response } = error as { response?: { data?: Record<string, unknown> } }
  const data = Object(response?.data) as Record<string, unknown>
  const nested = Object(data.error) as Record<string, unknown>
  const description = String(data.error_description ?? nested.message ?? error.message)
  const codes = [data.error_subtype, data.error, nested.status, codeIn(error.message)]
  const code = codes.find((each): each is string => typeof each === 'string' && each in OAUTH)
  const status = getStatus(error)
  const described = DESCRIPTIONS.find(([pattern, of]) => code === of && pattern.test(description))
  if (described) {
    const [, , meaning, remedy] = described
    return { cause: `${place} failed: ${meaning} (${code})`, remedy }
  }
  const row = code === undefined ? undefined : find(OAUTH, code)
  if (row) return { cause: `${place} failed: ${row[0]} (${code})`, remedy: row[1] }
  if (status === undefined) return undefined
  const { cause, remedy } = explainResponse(status, String(codes[1] ?? ''), description, OAUTH)
  return { cause: `${place} ${cause}`, remedy }
}

/** What the library reports without any response. */
const MESSAGES: readonly (readonly [pattern: RegExp, ...ErrorRow])[] = [
  [
    /universe domain/i,
    'the credentials are for another universe than googleapis.com',
    'Use credentials of Google Cloud.',
  ],
  [
    /DECODER|PEM|private key|asn1|1E08010C/i,
    'the private key is malformed',
    'Download the key again: its line ends must stay \\n within the JSON text.',
  ],
  [
    /GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES/,
    'executables are not allowed as a source of credentials',
    'Set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1.',
  ],
  [
    /file at .* does not exist|no such file|subject token/i,
    'the file with the CI token cannot be read',
    'Check credential_source in the file of GOOGLE_APPLICATION_CREDENTIALS.',
  ],
  [/does not contain a|incoming JSON/i, 'the credentials are incomplete', LOGIN],
  [/the response has no token/, 'the response has no token', LOGIN],
]

export function explainMessage(error: Error): Explanation {
  const [, meaning, remedy] = MESSAGES.find(([pattern]) => pattern.test(error.message)) ?? []
  if (meaning !== undefined) return { cause: `sign-in failed: ${meaning}`, remedy }
  return explainConnection(error) ?? explainUnknown(error, 'sign-in failed: ')
}

/** Some kinds of credentials put the code into a message of their own. */
function codeIn(message: string): string | undefined {
  return Object.keys(OAUTH).find((code) => message.includes(code))
}

function getStatus(error: unknown): number | undefined {
  const { response } = (error ?? {}) as { response?: { status?: unknown } }
  return typeof response?.status === 'number' ? response.status : undefined
}

interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: unknown
  /** Set if a policy of the organization is named, with any reason. */
  readonly isPolicy: boolean
}

/**
 * The API's own words: a proxy's page with the same status is not a response of Compute. The details
 * are more exact than the older list of errors, also with an unknown reason.
 */
function readRefusal(error: unknown): Refusal | undefined {
  const { response } = (error ?? {}) as { response?: { data?: unknown } }
  const { error: refusal } = Object(response?.data) as { error?: Record<string, unknown> }
  if (typeof refusal?.code !== 'number' || refusal.code !== getStatus(error)) return undefined
  const { code, message, details, errors } = refusal
  const reasons = (list: unknown) =>
    (Array.isArray(list) ? list : []).flatMap((each: unknown) => {
      const { reason, violations } = Object(each) as { reason?: unknown; violations?: unknown }
      const types = Array.isArray(violations) ? violations.map((one) => Object(one).type) : []
      return [reason, ...types].filter((text) => typeof text === 'string' && text !== '')
    })
  const [reason = ''] = [...reasons(details), ...reasons(errors)] as string[]
  const isPolicy = /organization's policy|vpcServiceControls|access level/i.test(String(message))
  return { code, reason, message, isPolicy }
}
