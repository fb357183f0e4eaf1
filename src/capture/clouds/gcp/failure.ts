import { connectionFailure, type Fault, remedyFor } from '../../http/failure.ts'
import { isAnswered } from '../../http/question.ts'
import { SignInFailure } from './client.ts'

/** Whether the project does not let its images be listed: an answer, not a failure. */
export function isForbidden(error: unknown): boolean {
  return statusOf(error) === 403 && LISTING.includes(refusalOf(error)?.reason ?? '')
}

/** What a permission that is missing is called; any other 403 would befall any question. */
const LISTING = ['forbidden', 'IAM_PERMISSION_DENIED']

/** Whether the cloud says that it has no such image: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  return refusalOf(error)?.code === 404
}

const LOGIN =
  'Log in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.'
const API = "Enable the Compute Engine API in the credentials' project."

/** The reasons that the Compute API gives, with what to do; any other may be anything. */
const REASONS: Readonly<Record<string, string>> = {
  accessNotConfigured: API,
  ACCESS_TOKEN_EXPIRED: LOGIN,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT:
    'The credentials lack the scope compute.readonly: log in with gcloud auth application-default login, or give it to the machine.',
  ACCESS_TOKEN_TYPE_UNSUPPORTED: LOGIN,
  authError: LOGIN,
  backendError: 'Try again later.',
  badRequest: 'Check --gcp-endpoint and the criteria.',
  BILLING_DISABLED: "Enable billing in the credentials' project, or use those of another.",
  CONSUMER_INVALID:
    'The quota project does not exist: set another with gcloud auth application-default set-quota-project.',
  dailyLimitExceeded: 'Try again tomorrow.',
  forbidden: LOGIN,
  IAM_PERMISSION_DENIED: LOGIN,
  insufficientPermissions:
    'The credentials lack the scope compute.readonly: log in with gcloud auth application-default login, or give it to the machine.',
  internalError: 'Try again later.',
  invalid: 'Check --gcp-endpoint and the criteria.',
  keyExpired: LOGIN,
  keyInvalid: LOGIN,
  notFound: 'Check --gcp-endpoint and the criteria.',
  quotaExceeded: 'Try again later, or with a lower --concurrency.',
  rateLimitExceeded: 'Try again later, or with a lower --concurrency.',
  required: 'Check --gcp-endpoint and the criteria.',
  serviceDisabled: API,
  SERVICE_DISABLED: API,
  USER_PROJECT_DENIED:
    'The credentials may not use their quota project: set another with gcloud auth application-default set-quota-project.',
  userRateLimitExceeded: 'Try again later, or with a lower --concurrency.',
}

/**
 * What was recorded of a refusal is all that a replay has: its code, and reasons of this form.
 */
export function isReason(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(REASONS, value)
}

/** Reads what the cloud, or whoever gives out credentials, did instead of answering. */
export function readFailure(error: Error, asked: string): Fault | undefined {
  if (error instanceof SignInFailure) return readSignIn(error.cause, error.heard)
  const status = statusOf(error)
  if (status === undefined) return undefined
  // An expired token is renewed in the middle of a question, and the library throws what comes of it.
  if (originOf(error) !== undefined && originOf(error) !== asked)
    return readSignIn(error, undefined)
  const reason = refusalOf(error)?.reason ?? ''
  return {
    what: `answered ${[status, reason].filter(Boolean).join(' ')}`,
    remedy: REASONS[reason] ?? remedyFor(status) ?? LOGIN,
  }
}

/** The codes of OAuth, and what they mean here. */
const OAUTH: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  invalid_grant: [
    'the login has expired or was revoked',
    'Log in again with gcloud auth application-default login.',
  ],
  invalid_rapt: [
    'the login has expired',
    'Log in again with gcloud auth application-default login.',
  ],
  invalid_client: ["the credentials' client is not valid", LOGIN],
  deleted_client: ["the credentials' client was deleted", LOGIN],
  unauthorized_client: ["the credentials' client may not sign in", LOGIN],
  invalid_scope: ['the scope is not valid', LOGIN],
  invalid_target: ['the identity pool does not know the audience', LOGIN],
}

function readSignIn(cause: unknown, heard: Error | undefined): Fault {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const { response } = error as { response?: { data?: Record<string, unknown> } }
  const status = statusOf(error)
  const codes = [response?.data?.error_subtype, response?.data?.error, oauthIn(error.message)]
  const code = codes.find((each) => typeof each === 'string' && Object.hasOwn(OAUTH, each))
  const [what, remedy] = OAUTH[String(code)] ?? []
  if (what !== undefined) return { what: `${what} (${code})`, remedy }
  if (status !== undefined) {
    return { what: `the sign-in answered ${status}`, remedy: remedyFor(status) ?? LOGIN }
  }
  const connection = connectionFailure(heard) ?? connectionFailure(error)
  if (connection !== undefined) return { ...connection, what: `the sign-in: ${connection.what}` }
  return isAnswered()
    ? { what: "the sign-in's answer cannot be read", remedy: 'A login page may stand in between.' }
    : { what: 'the credentials do not work, or there are none', remedy: LOGIN }
}

/** Some of the library's credentials put the code into a message of their own. */
function oauthIn(message: string): string | undefined {
  return Object.keys(OAUTH).find((code) => message.includes(code))
}

function statusOf(error: unknown): number | undefined {
  const { response } = (error ?? {}) as { response?: { status?: unknown } }
  return typeof response?.status === 'number' ? response.status : undefined
}

/** Whom the library asked last. */
function originOf(error: Error): string | undefined {
  const { config } = error as { config?: { url?: unknown } }
  const url = String(config?.url ?? '')
  return URL.canParse(url) ? new URL(url).origin : undefined
}

interface Refusal {
  readonly code: number
  readonly reason: string
}

/**
 * Only the API's own words count: a proxy's page with the same status is no answer. The details,
 * where there are any, are exacter than the older list of errors.
 */
function refusalOf(error: unknown): Refusal | undefined {
  const { response } = (error ?? {}) as { response?: { data?: unknown } }
  const { error: refusal } = (response?.data ?? {}) as { error?: Record<string, unknown> }
  if (typeof refusal?.code !== 'number' || refusal.code !== statusOf(error)) return undefined
  const reasons = [refusal.details, refusal.errors]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((each: { reason?: unknown } | null) => each?.reason)
  return { code: refusal.code, reason: String(reasons.find(isReason) ?? '') }
}
