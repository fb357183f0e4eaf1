import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import fs from 'fs-extra'
import { InputError, ServiceError } from '../errors.ts'
import { printable } from '../printable.ts'
import { fileError, hasCode } from './error.ts'
import { onExit } from './exit.ts'
import { isAlive } from './process.ts'
import { checkedTarget } from './target.ts'

export interface LockOptions {
  /** In milliseconds. */
  readonly patience: number
  /** Called once, where the lock is held by another. */
  readonly onWait: (holder: string) => void
}

/** In milliseconds: how often a lock is touched, and how long without a touch it counts. */
const [TOUCH, STALE, STALE_EMPTY] = [10_000, 60_000, 2_000]
/** In bytes, of what is written here many times. */
const LONGEST_LOCK = 1024

/** A lock that this process has made: its file, open, and what the lock is for. */
interface Held {
  readonly file: string
  readonly lock: string
  readonly descriptor: number
}
const held = new Set<Held>()

/**
 * Does some work while no other process does any on the same file. The lock is a file beside it,
 * `.NAME.lock`, with its holder's process and host in it, touched while it is held; that of a process
 * that is no more, or that was not touched for a minute, counts for nothing. Where nothing can be
 * written beside the file there is no lock: then nothing will be written either.
 *
 * @throws ServiceError where another process holds it for longer than the patience
 * @throws InputError where something else lies there
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
  path = file,
): Promise<T> {
  const made = makeFolder(dirname(file), dirname(path))
  let release = () => {}
  const undo = () => {
    release()
    removeEmpty(dirname(path), made)
  }
  const forget = onExit(undo)
  try {
    release = await acquire(file, path, options)
    return await work()
  } finally {
    forget()
    undo()
  }
}

/**
 * Looks whether every lock that was taken is still this process's own: one that slept for a minute
 * may find that another has taken it and written since.
 *
 * @throws ServiceError where one is not
 */
export function expectLocks(): void {
  for (const each of held) {
    if (isOwn(each)) continue
    throw new ServiceError(
      `${each.file}: another run took it over while this one stood still; nothing is written`,
      'Run the command again.',
    )
  }
}

async function acquire(
  file: string,
  path: string,
  { patience, onWait }: LockOptions,
): Promise<() => void> {
  const { folder, name } = checkedTarget(file, path)
  const lock = join(folder, `.${name}.lock`)
  const end = Date.now() + patience
  for (let waits = false; ; ) {
    const release = tryAcquire(lock, file)
    if (release !== undefined) return release
    const found = look(lock)
    if (found?.isStale) {
      removeSame(lock, found)
    } else if (found && Date.now() > end) {
      throw new ServiceError(
        `${file}: another run is busy with it, ${found.who}`,
        `Try again when it is done; if there is none, remove ${lock}.`,
      )
    } else if (found && !waits) {
      onWait(found.who)
      waits = true
    }
    await new Promise((resolve) => setTimeout(resolve, found?.isStale ? 5 : 50))
  }
}

/** Undefined where the lock is held. */
function tryAcquire(lock: string, file: string): (() => void) | undefined {
  let descriptor: number
  try {
    descriptor = fs.openSync(lock, 'wx', 0o644)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined
    if (hasCode(error, 'EROFS', 'EACCES', 'EPERM')) return () => undefined
    throw fileError(file, error)
  }
  const mine = { file, lock, descriptor }
  held.add(mine)
  const touch = () => fs.futimes(descriptor, new Date(), new Date(), () => undefined)
  const touching = setInterval(touch, TOUCH).unref()
  const release = () => {
    clearInterval(touching)
    if (isOwn(mine)) fs.removeSync(lock)
    held.delete(mine)
    fs.closeSync(descriptor)
  }
  try {
    fs.writeSync(descriptor, JSON.stringify({ pid: process.pid, host: hostname() }))
  } catch (error) {
    release()
    throw fileError(file, error)
  }
  return release
}

/** Whoever took it for stale has a file of their own there, or none any more. */
function isOwn({ lock, descriptor }: Held): boolean {
  const there = fs.lstatSync(lock, { throwIfNoEntry: false })
  const own = fs.fstatSync(descriptor)
  return there?.ino === own.ino && there.dev === own.dev
}

interface Found {
  readonly ino: number
  readonly mtimeMs: number
  readonly isStale: boolean
  readonly who: string
}

/** Undefined where the lock is gone. */
function look(lock: string): Found | undefined {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants
  const stat = fs.lstatSync(lock, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile() || stat.size > LONGEST_LOCK) {
    throw new InputError(`${lock}: is no lock, expected a small file or nothing`, 'Remove it.')
  }
  let text: string
  try {
    const descriptor = fs.openSync(lock, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    const bytes = Buffer.alloc(LONGEST_LOCK)
    try {
      text = bytes.toString('utf8', 0, fs.readSync(descriptor, bytes, 0, LONGEST_LOCK, 0))
    } finally {
      fs.closeSync(descriptor)
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw fileError(lock, error)
  }
  const holder = parse(text)
  // One from the future is of a clock that was put back: nobody will wait until then.
  const age = Math.abs(Date.now() - stat.mtimeMs)
  const isGone = holder?.host === hostname() && !isAlive(holder.pid)
  return {
    ino: stat.ino,
    mtimeMs: stat.mtimeMs,
    isStale: isGone || age > (holder ? STALE : STALE_EMPTY),
    who: holder ? `process ${holder.pid} on ${printable(holder.host)}` : 'just begun',
  }
}

function parse(text: string): { pid: number; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(text)
    return Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string'
      ? { pid, host }
      : undefined
  } catch {
    return undefined
  }
}

/** Looked at again: another may have removed it and have its own there by now. */
function removeSame(lock: string, { ino, mtimeMs }: Found): void {
  const stat = fs.lstatSync(lock, { throwIfNoEntry: false })
  if (stat?.ino !== ino || stat.mtimeMs !== mtimeMs) return
  try {
    fs.removeSync(lock)
  } catch (error) {
    throw fileError(lock, error)
  }
}

/** @returns the outermost folder that had to be made */
function makeFolder(name: string, folder: string): string | undefined {
  try {
    return fs.mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw fileError(name, error)
  }
}

/** Removes folders that were made for a lock and got nothing else. */
function removeEmpty(folder: string, outermost: string | undefined): void {
  if (outermost === undefined) return
  try {
    for (let each = folder; ; each = dirname(each)) {
      fs.rmdirSync(each)
      if (!fs.existsSync(outermost)) return
    }
  } catch {
    // Not empty: something was written.
  }
}
