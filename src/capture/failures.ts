import { errorLines, MissingCredentials, ServiceError, UserError } from '../errors.ts'
import { conceal } from '../secrets.ts'

type Settled<T> = { -readonly [At in keyof T]: Awaited<T[At]> }

/** Waits for all parts. @throws AggregateError with all failures */
export async function settle<const T extends readonly unknown[]>(parts: T): Promise<Settled<T>> {
  const settled = await Promise.allSettled(parts)
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (errors.length > 0) throw new AggregateError(errors)
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as Settled<T>
}

/** The error without ids and secrets of the account, which a message of a cloud may contain. */
export function withoutIds(error: unknown, known: readonly string[]): unknown {
  if (error instanceof AggregateError) {
    return new AggregateError(error.errors.map((each) => withoutIds(each, known)))
  }
  if (!(error instanceof UserError)) return error
  const { message, lines } = error
  return Object.assign(error, {
    message: conceal(message, known),
    lines: lines.map((line) => conceal(line, known)),
  })
}

function flatten(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(flatten) : [error]
}

/** One error for all failures; a bug takes precedence. */
export function combineFailures(error: unknown): unknown {
  const errors = flatten(error)
  const bug = errors.find((each) => !(each instanceof UserError))
  if (bug !== undefined || errors.length === 1) return bug ?? errors[0]
  const failed = errors as readonly UserError[]
  const [remedy, ...others] = new Set(failed.map((each) => each.remedy))
  const isCommon = others.length === 0
  const isMissing = failed.every((each) => each instanceof MissingCredentials)
  const lines = errorLines(failed, !isCommon)
  const common = isCommon ? remedy : undefined
  return isMissing
    ? missingCredentials(failed as readonly MissingCredentials[], common, lines)
    : new ServiceError(`${failed.length} queries failed`, common, { lines })
}

export function missingCredentials(
  all: readonly MissingCredentials[],
  remedy: string | undefined,
  lines = errorLines(all),
): MissingCredentials {
  const message = `missing credentials for ${all.length} clouds`
  return Object.assign(new MissingCredentials(message, remedy, { lines }), { all })
}

/** The failures of a cloud's queries, with advice if other queries succeeded. */
export function combineQueryFailures<Query>(
  failures: ReadonlyMap<Query, unknown>,
  all: readonly Query[],
  remedyWithout: (failed: readonly Query[], all: readonly Query[]) => string,
): AggregateError {
  const failed = all.filter((each) => failures.has(each))
  const errors = failed.map((each) => failures.get(each))
  if (failed.length === all.length) return new AggregateError(errors)
  const advice = remedyWithout(failed, all)
  return new AggregateError(
    errors.map((error) => {
      if (!(error instanceof ServiceError)) return error
      const { message, remedy, lines } = error
      const isCovered = remedy === undefined || remedy.includes('--regions')
      const combined = isCovered ? advice : `${remedy} ${advice}`
      return new ServiceError(message, combined, { cause: error, lines })
    }),
  )
}
