import {
  type ErrorRow,
  type Explanation,
  errorTable,
  explainConnection,
  explainResponse,
  explainUnknown,
  messageTable,
  RETRY,
  THROTTLED,
} from '../../http/errors.ts'

export const LOGIN =
  'Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.'
const LOGIN_AGAIN = 'Sign in again with gcloud auth application-default login.'
const API = 'Enable the Compute Engine API in the project of the credentials.'
const PROJECT =
  'Set another project with gcloud auth application-default set-quota-project PROJECT.'
const ADMIN =
  'Ask the administrator of the organization, or use credentials of another organization.'

const POLICY: ErrorRow = ['a policy of the organization does not allow the query', ADMIN]

/** The reasons of the Compute API, in its error list and in `google.api.ErrorReason`. */
const REASONS = errorTable(`
${API}
  accessNotConfigured serviceDisabled SERVICE_DISABLED SERVICE_NOT_VISIBLE: the Compute Engine API is not enabled
${LOGIN}
  authError required keyExpired keyInvalid ACCESS_TOKEN_TYPE_UNSUPPORTED CREDENTIALS_MISSING: the token was rejected
  forbidden IAM_PERMISSION_DENIED: the account is not allowed to read the image
${LOGIN_AGAIN}
  ACCESS_TOKEN_EXPIRED: the token has expired
Sign in with gcloud auth application-default login, or grant the machine the scope compute.readonly.
  ACCESS_TOKEN_SCOPE_INSUFFICIENT insufficientPermissions: the token has no scope for Compute
Enable billing in the project of the credentials, or use other credentials.
  BILLING_DISABLED: billing is not enabled
${PROJECT}
  CONSUMER_INVALID RESOURCE_PROJECT_INVALID: the quota project does not exist
  CONSUMER_SUSPENDED GCP_SUSPENDED: the quota project is suspended
  USER_PROJECT_DENIED: the account is not allowed to use its quota project
${ADMIN}
  SECURITY_POLICY_VIOLATED VPC_SERVICE_CONTROLS vpcServiceControls: VPC Service Controls do not allow the query
  RESOURCE_USAGE_RESTRICTION_VIOLATED LOCATION_POLICY_VIOLATED LOCATION_ORG_POLICY_VIOLATED ORG_RESTRICTION_VIOLATION ORG_RESTRICTION_HEADER_INVALID TLS_ORG_POLICY_VIOLATED: a policy of the organization does not allow the query
  ACCESS_DENIED_BY_ACCESS_CONTEXT: an access level of the organization is not met
${THROTTLED}
  quotaExceeded rateLimitExceeded userRateLimitExceeded RATE_LIMIT_EXCEEDED RESOURCE_QUOTA_EXCEEDED: too many requests
Check --gcp-endpoint and the criteria.
  badRequest invalid: the request is malformed
  notFound: not found
${RETRY}
  backendError internalError: internal service error
`)

/** The codes of OAuth, the Security Token Service and the IAM Credentials API. */
const OAUTH = errorTable(`
${LOGIN_AGAIN}
  invalid_grant: the login has expired or was revoked
  invalid_rapt rapt_required: the login has expired
  invalid_token UNAUTHENTICATED: the token was rejected
${LOGIN}
  invalid_client: the client of the credentials is invalid
  deleted_client: the client of the credentials was deleted
  unauthorized_client: the client of the credentials is not allowed to sign in
  invalid_scope: the scope is invalid
${ADMIN}
  access_denied admin_policy_enforced: the administrator does not allow the sign-in
Compare issuer, subject and audience of the CI token with the workload identity provider.
  invalid_target: the identity pool or provider does not exist
  invalid_request: the identity provider rejected the token
Grant the account roles/iam.serviceAccountTokenCreator on the service account.
  PERMISSION_DENIED: the account is not allowed to impersonate the service account
Check service_account_impersonation_url.
  NOT_FOUND: the service account does not exist
`)

/** Descriptions of `invalid_grant`, which has several causes. */
const DESCRIPTIONS = messageTable(`
Correct this machine's clock.
  reasonable timeframe|iat.*exp|JWT.*(time|clock): this machine's clock is wrong
Create a new key of the service account, and set GOOGLE_APPLICATION_CREDENTIALS to it.
  Invalid JWT Signature: the key of the service account was deleted
  account not found|invalid_gaia: the service account does not exist
Sign in again with gcloud auth application-default login, or request a new token in the CI job.
  (id|subject|oidc)[ _]?token.*(expired|stale): the token has expired
`)

/** Whether the project does not allow its images to be listed, which is a result, not a failure. */
export function isForbidden(error: unknown): boolean {
  const refusal = readRefusal(error)
  return refusal?.code === 403 && LISTING.includes(refusal.reason) && !refusal.isPolicy
}

/** The reasons for a missing permission; any other 403 would fail every query. */
const LISTING = ['forbidden', 'IAM_PERMISSION_DENIED']

export function isNotFound(error: unknown): boolean {
  return readRefusal(error)?.code === 404
}

export function isReason(value: unknown): boolean {
  return typeof value === 'string' && REASONS.has(value)
}

export function explainQuery(error: Error): Explanation | undefined {
  const status = getStatus(error)
  if (status === undefined) return undefined
  const refusal = readRefusal(error)
  const reason = refusal?.reason ?? ''
  const table = refusal?.isPolicy ? new Map(REASONS).set('forbidden', POLICY) : REASONS
  return explainResponse(status, reason, refusal?.message, table)
}

export function explainSignIn(error: Error, host: string | undefined): Explanation | undefined {
  const place = host === undefined ? 'sign-in' : `sign-in at ${host}`
  const { response } = error as { response?: { data?: Record<string, unknown> } }
  const data = Object(response?.data) as Record<string, unknown>
  const nested = Object(data.error) as Record<string, unknown>
  const description = String(data.error_description ?? nested.message ?? error.message)
  const codes = [data.error_subtype, data.error, nested.status, findCode(error.message)]
  const code = codes.find((each): each is string => OAUTH.has(String(each)))
  const isGrant = code === 'invalid_grant'
  const [, described] = DESCRIPTIONS.find(([each]) => isGrant && each.test(description)) ?? []
  const [meaning, remedy] = described ?? OAUTH.get(code ?? '') ?? []
  if (meaning !== undefined) return { cause: `${place} failed: ${meaning} (${code})`, remedy }
  const status = getStatus(error)
  return status === undefined
    ? undefined
    : explainResponse(status, String(codes[1] ?? ''), description, OAUTH, place)
}

const MESSAGES = messageTable(`
Download the key again: its line ends must be written as \\n in the JSON text.
  DECODER|PEM|private key|asn1|1E08010C: the private key is malformed
Check credential_source in the file of GOOGLE_APPLICATION_CREDENTIALS.
  file at .* does not exist|no such file|subject token: the file with the CI token cannot be read
${LOGIN}
  does not contain a|incoming JSON: the credentials are incomplete
  the response has no token: the response has no token
`)

export function explainMessage(error: Error): Explanation {
  const [, row] = MESSAGES.find(([pattern]) => pattern.test(error.message)) ?? []
  if (row) return { cause: `sign-in failed: ${row[0]}`, remedy: row[1] }
  return explainConnection(error) ?? explainUnknown(error, 'sign-in failed: ')
}

/** Some credentials of the library throw an error with the code in its message. */
function findCode(message: string): string | undefined {
  return [...OAUTH.keys()].find((code) => message.includes(code))
}

function getStatus(error: unknown): number | undefined {
  const { response } = (error ?? {}) as { response?: { status?: unknown } }
  return typeof response?.status === 'number' ? response.status : undefined
}

/**
 * The error in a response of Compute; a page of a proxy has none. The details are more exact than the
 * older list of errors, even with an unknown reason.
 */
function readRefusal(error: unknown) {
  const { response } = (error ?? {}) as { response?: { data?: unknown } }
  const { error: refusal } = Object(response?.data) as { error?: Record<string, unknown> }
  if (typeof refusal?.code !== 'number' || refusal.code !== getStatus(error)) return undefined
  const { code, message, details, errors } = refusal
  const [reason = ''] = [details, errors]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((each) => [Object(each).reason, ...getViolationTypes(Object(each).violations)])
    .filter((text) => typeof text === 'string' && text !== '')
  // An error about a policy of the organization may have any reason.
  const isPolicy = /organization's policy|vpcServiceControls|access level/i.test(String(message))
  return { code, reason: String(reason), message, isPolicy }
}

function getViolationTypes(violations: unknown): unknown[] {
  return Array.isArray(violations) ? violations.map((each) => Object(each).type) : []
}
