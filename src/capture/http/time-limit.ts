import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceError } from '../../errors.ts'

export interface TimeLimit {
  /** Including retries, the waits between them and the sign-in; in milliseconds. */
  readonly milliseconds: number
  readonly onWait?: ((text: string) => void) | undefined
}

/** When a wait is worth a message, in milliseconds. */
const LONG_WAIT = 3_000

/** A longer `setTimeout` ends at once. In milliseconds. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** The query that is running; the transport finds it whichever SDK is in between. */
interface RunningQuery {
  readonly name: string
  readonly limit: TimeLimit
  readonly deadline: number
  /** What the last attempt that failed observed. */
  failure?: string | undefined
  /** Why the query is given up; it replaces the SDK's own error. */
  refusal?: ServiceError
}

const RUNNING = new AsyncLocalStorage<RunningQuery>()

/**
 * Runs a query and ends it at its time limit.
 * @param name in a few words, for errors
 * @param limit undefined for a replay, which has no deadline
 * @throws ServiceError when it takes too long, with what the last attempt observed
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

/** Notes what an attempt observed that may be retried. */
export function noteFailure(failure: string | undefined): void {
  const query = RUNNING.getStore()
  if (query !== undefined && failure !== undefined) query.failure = failure
}

/**
 * Notes the wait that a server requires.
 * @throws when that is longer than the time that is left
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
