import { EC2ServiceException } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../../errors.ts'
import { connectionFailure } from '../../http/connection-failure.ts'

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
    // A few capitalised words and nothing else: an answer's code may be anything.
    const code = /^([A-Z][a-z]+\.?){1,8}$/.test(error.name) ? error.name : ''
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
      `${question}: the credentials do not work, or there are none`,
      'Set AWS_PROFILE, log in with aws sso login, or set AWS_ACCESS_KEY_ID and its secret.',
      { cause },
    )
  }
  const connection = connectionFailure(cause) ?? 'the answer is no list of images'
  return new ServiceError(`${question}: ${connection}`, undefined, { cause })
}
