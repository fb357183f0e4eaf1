import { EC2ServiceException } from '@aws-sdk/client-ec2'
import {
  type ErrorRow,
  type ErrorTable,
  type Explanation,
  explainMalformed,
  explainResponse,
  find,
} from '../../http/errors.ts'

const LOGIN = 'Sign in again with aws sso login, or renew AWS_SESSION_TOKEN.'
const SSO = 'Sign in with aws sso login.'
const KEYS = 'Check the keys of AWS_PROFILE, or of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
const CLOCK = "Set this machine's clock."
const PERMISSIONS =
  'Allow ec2:DescribeImages and ec2:DescribeRegions to the account; with --regions, ec2:DescribeImages is enough.'
const REGION = 'Query regions that the account has enabled with --regions, or check the keys.'
const ACCOUNT = 'Complete the account in the AWS console, or use another one with AWS_PROFILE.'
const THROTTLED = 'Try again later, or with a lower --concurrency.'
const RETRY = 'Try again later.'
const ROLE =
  'Check AWS_ROLE_ARN and role_arn, and allow the caller in the trust policy of the role.'
const FEDERATION =
  'Compare issuer, subject and audience of the CI token with the trust policy of the role.'
const ASSERTION = "Request a new token in the CI job, and check this machine's clock."

export const CREDENTIALS =
  'Sign in with aws sso login and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'

const EXPIRED: ErrorRow = ['the session has expired', LOGIN]
const BUSY: ErrorRow = ['too many requests', THROTTLED]
const FORBIDDEN: ErrorRow = ['the account may not list images', PERMISSIONS]

/** The codes of EC2. */
const SERVICE_ERRORS: ErrorTable = {
  AuthFailure: ['the region is not enabled, or the keys are not valid', REGION],
  UnauthorizedOperation: FORBIDDEN,
  AccessDenied: FORBIDDEN,
  Blocked: ['the account is blocked', ACCOUNT],
  OptInRequired: ['the account has no EC2', ACCOUNT],
  PendingVerification: ['the account is not verified yet', ACCOUNT],
  ExpiredToken: EXPIRED,
  RequestExpired: ["the session has expired, or this machine's clock is wrong", LOGIN],
  InvalidClientTokenId: ['the access key does not exist', KEYS],
  UnrecognizedClient: ['the access key does not exist', KEYS],
  InvalidAccessKeyId: ['the access key does not exist', KEYS],
  IncompleteSignature: ['the signature is malformed', KEYS],
  MissingAuthenticationToken: ['the keys are missing', KEYS],
  SignatureDoesNotMatch: ['the secret access key is wrong', KEYS],
  InvalidSignature: ['the secret access key is wrong', KEYS],
  RequestTimeTooSkewed: ["this machine's clock is wrong", CLOCK],
  RequestInTheFuture: ["this machine's clock is wrong", CLOCK],
  Throttling: BUSY,
  ThrottlingException: BUSY,
  ThrottledException: BUSY,
  RequestThrottled: BUSY,
  RequestThrottledException: BUSY,
  RequestLimitExceeded: BUSY,
  TooManyRequests: BUSY,
  TooManyRequestsException: BUSY,
  BandwidthLimitExceeded: BUSY,
  EC2ThrottledException: BUSY,
  PriorRequestNotComplete: BUSY,
  SlowDown: BUSY,
  InternalError: ['internal error of the service', RETRY],
  InternalFailure: ['internal error of the service', RETRY],
  ServerInternal: ['internal error of the service', RETRY],
  ServiceUnavailable: ['the service is not available', RETRY],
  Unavailable: ['the service is not available', RETRY],
  RequestTimeout: ['the service timed out', RETRY],
  NoSuchVersion: ['the endpoint does not support the API version', 'Check AWS_ENDPOINT_URL_EC2.'],
  InvalidAction: ['the endpoint is not EC2', 'Check AWS_ENDPOINT_URL_EC2.'],
  InvalidVpcEndpoint: ['the VPC endpoint does not allow the query', PERMISSIONS],
}

/** The codes of STS, IAM Identity Center and the container and machine services. */
const SIGN_IN_ERRORS: ErrorTable = {
  ...SERVICE_ERRORS,
  AccessDenied: ['the caller may not assume the role', ROLE],
  AccessDeniedException: ['the caller may not assume the role', ROLE],
  UnauthorizedOperation: ['the caller may not assume the role', ROLE],
  ForbiddenException: ['the account or role of the profile is not assigned to the user', ROLE],
  ResourceNotFoundException: ['the account or role of the profile does not exist', ROLE],
  UnauthorizedException: ['the SSO session has expired', SSO],
  InvalidGrantException: ['the SSO session has expired', SSO],
  ExpiredTokenException: ['the token has expired', ASSERTION],
  ExpiredToken: ['the token has expired', LOGIN],
  InvalidClientException: ['the SSO client registration has expired', SSO],
  InvalidRequestException: ['the SSO session is not valid', SSO],
  UnauthorizedClientException: ['the SSO session is not valid', SSO],
  InvalidIdentityToken: ['the role does not trust the issuer of the token', FEDERATION],
  InvalidIdentityTokenException: ['the role does not trust the issuer of the token', FEDERATION],
  IDPRejectedClaim: ['the identity provider rejected the token', FEDERATION],
  IDPRejectedClaimException: ['the identity provider rejected the token', FEDERATION],
  IDPCommunicationError: ['AWS cannot reach the identity provider', RETRY],
  IDPCommunicationErrorException: ['AWS cannot reach the identity provider', RETRY],
  RegionDisabled: [
    'STS is not enabled in the region',
    'Set AWS_REGION to a region that the account has enabled.',
  ],
  RegionDisabledException: [
    'STS is not enabled in the region',
    'Set AWS_REGION to a region that the account has enabled.',
  ],
  ValidationError: ['role or token is malformed', ROLE],
}

/** What the SDK's credential providers report, in their order of precedence. */
const PROVIDER_MESSAGES: readonly (readonly [pattern: RegExp, ...ErrorRow])[] = [
  [
    /requires multi-?factor authentication/i,
    'the profile requires multi-factor authentication',
    'Run eval "$(aws configure export-credentials --format env)", which asks for the code, and unset AWS_PROFILE.',
  ],
  [/SSO session .*expired|Token is expired/i, 'the SSO session has expired', SSO],
  [/SSO session .*(invalid|not found)|SSO Token|SSO token/i, 'not signed in to SSO', SSO],
  [/re-authenticate using aws login/i, 'the login has expired', 'Sign in again with aws login.'],
  [
    /invalid SSO credentials|Conflicting SSO|Sso session .*(could not be found|missing)/i,
    'the SSO settings of the profile are incomplete',
    'Run aws configure sso.',
  ],
  [
    /Detected a cycle/i,
    'source_profile leads back to the profile',
    'Correct source_profile in the AWS config file.',
  ],
  [
    /Unsupported credential source/i,
    'credential_source of the profile is not supported',
    'Set credential_source to Environment, Ec2InstanceMetadata or EcsContainer.',
  ],
  [
    /Command failed|credential_process (returned|did not return)|credentials from .* credential_process/i,
    'credential_process of the profile failed',
    'Run its command to see why, and correct credential_process in the AWS config file.',
  ],
  [
    /Could not resolve credentials using profile/i,
    'the profile has no credentials',
    'Set its keys with aws configure, or AWS_PROFILE to another profile.',
  ],
  [
    /URL not accepted|not a valid container metadata service/i,
    'AWS_CONTAINER_CREDENTIALS_FULL_URI is not a container address',
    'Correct or unset AWS_CONTAINER_CREDENTIALS_FULL_URI.',
  ],
  [
    /HTTP credential provider response not of the required format|Invalid response received from instance metadata/i,
    'the metadata service returned no credentials',
    'Assign a role to the machine or the container.',
  ],
  [
    /Server responded with status: ([0-9]+)/i,
    'the container service refused to return credentials',
    'Check AWS_CONTAINER_AUTHORIZATION_TOKEN, and assign a role to the container.',
  ],
]

/** A response that is not of AWS, such as a proxy's page. */
export class ForeignResponse extends Error {
  /** Where the SDK finds whether to retry. */
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(readonly status: number) {
    super(`the response is not from AWS (status ${status})`)
    this.name = 'ForeignResponse'
    this.$metadata = { httpStatusCode: status }
  }
}

const NOT_AWS =
  'Check HTTPS_PROXY and the endpoint: a proxy or a sign-in page may have sent the response.'

/** Explains what EC2 returned instead of the account's regions; it does so in an enabled region. */
export function explainListing(error: Error): Explanation | undefined {
  const isKey = error instanceof EC2ServiceException && error.name === 'AuthFailure'
  if (!isKey) return explainQuery(error)
  return explainException(error, { AuthFailure: ['the keys are not valid', KEYS] })
}

/** Explains what EC2 returned instead of images. */
export function explainQuery(error: Error): Explanation | undefined {
  const foreign = explainForeign(error)
  if (foreign) return foreign
  if (/fips/.test(String((findCode(error) as { hostname?: string } | undefined)?.hostname))) {
    return {
      cause: 'the region has no FIPS endpoint (ENOTFOUND)',
      remedy: 'Unset AWS_USE_FIPS_ENDPOINT, or query other regions with --regions.',
    }
  }
  return error instanceof EC2ServiceException ? explainException(error, SERVICE_ERRORS) : undefined
}

function explainForeign(error: unknown): Explanation | undefined {
  const status = foreignStatus(error)
  if (status === undefined) return undefined
  if (status === 200) return { cause: 'the response is not from AWS', remedy: NOT_AWS }
  const { cause, remedy } = explainResponse(status, '', undefined, {})
  return { cause: `${cause}; the response is not from AWS`, remedy: remedy ?? NOT_AWS }
}

/** The status of a foreign response, which some providers of the SDK only repeat in their message. */
function foreignStatus(error: unknown): number | undefined {
  if (error instanceof ForeignResponse) return error.status
  const message = error instanceof Error ? error.message : ''
  const status = /ForeignResponse: .*\(status ([0-9]+)\)/.exec(message)?.[1]
  return status === undefined ? undefined : Number(status)
}

function findCode(error: unknown): Error | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ((each as NodeJS.ErrnoException).code === 'ENOTFOUND') return each
  }
  return undefined
}

/** In milliseconds; AWS accepts five minutes. */
const SKEW = 300_000

/** What the SDK throws for a response that is an error. */
interface ServiceException {
  readonly name: string
  readonly message: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

function explainException(error: ServiceException, table: ErrorTable): Explanation {
  const { name, message, $metadata, $response } = error
  const status = $metadata?.httpStatusCode ?? 0
  const explained = explainResponse(status, name, message, table)
  const difference = Date.now() - Date.parse($response?.headers?.date ?? '')
  if (!(Math.abs(difference) > SKEW) || status < 400 || status >= 500) return explained
  const minutes = Math.round(difference / 60_000)
  return {
    cause: `${explained.cause}; this machine's clock differs from AWS by ${minutes} minutes`,
    remedy: CLOCK,
  }
}

/**
 * Explains a sign-in that failed: what a service returned, else what the providers reported.
 *
 * @param reports the messages of the SDK's providers, in their order
 * @param host of the last request
 */
export function explainSignIn(
  error: Error,
  reports: readonly string[],
  host: string | undefined,
): Explanation | undefined {
  const place = host === undefined ? 'sign-in' : `sign-in at ${host}`
  const { $metadata } = error as Partial<ServiceException>
  const foreign = explainForeign(error) ?? explainMalformed(error)
  if (foreign) return { ...foreign, cause: `${place}: ${foreign.cause}` }
  if ($metadata?.httpStatusCode !== undefined) {
    const { cause, remedy } = explainException(error, SIGN_IN_ERRORS)
    return { cause: `${place} ${cause}`, remedy }
  }
  const [, code = ''] = /^([A-Z][A-Za-z]+): /.exec(error.message) ?? []
  const row = find(SIGN_IN_ERRORS, code)
  if (row) return { cause: `${place} returned ${code}: ${row[0]}`, remedy: row[1] }
  const all = [...reports, error.message]
  for (const [pattern, meaning, remedy] of PROVIDER_MESSAGES) {
    const report = all.find((each) => pattern.test(each))
    const status = report && /status: ([0-9]+)/.exec(report)?.[1]
    if (report) return { cause: status ? `${meaning} (${status})` : meaning, remedy }
  }
  return undefined
}
