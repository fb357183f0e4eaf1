import { MissingCredentials, ServiceError, UserError } from '../errors.ts'
import type { Connection } from './clouds/cloud.ts'

type Settled<T> = { -readonly [At in keyof T]: Awaited<T[At]> }

/** Waits for all parts. @throws AggregateError with all failures */
export async function settle<const T extends readonly unknown[]>(parts: T): Promise<Settled<T>> {
  const settled = await Promise.allSettled(parts)
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (errors.length > 0) throw new AggregateError(errors)
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as Settled<T>
}

function flatten(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(flatten) : [error]
}

export function combineFailures(error: unknown): unknown {
  const errors = flatten(error)
  const bug = errors.find((each) => !(each instanceof UserError))
  if (bug !== undefined || errors.length === 1) return bug ?? errors[0]
  const failed = errors as readonly UserError[]
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

/**
 * Waits for the queries of a cloud, whose failures get the advice what to do if only some failed.
 * @throws AggregateError with all failures
 */
export async function settleQueries<Image>(
  { remedyWithout }: Connection<object, object>,
  queries: readonly object[],
  sent: readonly PromiseSettledResult<Image>[],
): Promise<Image[]> {
  const failed = queries.filter((_, at) => sent[at]?.status === 'rejected')
  const isPartial = failed.length > 0 && failed.length < queries.length
  const advice = isPartial ? remedyWithout?.(failed, queries) : undefined
  return settle(
    sent.map((each) => {
      if (each.status === 'fulfilled') return each.value
      return Promise.reject(advice === undefined ? each.reason : withAdvice(each.reason, advice))
    }),
  ) as Promise<Image[]>
}

function withAdvice(error: unknown, advice: string): unknown {
  if (!(error instanceof ServiceError)) return error
  const { remedy: own, lines } = error
  const remedy = own === undefined || own.includes('--regions') ? advice : `${own} ${advice}`
  return new ServiceError(error.message, remedy, { cause: error, lines })
}
