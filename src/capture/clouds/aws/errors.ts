import { EC2ServiceException } from '@aws-sdk/client-ec2'
import {
  type ErrorTable,
  type Explanation,
  errorTable,
  explainMalformed,
  explainResponse,
  messageTable,
  RETRY,
  THROTTLED,
  TransportError,
} from '../../http/errors.ts'
import type { Send } from '../../http/message.ts'

const LOGIN = 'Sign in again with aws sso login, or renew AWS_SESSION_TOKEN.'
const SSO = 'Sign in with aws sso login.'
const KEYS = 'Check the keys of AWS_PROFILE, or of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'

export const CREDENTIALS =
  'Sign in with aws sso login and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'

const SERVICE_ERRORS = errorTable(`
Set --regions to regions that are enabled in the account, or check the keys.
  AuthFailure: the region is not enabled, or the keys are not valid
Grant the account ec2:DescribeImages and ec2:DescribeRegions; with --regions, ec2:DescribeImages is sufficient.
  UnauthorizedOperation AccessDenied: the account is not allowed to list images
Complete the sign-up in the AWS console, or use another account with AWS_PROFILE.
  OptInRequired: the account is not signed up for EC2
${LOGIN}
  ExpiredToken: the session has expired
  RequestExpired: the session has expired, or this machine's clock is wrong
${KEYS}
  InvalidClientTokenId UnrecognizedClient InvalidAccessKeyId: the access key does not exist
  SignatureDoesNotMatch InvalidSignature: the secret access key is wrong
Correct this machine's clock.
  RequestTimeTooSkewed RequestInTheFuture: this machine's clock is wrong
${THROTTLED}
  Throttling ThrottlingException RequestLimitExceeded TooManyRequestsException EC2ThrottledException: too many requests
${RETRY}
  InternalError InternalFailure ServerInternal: internal service error
  ServiceUnavailable Unavailable: the service is not available
  RequestTimeout: the service timed out
`)

/** The codes of STS, IAM Identity Center and the metadata services. */
const SIGN_IN_ERRORS = new Map([
  ...SERVICE_ERRORS,
  ...errorTable(`
Check AWS_ROLE_ARN and role_arn, and allow the caller in the trust policy of the role.
  AccessDenied AccessDeniedException UnauthorizedOperation: the caller is not allowed to assume the role
  ForbiddenException: the account or role of the profile is not assigned to the user
  ResourceNotFoundException: the account or role of the profile does not exist
  ValidationError: role or token is malformed
${SSO}
  UnauthorizedException InvalidGrantException: the SSO session has expired
  InvalidClientException: the SSO client registration has expired
  InvalidRequestException UnauthorizedClientException: the SSO session is not valid
Request a new token in the CI job, and check this machine's clock.
  ExpiredTokenException: the token has expired
${LOGIN}
  ExpiredToken: the token has expired
Compare issuer, subject and audience of the CI token with the trust policy of the role.
  InvalidIdentityToken InvalidIdentityTokenException: the role does not trust the issuer of the token
  IDPRejectedClaim IDPRejectedClaimException: the identity provider rejected the token
Set AWS_REGION to a region that the account has enabled.
  RegionDisabled RegionDisabledException: STS is not enabled in the region
`),
])

const PROVIDER_MESSAGES = messageTable(`
Run eval "$(aws configure export-credentials --format env)", which prompts for the code, and unset AWS_PROFILE.
  requires multi-?factor authentication: the profile requires multi-factor authentication
${SSO}
  SSO session .*expired|Token is expired: the SSO session has expired
  SSO session .*(invalid|not found)|SSO Token: not signed in to SSO
Sign in again with aws login.
  re-authenticate using aws login: the login has expired
Run aws configure sso.
  invalid SSO credentials|Conflicting SSO|Sso session .*(could not be found|missing): the SSO settings of the profile are incomplete
Run the credential_process command to see the error, and correct the command in the AWS config file.
  Command failed|credential_process (returned|did not return)|credentials from .* credential_process: credential_process of the profile failed
Set its keys with aws configure, or set AWS_PROFILE to another profile.
  Could not resolve credentials using profile: the profile does not exist, or its credentials are incomplete
Correct source_profile in the AWS config file.
  Detected a cycle: source_profile of the profile is circular
Assign a role to the machine or the container.
  HTTP credential provider response not of the required format|Invalid response received from instance metadata: the metadata service returned no credentials
Check AWS_CONTAINER_AUTHORIZATION_TOKEN, and assign a role to the container.
  Server responded with status: the container service refused to return credentials
`)

/** For a foreign response, such as a page of a proxy, the SDK throws an error without the status. */
export function refuseOtherHosts(send: Send): Send {
  return async (request) => {
    const response = await send(request)
    const { status, body } = response
    const start = body.subarray(0, 1000).toString('utf8').trimStart()
    if (/^(\{|(<\?xml[^>]*>\s*)?<(\w*Response|Error)\b)/.test(start)) return response
    const { cause, remedy } = explainResponse(status, '', undefined)
    const error = new TransportError(
      `${status === 200 ? '' : `${cause}; `}the response is not from AWS`,
      '',
      remedy && (status === 407 || status >= 500) ? remedy : NOT_AWS,
    )
    // By this status the SDK decides whether to retry.
    throw Object.assign(error, { $metadata: { httpStatusCode: status } })
  }
}

const NOT_AWS =
  'Check HTTPS_PROXY and the endpoint: a proxy or a sign-in page may have sent the response.'

export function explainQuery(error: Error): Explanation | undefined {
  return error instanceof EC2ServiceException ? explainException(error, SERVICE_ERRORS) : undefined
}

interface ServiceException {
  readonly name: string
  readonly message: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

function explainException(
  { name, message, $metadata }: ServiceException,
  table: ErrorTable,
  place?: string,
): Explanation {
  return explainResponse($metadata?.httpStatusCode ?? 0, name, message, table, place)
}

/** @param reports the messages of the SDK's credential providers, in their order */
export function explainSignIn(
  error: Error,
  reports: readonly string[],
  host: string | undefined,
): Explanation | undefined {
  const place = host === undefined ? 'sign-in' : `sign-in at ${host}`
  const { $metadata } = error as Partial<ServiceException>
  const malformed = explainMalformed(error)
  if (malformed) return { ...malformed, cause: `${place}: ${malformed.cause}` }
  if ($metadata?.httpStatusCode !== undefined) {
    return explainException(error, SIGN_IN_ERRORS, place)
  }
  const [, code = ''] = /^([A-Z][A-Za-z]+): /.exec(error.message) ?? []
  const row = SIGN_IN_ERRORS.get(code)
  if (row) return { cause: `${place} returned ${code}: ${row[0]}`, remedy: row[1] }
  const all = [...reports, error.message]
  for (const [pattern, [meaning, remedy]] of PROVIDER_MESSAGES) {
    const report = all.find((each) => pattern.test(each))
    const status = report && /status: ([0-9]+)/.exec(report)?.[1]
    if (report) return { cause: status ? `${meaning} (${status})` : meaning, remedy }
  }
  return undefined
}
