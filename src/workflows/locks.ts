import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'

export interface LockContext {
  readonly folder: Folder
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

/**
 * Prepares and writes files while no other run writes any of them.
 *
 * @param targets are files in folders that exist: a lock would create a missing folder
 */
export async function writeLocked<T extends { readonly writes: readonly Write[] }>(
  files: readonly string[],
  targets: readonly string[],
  context: LockContext,
  prepare: () => Promise<T>,
): Promise<T> {
  for (const target of targets) context.folder.checkTarget(target)
  return withLocks([...files, ...targets], context, async () => {
    const result = await prepare()
    await context.folder.write(result.writes)
    return result
  })
}
