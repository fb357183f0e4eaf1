import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ServiceError } from '../errors.ts'
import { attempt, fileError, hasCode } from './error.ts'
import { resolveTarget } from './paths.ts'
import { hasEnded, removeTemporaryFiles } from './write.ts'

/** In milliseconds: a run that is not throttled takes a few seconds. */
const TIME_LIMIT = 30_000

/**
 * Runs work while no other process writes any of the files. The lock of a file is `.NAME.lock` next
 * to it, with the id of the process that made it. Files that ended processes left are removed. There
 * is no lock where nothing can be written.
 * @throws ServiceError if another process holds a lock for longer than the time limit
 */
export async function withLocks<T>(
  files: readonly string[],
  at: (file: string) => string,
  onWait: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const held: string[] = []
  const release = () => {
    for (const lock of held.splice(0)) fs.rmSync(lock, { force: true })
  }
  const forget = onExit(release)
  try {
    for (const file of files) {
      const target = attempt(file, () => resolveTarget(file, at(file)))
      const lock = join(dirname(target), `.${basename(target)}.lock`)
      if (held.includes(lock)) continue
      if (await acquire(lock, file, onWait)) held.push(lock)
      removeTemporaryFiles(dirname(target))
    }
    return await work()
  } finally {
    release()
    forget()
  }
}

/** The process that made a lock; 0 if it was killed before it wrote its id, undefined if unknown. */
function readHolder(lock: string): number | undefined {
  try {
    const text = fs.readFileSync(lock, 'utf8')
    if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text)
    return text === '' && Date.now() - fs.statSync(lock).mtimeMs > 2000 ? 0 : undefined
  } catch {
    return undefined
  }
}

/** @returns false if nothing can be written there */
async function acquire(lock: string, file: string, onWait: (text: string) => void) {
  const end = Date.now() + TIME_LIMIT
  for (let isWaiting = false; ; ) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      // Without a folder there is no file that another run could write.
      if (hasCode(error, 'EROFS', 'EACCES', 'EPERM', 'ENOENT')) return false
      if (!hasCode(error, 'EEXIST')) {
        // A full disk leaves an empty file.
        fs.rmSync(lock, { force: true })
        throw fileError(file, error)
      }
    }
    const pid = readHolder(lock)
    if (pid === 0 || (pid && hasEnded(pid))) {
      fs.rmSync(lock, { force: true })
      continue
    }
    const holder = pid === undefined ? 'another process' : `process ${pid}`
    if (Date.now() > end) {
      throw new ServiceError(
        `${file}: locked by ${holder}`,
        `Try again after that run ends, or remove ${lock} if no run is active.`,
      )
    }
    if (!isWaiting) onWait(`${file}: waiting for ${holder}`)
    isWaiting = true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const undos = new Set<() => void>()

/**
 * Registers a synchronous undo for the end of the process. There is one listener for all of them, as
 * Node warns about more than ten.
 * @returns a function that cancels it
 */
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
