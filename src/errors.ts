/**
 * What ends a command early. Thrown where it is found, caught once, at the command line, which prints
 * the message in one line, its lines, the remedy, and exits with `exitCode`.
 */
export abstract class UserError extends Error {
  abstract readonly exitCode: 1 | 2 | 3
  /** Where there are several of a kind: one for each, while the message counts them. */
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

/** A check found what it looks for: a difference, skew, a broken snapshot, a refused regression. */
export class CheckFailure extends UserError {
  readonly exitCode = 1
}

/** The command line or an input file is wrong: says which file, where in it, and what was expected. */
export class InputError extends UserError {
  readonly exitCode = 2
}

/**
 * A file of a later version of stream-snapshot. It is no InputError, so that commands which go on
 * without an invalid file do not overwrite this one.
 */
export class LaterVersionError extends UserError {
  readonly exitCode = 2
}

/** A cloud, the build server or the credentials failed: names the request and the cause. */
export class ServiceError extends UserError {
  readonly exitCode = 3
}

/** No credentials were found for a cloud. `cosa2stream` then captures the builds alone. */
export class MissingCredentials extends ServiceError {}

/** A code, and not free text, an id or a key of AWS, which has 40 characters. */
export function isErrorCode(code: string): boolean {
  return /^(ERR_[A-Z0-9_]{1,80}|(?=.{2,39}$)[A-Za-z][A-Za-z_.]+[0-9]{0,8})$/.test(code)
}
