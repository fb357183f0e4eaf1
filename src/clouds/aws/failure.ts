import { EC2ServiceException } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../errors.ts'

/** What to do about EC2's own codes; their messages name the account, so they are not shown. */
const REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [
    /^(UnauthorizedOperation|AccessDenied)/,
    'The credentials need ec2:DescribeImages and ec2:DescribeRegions.',
  ],
  [
    /^(AuthFailure|OptInRequired)$/,
    'The region may not be enabled for the account: name others with --regions, or check AWS_PROFILE.',
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|ExpiredToken|RequestExpired)/,
    'The credentials do not work: check AWS_PROFILE, or log in with aws sso login.',
  ],
  [
    /Throttl|RequestLimitExceeded|TooManyRequests/,
    'Try again later, or with a lower --concurrency.',
  ],
]

/** Says in one line what EC2 did instead of answering. */
export function describeFailure(error: unknown, question: string): ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error))
  if (error instanceof EC2ServiceException) {
    const { httpStatusCode: status } = error.$metadata
    const code = /^[\w.-]{1,80}$/.test(error.name) ? error.name : ''
    const remedy = REMEDIES.find(([pattern]) => pattern.test(code))?.[1]
    return new ServiceError(
      `${question}: answered ${[status, code].filter(Boolean).join(' ')}`,
      remedy,
      { cause },
    )
  }
  if (cause.name === 'TimeoutError') {
    return new ServiceError(`${question}: no answer in time`, undefined, { cause })
  }
  if (/Credential|SSO|Token/.test(cause.name)) {
    return new ServiceError(
      `${question}: the credentials do not work: ${firstLine(cause.message)}`,
      'Set AWS_PROFILE, log in with aws sso login, or set AWS_ACCESS_KEY_ID and its secret.',
      { cause },
    )
  }
  return new ServiceError(`${question}: ${firstLine(cause.message)}`, undefined, { cause })
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim()
}
