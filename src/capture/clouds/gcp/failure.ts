import { ServiceError } from '../../../errors.ts'
import { connectionFailure } from '../../http/connection-failure.ts'

/** What the Compute API says of a failure; undefined for a failure of another kind. */
interface Refusal {
  readonly code: number
  readonly reason: string
}

/** Refusals that are not about listing: they would befall any question. */
const OF_THE_CALLER = /limit|quota|notConfigured|disabled/i

/** Whether the project does not let its images be listed. */
export function isForbidden(error: unknown): boolean {
  return statusOf(error) === 403 && !OF_THE_CALLER.test(refusalOf(error)?.reason ?? '')
}

/** Whether the cloud says that it has no such image: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  return refusalOf(error)?.code === 404
}

/** Says in one line what the cloud did instead of answering. */
export function describeFailure(error: unknown, question: string): ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error))
  const status = statusOf(error)
  if (status !== undefined) {
    const reason = refusalOf(error)?.reason
    return new ServiceError(
      `${question}: answered ${[status, reason].filter(Boolean).join(' ')}`,
      remedyFor(status, reason ?? ''),
      { cause },
    )
  }
  const connection = connectionFailure(cause)
  if (connection === undefined && OF_CREDENTIALS.test(cause.message)) {
    return new ServiceError(
      `${question}: the credentials do not work, or there are none`,
      'Log in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.',
      { cause },
    )
  }
  return new ServiceError(`${question}: ${connection ?? 'the answer cannot be read'}`, undefined, {
    cause,
  })
}

/** The library has no kinds of errors; its messages are looked at and, as free text, not shown. */
const OF_CREDENTIALS = /credential|refresh|token|authenticate|GOOGLE_APPLICATION|invalid_grant/i

/** The reasons that the Compute API gives; any other may be anything. */
const REASONS: readonly string[] = [
  'accessNotConfigured',
  'authError',
  'backendError',
  'badRequest',
  'dailyLimitExceeded',
  'forbidden',
  'insufficientPermissions',
  'internalError',
  'invalid',
  'keyExpired',
  'keyInvalid',
  'notFound',
  'quotaExceeded',
  'rateLimitExceeded',
  'required',
  'serviceDisabled',
  'userRateLimitExceeded',
]

function statusOf(error: unknown): number | undefined {
  const { response } = (error ?? {}) as { response?: { status?: unknown } }
  return typeof response?.status === 'number' ? response.status : undefined
}

/** Only the API's own words count: a proxy's page with the same status is no answer. */
function refusalOf(error: unknown): Refusal | undefined {
  const { response } = (error ?? {}) as { response?: { data?: unknown } }
  const { error: refusal } = (response?.data ?? {}) as { error?: Record<string, unknown> }
  if (typeof refusal?.code !== 'number' || refusal.code !== statusOf(error)) return undefined
  const [first] = Array.isArray(refusal.errors) ? refusal.errors : []
  const reason: unknown = first?.reason
  return {
    code: refusal.code,
    reason: typeof reason === 'string' && REASONS.includes(reason) ? reason : '',
  }
}

function remedyFor(status: number, reason: string): string | undefined {
  if (status === 429 || /limit|quota/i.test(reason)) {
    return 'Try again later, or with a lower --concurrency.'
  }
  if (/notConfigured|disabled/i.test(reason)) {
    return "Enable the Compute Engine API in the credentials' project."
  }
  if (status === 401 || status === 403) {
    return 'Any account can get these images: check gcloud auth application-default login.'
  }
  return undefined
}
