import fs from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { ServiceError } from '../errors.ts'
import { fileError, hasCode } from './error.ts'
import { onExit } from './exit.ts'
import { beginningOf, isAlive } from './process.ts'
import { checkedTarget, type Target } from './target.ts'
import { temporaryFor } from './temporary.ts'

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number
  /** The machine and the process table that the pid is of. */
  readonly host: string
  /** A pid is given again; its process's beginning is not. */
  readonly beginning?: string
}

export interface LockOptions {
  /** In milliseconds. */
  readonly patience: number
  /** Called once, where the lock is held by another. */
  readonly onWait: (holder: string) => void
}

const BEAT = 10_000
const [STALE, STALE_EMPTY] = [6 * BEAT, 2_000]

/**
 * Does some work while no other process does any on the same file. The lock is a file beside it,
 * `.NAME.lock`; that of a process that is no more counts for nothing. Where nothing can be written
 * beside the file there is no lock: then nothing will be written either.
 *
 * @throws ServiceError where another process holds it for longer than the patience
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const made = makeFolder(dirname(file))
  const release = await acquire(file, options).catch((error) => {
    removeEmpty(dirname(file), made)
    throw error
  })
  const undo = () => {
    release()
    removeEmpty(dirname(file), made)
  }
  const forget = onExit(undo)
  try {
    return await work()
  } finally {
    forget()
    undo()
  }
}

async function acquire(file: string, { patience, onWait }: LockOptions): Promise<() => void> {
  const { folder, name } = checkedTarget(file)
  const lock = join(folder, `.${name}.lock`)
  const end = Date.now() + patience
  let waits = false
  for (;;) {
    const release = tryAcquire(lock, file)
    if (release !== undefined) return release
    const holder = holderOf(lock)
    if (holder === undefined) continue
    const { text, who } = holder
    if (isStale(holder)) {
      removeStale({ folder, name, file }, lock, text)
      continue
    }
    if (!waits) onWait(who)
    waits = true
    if (Date.now() > end) {
      throw new ServiceError(
        `${file}: another run is busy with it, ${who}`,
        `Try again when it is done; if there is none, remove ${lock}.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Undefined where the lock is held. */
function tryAcquire(lock: string, file: string): (() => void) | undefined {
  const mine = JSON.stringify(ownHolder())
  try {
    const descriptor = fs.openSync(lock, 'wx', 0o644)
    try {
      fs.writeSync(descriptor, mine)
    } finally {
      fs.closeSync(descriptor)
    }
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined
    if (hasCode(error, 'EROFS', 'EACCES', 'EPERM')) return () => undefined
    fs.rmSync(lock, { force: true })
    throw fileError(file, error)
  }
  const beat = setInterval(() => {
    const now = new Date()
    fs.utimes(lock, now, now, () => undefined)
  }, BEAT).unref()
  return () => {
    clearInterval(beat)
    // Whoever took this one for stale has one of their own there.
    if (readText(lock) === mine) fs.rmSync(lock, { force: true })
  }
}

function ownHolder(): Holder {
  const { pid } = process
  const beginning = beginningOf(pid)
  return { pid, host: hostOf(), ...(beginning !== undefined && { beginning }) }
}

/** Containers may share a host's name, never its process table. */
function hostOf(): string {
  try {
    return `${hostname()} ${fs.readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

interface Found {
  readonly text: string
  readonly holder: Holder | undefined
  /** In milliseconds, since it was last touched. */
  readonly age: number
  readonly who: string
}

/** Undefined where the lock is gone. */
function holderOf(lock: string): Found | undefined {
  const stat = fs.statSync(lock, { throwIfNoEntry: false })
  const text = readText(lock)
  if (stat === undefined || text === undefined) return undefined
  const holder = parse(text)
  const who = holder ? `process ${holder.pid} on ${holder.host.split(' ')[0]}` : 'just begun'
  return { text, holder, age: Date.now() - stat.mtimeMs, who }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, beginning } = JSON.parse(text)
    return Number.isSafeInteger(pid) && typeof host === 'string'
      ? { pid, host, ...(typeof beginning === 'string' && { beginning }) }
      : undefined
  } catch {
    return undefined
  }
}

function isStale({ holder, age }: Found): boolean {
  // Made and not yet written to, or killed in between.
  if (holder === undefined) return age > STALE_EMPTY
  if (holder.host !== hostOf()) return age > STALE
  if (!isAlive(holder.pid)) return true
  return holder.beginning !== undefined && beginningOf(holder.pid) !== holder.beginning
}

/** By a rename, and looked at again: another may have removed it and have its own there by now. */
function removeStale(target: Target, lock: string, text: string): void {
  const aside = temporaryFor(target)
  try {
    fs.renameSync(lock, aside)
    if (readText(aside) !== text) fs.linkSync(aside, lock)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw fileError(lock, error)
  } finally {
    fs.rmSync(aside, { force: true })
  }
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw fileError(file, error)
  }
}

/** @returns the outermost folder that had to be made */
function makeFolder(folder: string): string | undefined {
  try {
    return fs.mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw fileError(folder, error)
  }
}

/** Removes folders that were made for a lock and got nothing else. */
function removeEmpty(folder: string, outermost: string | undefined): void {
  if (outermost === undefined) return
  try {
    for (let each = folder; ; each = dirname(each)) {
      fs.rmdirSync(each)
      if (fs.existsSync(outermost) === false) return
    }
  } catch {
    // Not empty: something was written.
  }
}
