import { basename, dirname, join } from 'node:path'
import fs from 'fs-extra'
import { ServiceError } from '../errors.ts'
import { attempt, fileError, hasCode } from './error.ts'
import { resolveTarget } from './paths.ts'

export interface LockOptions {
  readonly patience: number
  readonly onWait: (holder: string) => void
}

/**
 * Does some work while no other process does any on the same file. The lock is a file next to it,
 * `.NAME.lock`, with the id of the process that made it; the lock of a process that has ended is
 * removed. There is no lock where nothing can be written.
 *
 * @throws ServiceError if another process has the lock for longer than the patience
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
  path: string,
): Promise<T> {
  const lock = lockFile(attempt(file, () => resolveTarget(file, path)))
  let isHeld = false
  const release = () => {
    if (isHeld) fs.removeSync(lock)
    isHeld = false
  }
  const forget = onExit(release)
  try {
    isHeld = await acquire(lock, file, options)
    return await work()
  } finally {
    release()
    forget()
  }
}

export function lockFile(target: string): string {
  return join(dirname(target), `.${basename(target)}.lock`)
}

export function hasEnded(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    if (pid !== 0) process.kill(pid, 0)
    return pid === 0
  } catch (error) {
    return !hasCode(error, 'EPERM')
  }
}

/** The process that made a lock; 0 if it was killed before it wrote its id, undefined if unknown. */
export function readHolder(lock: string): number | undefined {
  try {
    const text = fs.readFileSync(lock, 'utf8')
    if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text)
    return text === '' && Date.now() - fs.statSync(lock).mtimeMs > 2000 ? 0 : undefined
  } catch {
    return undefined
  }
}

/** @returns false if nothing can be written there */
async function acquire(lock: string, file: string, { patience, onWait }: LockOptions) {
  const end = Date.now() + patience
  for (let isWaiting = false; ; ) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      // Without a folder there is no file that another run could write.
      if (hasCode(error, 'EROFS', 'EACCES', 'EPERM', 'ENOENT')) return false
      if (!hasCode(error, 'EEXIST')) {
        // A full disk leaves an empty file.
        fs.removeSync(lock)
        throw fileError(file, error)
      }
    }
    const pid = readHolder(lock)
    if (hasEnded(pid)) {
      fs.removeSync(lock)
      continue
    }
    const holder = pid === undefined ? 'another process' : `process ${pid}`
    if (Date.now() > end) {
      throw new ServiceError(
        `${file}: locked by ${holder}`,
        `Try again when that run has ended, or remove ${lock} if there is none.`,
      )
    }
    if (!isWaiting) onWait(holder)
    isWaiting = true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const undos = new Set<() => void>()

/** Registers a synchronous undo for the end of the process. Returns how to cancel it. */
export function onExit(undo: () => void): () => void {
  if (undos.size === 0) process.once('exit', undoAll)
  undos.add(undo)
  return () => {
    undos.delete(undo)
    if (undos.size === 0) process.off('exit', undoAll)
  }
}

function undoAll(): void {
  for (const undo of undos) undo()
}
