import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceError } from '../../errors.ts'

export interface TimeLimit {
  /** For a query with retries, waits and sign-in. */
  readonly milliseconds: number
  readonly onWait?: ((text: string) => void) | undefined
}

/** In milliseconds; a longer wait is reported. */
const LONG_WAIT = 3_000

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
 * @param limit undefined for a replay
 * @throws ServiceError at the time limit, with the cause that the last attempt observed
 */
export async function withTimeLimit<T>(
  name: string,
  limit: TimeLimit | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (limit === undefined) return work()
  const milliseconds = Math.min(limit.milliseconds, LONGEST_TIMER)
  const query: RunningQuery = {}
  const timers: NodeJS.Timeout[] = []
  const timeout = new Promise<never>((_, reject) => {
    timers.push(setTimeout(() => reject(timeLimitError(name, limit, query)), milliseconds))
    if (limit.onWait !== undefined) {
      timers.push(setTimeout(() => limit.onWait?.(`${name}: waiting for a response`), LONG_WAIT))
    }
  })
  try {
    return await Promise.race([RUNNING.run(query, work), timeout])
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

function timeLimitError(
  name: string,
  { milliseconds }: TimeLimit,
  { failure }: RunningQuery,
): ServiceError {
  const within = `within ${milliseconds / 1000} s, including sign-in and retries`
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
