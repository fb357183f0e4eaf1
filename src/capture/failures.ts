import { MissingCredentials, ServiceError, UserError } from '../errors.ts'
import type { Connection } from './clouds/cloud.ts'

type Settled<T> = { -readonly [At in keyof T]: Awaited<T[At]> }

/** Waits for all parts. @throws one error for all that failed */
export async function settle<const T extends readonly unknown[]>(parts: T): Promise<Settled<T>> {
  const settled = await Promise.allSettled(parts)
  throwAll(settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])))
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as Settled<T>
}

/** The failures of several parts, until all parts have finished. */
class Failures extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super('several parts failed')
  }
}

function throwAll(thrown: readonly unknown[]): void {
  const errors = thrown.flatMap((each) => (each instanceof Failures ? each.errors : [each]))
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Failures(errors)
}

/** One error with a line for each part that failed; bugs come first. */
export function combineFailures(error: unknown): unknown {
  if (!(error instanceof Failures)) return error
  const bug = error.errors.find((each) => !(each instanceof UserError))
  if (bug !== undefined) return bug
  const failed = error.errors as readonly UserError[]
  const remedies = [...new Set(failed.map(({ remedy }) => remedy))]
  const [first] = remedies
  const isCommon = remedies.length === 1
  const isMissing = failed.every((each) => each instanceof MissingCredentials)
  const Kind = isMissing ? MissingCredentials : ServiceError
  const what = isMissing
    ? `missing credentials for ${failed.length} clouds`
    : `${failed.length} queries failed`
  return new Kind(what, isCommon ? first : undefined, {
    lines: failed.flatMap(({ message, lines, remedy }) => [
      message,
      ...[...lines, ...(isCommon || !remedy ? [] : [remedy])].map((line) => `  ${line}`),
    ]),
  })
}

interface Result<Image> {
  readonly query: object
  readonly outcome: PromiseSettledResult<readonly Image[] | undefined>
}

/**
 * The images of each query.
 *
 * @throws every failure of a cloud, with what to do if only some queries failed
 */
export function refuseFailures<Image>(
  { remedyWithout }: Connection<object, object>,
  results: readonly Result<Image>[],
): { readonly query: object; readonly images: readonly Image[] | undefined }[] {
  const found = results.flatMap(({ query, outcome }) =>
    outcome.status === 'fulfilled' ? [{ query, images: outcome.value }] : [],
  )
  const failed = results.flatMap(({ query, outcome }) =>
    outcome.status === 'rejected' ? [{ query, error: outcome.reason as unknown }] : [],
  )
  const isPartial = failed.length > 0 && found.length > 0
  const advice = isPartial ? remedyWithout?.(queriesOf(failed), queriesOf(results)) : undefined
  throwAll(failed.map(({ error }) => (advice === undefined ? error : withAdvice(error, advice))))
  return found
}

function queriesOf(results: readonly { readonly query: object }[]): object[] {
  return results.map(({ query }) => query)
}

function withAdvice(error: unknown, advice: string): unknown {
  if (!(error instanceof ServiceError)) return error
  const { remedy: own } = error
  const remedy = own === undefined || own.includes('--regions') ? advice : `${own} ${advice}`
  return new ServiceError(error.message, remedy, { cause: error, lines: error.lines })
}
