import { RestError } from '@azure/arm-compute'
import { ServiceError } from '../../../errors.ts'
import { connectionFailure } from '../../http/connection-failure.ts'

/** 404s that speak of something else than an image, such as a subscription that is none. */
const NOT_OF_AN_IMAGE = /subscription|tenant|resourcetype|provider|location/i

/** Whether the cloud says that it has no such SKU, offer or publisher: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof RestError) || error.statusCode !== 404) return false
  const isPage = (error.response?.bodyAsText ?? '').trim() !== ''
  return !isPage && !NOT_OF_AN_IMAGE.test(codeOf(error) ?? '')
}

/** What the numbers of Microsoft's sign-in mean. */
const SIGN_IN: Readonly<Record<string, string>> = {
  '70011': 'the scope is not valid',
  '70003': 'the kind of grant is not supported',
  '90002': 'there is no such tenant',
  '90033': 'the sign-in does not work for the moment',
  '700016': 'the tenant has no such application',
  '7000112': 'the application is disabled',
  '7000215': 'the client secret is wrong',
  '7000222': 'the client secret has expired',
}

const CREDENTIALS_REMEDY =
  'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or AZURE_AUTH_LOCATION to a service principal file, or log in with az login.'

/**
 * Says in one line what the cloud did instead of answering: in our own words, for what an answer
 * says is free text that may name the one who asked.
 */
export function describeFailure(error: unknown, question: string): ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error))
  const fail = (what: string, remedy?: string) =>
    new ServiceError(`${question}: ${what}`, remedy, { cause })
  const connection = connectionFailure(cause)
  if (isOfCredentials(cause)) {
    const number = /\bAADSTS([0-9]{4,8})\b/.exec(textOf(cause))?.[1]
    if (number === undefined && connection !== undefined) {
      return fail(`the sign-in failed: ${connection}`)
    }
    const why = number === undefined ? undefined : describeSignIn(number)
    return fail(
      `the credentials do not work${why === undefined ? '' : `: ${why}`}`,
      CREDENTIALS_REMEDY,
    )
  }
  if (error instanceof RestError && error.statusCode !== undefined && error.statusCode !== 200) {
    const { statusCode } = error
    const status = [statusCode, codeOf(error)].filter(Boolean).join(' ')
    return fail(`answered ${status}`, remedyFor(statusCode))
  }
  return fail(connection ?? 'the answer cannot be read')
}

function describeSignIn(number: string): string {
  const known = Object.hasOwn(SIGN_IN, number) ? SIGN_IN[number] : undefined
  return [known, `AADSTS${number}`].filter(Boolean).join(', ')
}

/** The message and those that it comes of: the library hides the answer behind its own. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { errors = [] } = error as { errors?: unknown[] }
  return [error.message, textOf(error.cause), ...errors.map(textOf)].join('\n')
}

/** Azure's own code for an error, such as `AuthorizationFailed`; anything else may be anything. */
function codeOf({ code }: RestError): string | undefined {
  return code !== undefined && isAzureCode(code) ? code : undefined
}

/** A few capitalised words and nothing else. */
export function isAzureCode(code: string): boolean {
  return code.length <= 60 && /^([A-Z][a-z]+){1,7}$/.test(code)
}

function remedyFor(status: number): string | undefined {
  if (status === 400) return 'Check --subscription and --location.'
  if (status === 401 || status === 403) {
    return 'The credentials need Microsoft.Compute/locations/publishers/…/read on the subscription, as the role Reader has it.'
  }
  return status === 429 ? 'Try again later, or with a lower --concurrency.' : undefined
}

function isOfCredentials(error: Error): boolean {
  return /^(AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError|ClientAuthError|ServerError)$/.test(
    error.name,
  )
}
