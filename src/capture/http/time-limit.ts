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
  readonly name: string
  readonly limit: TimeLimit
  readonly deadline: number
  /** The cause that the last failed attempt observed. */
  failure?: string | undefined
  /** Replaces the error of the SDK. */
  refusal?: ServiceError
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
  const query: RunningQuery = { name, limit, deadline: Date.now() + milliseconds }
  const timers: NodeJS.Timeout[] = []
  const timeout = new Promise<never>((_, reject) => {
    timers.push(setTimeout(() => reject(timeLimitError(query)), milliseconds))
    if (limit.onWait !== undefined) {
      timers.push(setTimeout(() => limit.onWait?.(`${name}: waiting for a response`), LONG_WAIT))
    }
  })
  try {
    return await Promise.race([RUNNING.run(query, work), timeout])
  } catch (error) {
    throw query.refusal ?? error
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

function timeLimitError({ name, limit, failure }: RunningQuery): ServiceError {
  const within = `within ${limit.milliseconds / 1000} s, including sign-in and retries`
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

/**
 * Notes the wait that a server requires, in seconds.
 * @throws ServiceError if the wait is longer than the remaining time
 */
export function noteWait(wait: number | undefined): void {
  const query = RUNNING.getStore()
  if (query === undefined || wait === undefined) return
  if (wait * 1000 < query.deadline - Date.now()) {
    if (wait * 1000 < LONG_WAIT) return
    query.limit.onWait?.(`${query.name}: the server requires a wait of ${wait} s`)
    return
  }
  const seconds = query.limit.milliseconds / 1000
  query.refusal = new ServiceError(
    `${query.name}: the server requires a wait of ${wait} s, longer than the time limit of ${seconds} s`,
    'Try again later, or increase the time limit with --patience SECONDS.',
  )
  throw query.refusal
}
