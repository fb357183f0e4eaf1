import { RestError } from '@azure/arm-compute'
import { ServiceError } from '../../errors.ts'

/** 404s that speak of something else than an image, such as a subscription that is none. */
const NOT_OF_AN_IMAGE = /subscription|tenant|resourcetype|provider|location/i

/** Whether the cloud says that it has no such SKU, offer or publisher: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof RestError) || error.statusCode !== 404) return false
  const text = error.response?.bodyAsText ?? ''
  const code = errorCode(text)
  return text.trim() === '' || (code !== undefined && !NOT_OF_AN_IMAGE.test(code))
}

/** Says in one line what the cloud did instead of answering. */
export function describeFailure(error: unknown, question: string): ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error))
  if (error instanceof RestError && error.statusCode !== undefined) {
    const code = errorCode(error.response?.bodyAsText ?? '')
    const status = `${error.statusCode}${code ? ` ${code}` : ''}`
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

function errorCode(body: string): string | undefined {
  try {
    const code: unknown = JSON.parse(body)?.error?.code
    return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : undefined
  } catch {
    return undefined
  }
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
