import { EC2ServiceException } from '@aws-sdk/client-ec2'
import { connectionFailure, type Fault, remedyFor } from '../../http/failure.ts'
import { SignInStatus } from '../../http/hearing.ts'
import { isAnswered } from '../../http/question.ts'
import { SignInFailure } from './client.ts'
import { ForeignAnswer } from './handler.ts'

/** What to do about EC2's and STS's own codes; their messages name the account, so are not shown. */
const REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [
    /^(UnauthorizedOperation|AccessDenied)/,
    'The credentials need ec2:DescribeImages and ec2:DescribeRegions; where a policy closes some regions, name others with --regions.',
  ],
  [
    /^(AuthFailure|OptInRequired)$/,
    'The region may not be enabled for the account: name others with --regions, or check AWS_PROFILE.',
  ],
  [
    /^(ExpiredToken|RequestExpired)/,
    'The session has expired: log in again with aws sso login, or renew AWS_SESSION_TOKEN.',
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidIdentityToken)/,
    'The credentials do not work: check AWS_PROFILE, or log in with aws sso login.',
  ],
  [
    /Throttl|RequestLimitExceeded|TooManyRequests/,
    'Try again later, or with a lower --concurrency.',
  ],
]

const CREDENTIALS =
  'Set AWS_PROFILE, log in with aws sso login, or set AWS_ACCESS_KEY_ID and its secret.'

/** Reads what EC2, or whoever gives out credentials, did instead of answering. */
export function readFailure(error: Error): Fault | undefined {
  if (error instanceof SignInFailure) return readSignIn(error)
  if (error instanceof ForeignAnswer) {
    const { status } = error
    if (status === 200) return { what: 'the answer is no list of images', remedy: AWAY }
    return { what: `answered ${status}, and not in EC2's words`, remedy: remedyFor(status) ?? AWAY }
  }
  if (error instanceof EC2ServiceException) {
    const { httpStatusCode: status = 0 } = error.$metadata
    const code = codeOf(error)
    return {
      what: `answered ${[status, code].filter(Boolean).join(' ')}`,
      remedy:
        REMEDIES.find(([pattern]) => pattern.test(code))?.[1] ??
        remedyFor(status) ??
        'Check AWS_PROFILE and --regions.',
    }
  }
  return undefined
}

const AWAY = 'A proxy or a login page may stand in between: check HTTPS_PROXY and the endpoint.'

function readSignIn({ cause, heard }: SignInFailure): Fault {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const connection = connectionFailure(heard) ?? connectionFailure(error)
  if (connection !== undefined) return { ...connection, what: `the sign-in: ${connection.what}` }
  const foreign = [error, heard].find((each) => each instanceof ForeignAnswer)
  if (foreign !== undefined) {
    const remedy = remedyFor(foreign.status) ?? AWAY
    if (foreign.status === 200) return { what: UNREADABLE, remedy }
    return { what: `the sign-in answered ${foreign.status}, and not in AWS's words`, remedy }
  }
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  const status =
    $metadata?.httpStatusCode ?? (heard instanceof SignInStatus ? heard.status : undefined)
  if (status === 200) return { what: UNREADABLE, remedy: AWAY }
  if (status !== undefined) {
    const code = $metadata === undefined ? '' : codeOf(error)
    return {
      what: `the sign-in answered ${[status, code].filter(Boolean).join(' ')}`,
      remedy: code.startsWith('AccessDenied')
        ? 'The credentials may not have the role: check AWS_PROFILE and AWS_ROLE_ARN.'
        : (REMEDIES.find(([pattern]) => pattern.test(code))?.[1] ??
          remedyFor(status) ??
          CREDENTIALS),
    }
  }
  return isAnswered()
    ? { what: UNREADABLE, remedy: AWAY }
    : { what: 'the credentials do not work, or there are none', remedy: CREDENTIALS }
}

const UNREADABLE = "the sign-in's answer cannot be read"

/** A few capitalised words and nothing else: an answer's code may be anything. */
function codeOf({ name }: Error): string {
  return /^([A-Z][a-z]+\.?){1,8}$/.test(name) ? name.replace(/Exception$/, '') : ''
}
