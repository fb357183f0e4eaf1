import { RestError } from '@azure/arm-compute'
import { connectionFailure, type Fault, remedyFor } from '../../http/failure.ts'
import { SignInStatus } from '../../http/hearing.ts'
import type { Answer } from '../../http/message.ts'

/** 404s that speak of something else than an image, such as a subscription that is none. */
const NOT_OF_AN_IMAGE = /subscription|tenant|resourcetype|provider|location/i

/** Whether the cloud says that it has no such SKU, offer or publisher: an answer, not a failure. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof RestError) || error.statusCode !== 404) return false
  const isPage = (error.response?.bodyAsText ?? '').trim() !== ''
  return !isPage && !NOT_OF_AN_IMAGE.test(codeOf(error) ?? '')
}

/** What an authority said instead of giving a token. */
export class SignInRefusal extends SignInStatus {
  constructor(
    status: number,
    /** Microsoft's number for the reason, without its `AADSTS`. */
    readonly number: string | undefined,
  ) {
    super(status)
    this.name = 'SignInRefusal'
  }

  static of({ status, body }: Answer): SignInRefusal {
    return new SignInRefusal(status, numberIn(body.toString('utf8')))
  }
}

const LOGIN = 'Log in again with az login.'

/** What the numbers of Microsoft's sign-in mean. */
const SIGN_IN: Readonly<Record<string, string>> = {
  '50057': 'the account is disabled',
  '50173': 'the login was revoked',
  '70008': 'the login has expired',
  '70011': 'the scope is not valid',
  '70003': 'the kind of grant is not supported',
  '70043': 'the login has expired',
  '90002': 'there is no such tenant',
  '700016': 'the tenant has no such application',
  '700027': 'the certificate is not one of the application',
  '700082': 'the login has expired',
  '7000112': 'the application is disabled',
  '7000215': 'the client secret is wrong',
  '7000222': 'the client secret has expired',
}

/** The one number that says nothing of the credentials. */
const TRANSIENT = '90033'

const CREDENTIALS =
  'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or AZURE_AUTH_LOCATION to a service principal file, or log in with az login.'

/** What to do about Azure's own codes. */
const REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [
    /^InvalidAuthenticationTokenTenant$/,
    "The credentials are of another tenant than the subscription: set AZURE_TENANT_ID to the subscription's, or log in with az login --tenant.",
  ],
  [
    /^(ExpiredAuthenticationToken|AuthenticationFailedExpiredToken)$/,
    'The token has expired: log in again with az login.',
  ],
  [
    /^MissingSubscriptionRegistration$/,
    'Register it once with az provider register --namespace Microsoft.Compute.',
  ],
  [
    /^Subscription/,
    'Check --subscription: az account list shows those that the credentials may use.',
  ],
  [
    /^(NoRegisteredProviderFound|Location)/,
    'Check --location: az account list-locations shows those that there are.',
  ],
]

/**
 * Reads what the cloud did instead of answering, in our own words, for what an answer says is free
 * text that may name the one who asked.
 *
 * @param origin whose credentials they are, where that is a file
 */
export function readFailure(error: Error, origin: string | undefined): Fault | undefined {
  if (isOfCredentials(error)) return readSignIn(error, origin)
  if (error instanceof RestError && error.code === RestError.PARSE_ERROR) {
    return {
      what: 'the answer is not JSON, or not all of it',
      remedy: 'A proxy or a login page may stand in between; try again.',
    }
  }
  if (error instanceof RestError && error.statusCode !== undefined && error.statusCode !== 200) {
    const { statusCode } = error
    const code = codeOf(error)
    return {
      what: `answered ${[statusCode, code].filter(Boolean).join(' ')}`,
      remedy:
        REMEDIES.find(([pattern]) => pattern.test(code ?? ''))?.[1] ??
        remedyFor(statusCode) ??
        remedyByStatus(statusCode, origin),
    }
  }
  return undefined
}

function readSignIn(error: Error, origin: string | undefined): Fault {
  const refusal = refusalIn(error)
  const told = refusal instanceof SignInRefusal ? refusal.number : undefined
  const number = told ?? numberIn(textOf(error))
  const connection = connectionFailure(error)
  if (number === undefined && connection !== undefined) {
    return { ...connection, what: `the sign-in failed: ${connection.what}` }
  }
  if (number === TRANSIENT) {
    const what = `the sign-in does not work for the moment, AADSTS${TRANSIENT}`
    return { what, remedy: 'Try again later.' }
  }
  const status = refusal?.status ?? 0
  const remedy = remedyFor(status)
  if (remedy !== undefined) return { what: `the sign-in answered ${status}`, remedy }
  const known = number !== undefined && Object.hasOwn(SIGN_IN, number) ? SIGN_IN[number] : undefined
  const answered = refusal && `the sign-in answered ${status}`
  const why = [known, number ? `AADSTS${number}` : answered].filter(Boolean).join(', ')
  return {
    what: `the credentials do not work${why && `: ${why}`}`,
    remedy: origin ?? (/login/.test(known ?? '') ? LOGIN : CREDENTIALS),
  }
}

function refusalIn(error: unknown): SignInStatus | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof SignInStatus) return each
  }
  return undefined
}

function numberIn(text: string): string | undefined {
  return /\bAADSTS([0-9]{4,8})\b/.exec(text)?.[1]
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

function remedyByStatus(status: number, origin: string | undefined): string {
  if (status === 401) return origin ?? LOGIN
  if (status === 403) {
    return 'The credentials need Microsoft.Compute/locations/publishers/…/read on the subscription, as the role Reader has it.'
  }
  return 'Check --subscription and --location.'
}

function isOfCredentials(error: Error): boolean {
  return /^(AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError|ClientAuthError|ServerError)$/.test(
    error.name,
  )
}
