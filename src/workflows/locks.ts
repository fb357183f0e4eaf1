import type { Folder } from '../files/folder.ts'

/** What a workflow that writes files has around it. */
export interface LockContext {
  readonly folder: Folder
  /** Reports what the run waits for. */
  readonly onWait?: (text: string) => void
}

/** In milliseconds: a run that is not throttled takes a few seconds. */
const LIMIT = 30_000

/** Does some work while no other run writes any of these files. */
export async function withLocks<T>(
  [first, ...rest]: readonly string[],
  context: LockContext,
  work: () => Promise<T>,
): Promise<T> {
  if (first === undefined) return work()
  const { folder, onWait } = context
  const options = {
    patience: LIMIT,
    onWait: (holder: string) => onWait?.(`${first}: waiting for ${holder}`),
  }
  return folder.lock(first, options, async () => {
    folder.tidy(first)
    return withLocks(rest, context, work)
  })
}
