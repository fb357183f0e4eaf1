import { RestError } from '@azure/arm-compute'
import { ServiceError } from '../../errors.ts'

/** 404s that speak of something else than an image, such as a subscription that is none. */
const NOT_OF_AN_IMAGE = /subscription|tenant|resourcetype|provider|location/i

/** Whether the cloud says that it has no such SKU, offer or publisher: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof RestError) || error.statusCode !== 404) return false
  const isPage = (error.response?.bodyAsText ?? '').trim() !== ''
  return !isPage && !NOT_OF_AN_IMAGE.test(codeOf(error) ?? '')
}

/** Says in one line what the cloud did instead of answering. */
export function describeFailure(error: unknown, question: string): ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error))
  if (error instanceof RestError && error.statusCode !== undefined) {
    const status = [error.statusCode, codeOf(error)].filter(Boolean).join(' ')
    return new ServiceError(`${question}: answered ${status}`, remedyFor(error.statusCode), {
      cause,
    })
  }
  if (isOfCredentials(cause)) {
    return new ServiceError(
      `${question}: the credentials do not work: ${firstLine(cause.message)}`,
      'Set AZURE_AUTH_LOCATION to a service principal file, or log in with az login.',
      { cause },
    )
  }
  return new ServiceError(`${question}: ${firstLine(cause.message)}`, undefined, { cause })
}

/** Azure's own code for an error, such as `AuthorizationFailed`. */
function codeOf({ code }: RestError): string | undefined {
  return code !== undefined && /^[\w.-]{1,80}$/.test(code) ? code : undefined
}

function remedyFor(status: number): string | undefined {
  if (status === 401 || status === 403) {
    return 'The credentials need Microsoft.Compute/locations/publishers/…/read on the subscription, as the role Reader has it.'
  }
  return status === 429 ? 'Try again later, or with a lower --concurrency.' : undefined
}

function isOfCredentials(error: Error): boolean {
  return /^(AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError)$/.test(
    error.name,
  )
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim()
}
