import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'

export interface LockContext {
  readonly folder: Folder
  readonly onWait?: (text: string) => void
}

/** Runs work while no other run writes any of these files. */
export function withLocks<T>(
  files: readonly string[],
  { folder, onWait = () => undefined }: LockContext,
  work: () => Promise<T>,
): Promise<T> {
  return folder.lock(files, onWait, work)
}

/**
 * Prepares and writes files while no other run writes any of them.
 *
 * @param targets files in existing folders, as a lock would create a missing folder
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
