/**
 * Ends a command. The command line prints the message, the lines and the remedy, and exits with
 * `exitCode`.
 */
export abstract class UserError extends Error {
  abstract readonly exitCode: 1 | 2 | 3
  /** Details below the message, such as one line for each of several errors. */
  readonly lines: readonly string[]

  constructor(
    message: string,
    readonly remedy?: string,
    { lines = [], ...options }: ErrorOptions & { readonly lines?: readonly string[] } = {},
  ) {
    super(message, options)
    this.name = new.target.name
    this.lines = lines
  }
}

/** A check failed: a difference, skew, an invalid snapshot, a refused loss. */
export class CheckFailure extends UserError {
  readonly exitCode = 1
}

/** An invalid command line or input file; the message has the position and what was expected. */
export class InputError extends UserError {
  readonly exitCode = 2
}

/**
 * A file of a later version of stream-snapshot. Not an InputError, so that commands that ignore an
 * invalid file do not overwrite it.
 */
export class LaterVersionError extends UserError {
  readonly exitCode = 2
}

/** A cloud, the build server or the credentials failed; the message has the request and the cause. */
export class ServiceError extends UserError {
  readonly exitCode = 3
}

/** No credentials were found for a cloud. `cosa2stream` then only captures builds. */
export class MissingCredentials extends ServiceError {
  /** The errors of several clouds. */
  all: readonly MissingCredentials[] = []
}

/** The build server does not have a build. */
export class MissingBuild extends ServiceError {
  /** @param response such as `https://a.example/meta.json: returned 404` */
  constructor(
    readonly release: string | undefined,
    readonly response: string,
    what: string,
    remedy: string,
  ) {
    super(`${response}: ${what}`, remedy)
  }
}

/** False for free text, ids, and keys of AWS, which have 40 characters. */
export function isErrorCode(code: string): boolean {
  return /^(ERR_[A-Z0-9_]{1,80}|(?=.{2,39}$)[A-Za-z][A-Za-z_.]+[0-9]{0,8})$/.test(code)
}

interface Described {
  readonly message: string
  readonly remedy?: string | undefined
  readonly lines?: readonly string[]
}

/** The lines of an error that combines several: each message with its lines and its remedy. */
export function errorLines(errors: readonly Described[], hasRemedies = true): string[] {
  return errors.flatMap(({ message, lines = [], remedy }) => [
    message,
    ...lines.map((line) => `  ${line}`),
    ...(hasRemedies && remedy !== undefined ? [`  ${remedy}`] : []),
  ])
}
