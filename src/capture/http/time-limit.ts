import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceError } from '../../errors.ts'

/** In milliseconds; a longer `setTimeout` ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

interface RunningQuery {
  /** The cause that the last failed attempt observed. */
  failure?: string
}

/** Connects a query with its requests, which an SDK sends. */
const RUNNING = new AsyncLocalStorage<RunningQuery>()

/**
 * @param name for messages
 * @param limit for a query with retries, waits and sign-in, in milliseconds; undefined for a replay
 * @throws ServiceError at the time limit, with the cause that the last attempt observed
 */
export async function withTimeLimit<T>(
  name: string,
  limit: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (limit === undefined) return work()
  const query: RunningQuery = {}
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    const end = () => reject(timeLimitError(name, limit, query.failure))
    timer = setTimeout(end, Math.min(limit, LONGEST_TIMER))
  })
  try {
    return await Promise.race([RUNNING.run(query, work), timeout])
  } finally {
    clearTimeout(timer)
  }
}

function timeLimitError(name: string, limit: number, failure: string | undefined): ServiceError {
  const within = `within ${limit / 1000} s, including sign-in and retries`
  const what = failure
    ? `no success ${within}; the last attempt: ${failure}`
    : `no response ${within}`
  return new ServiceError(`${name}: ${what}`, 'Increase the time limit with --patience SECONDS.')
}

/** Notes the cause of an attempt that may be retried. */
export function noteFailure(failure: string | undefined): void {
  const query = RUNNING.getStore()
  if (query !== undefined && failure !== undefined) query.failure = failure
}
