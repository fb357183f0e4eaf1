import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { attempt, hasCode } from './error.ts'
import { resolveTarget } from './paths.ts'

export interface Write {
  readonly file: string
  readonly text: string
}

/** Writes all temporary files before the first rename: a full disk changes no file. */
export async function writeFiles(
  writes: readonly Write[],
  at: (path: string) => string,
): Promise<void> {
  if (writes.length === 0) return
  const prepared: { file: string; path: string; temporary: string }[] = []
  // A run that writes nothing does not wait for it to load.
  const { default: fs } = await import('fs-extra')
  try {
    for (const { file, text } of writes) {
      attempt(file, () => {
        const path = resolveTarget(file, at(file))
        fs.ensureDirSync(dirname(path))
        const id = randomBytes(6).toString('hex')
        const temporary = join(dirname(path), `.stream-snapshot.${process.pid}.${id}.tmp`)
        prepared.push({ file, path, temporary })
        writeDurably(temporary, text, fs.statSync(path, { throwIfNoEntry: false }))
      })
    }
    for (const { file, path, temporary } of prepared) {
      attempt(file, () => {
        fs.renameSync(temporary, path)
        syncFolder(dirname(path))
      })
    }
  } finally {
    for (const { temporary } of prepared) fs.removeSync(temporary)
  }
}

export function checkTarget(file: string, path: string): void {
  attempt(file, () => resolveTarget(file, path))
  if (!fs.existsSync(dirname(path))) {
    throw new InputError(`${file}: no such folder: ${dirname(file)}`, 'Create the folder first.')
  }
}

const TEMPORARY = /^\.stream-snapshot\.([0-9]+)\.[0-9a-f]{12}\.tmp$/

/** Removes the files of processes that were killed while they wrote. */
export function removeTemporaryFiles(folder: string): void {
  if (!fs.existsSync(folder)) return
  const entries = attempt(folder, () => fs.readdirSync(folder, { withFileTypes: true }))
  for (const entry of entries) {
    const [, pid] = TEMPORARY.exec(entry.name) ?? []
    if (pid === undefined || !entry.isFile() || !hasEnded(Number(pid))) continue
    const path = join(folder, entry.name)
    attempt(path, () => fs.rmSync(path, { force: true }))
  }
}

export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return !hasCode(error, 'EPERM')
  }
}

function writeDurably(path: string, text: string, replaced: fs.Stats | undefined): void {
  const descriptor = fs.openSync(path, 'wx', replaced === undefined ? 0o666 : 0o600)
  try {
    fs.writeFileSync(descriptor, text)
    if (replaced) {
      keepOwner(descriptor, replaced)
      // After the owner, as a new owner clears special bits.
      fs.fchmodSync(descriptor, replaced.mode & 0o7777)
    }
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Only root can change owners; other users keep the content only. */
function keepOwner(descriptor: number, { uid, gid }: fs.Stats): void {
  const current = fs.fstatSync(descriptor)
  if (current.uid === uid && current.gid === gid) return
  try {
    fs.fchownSync(descriptor, uid, gid)
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'EINVAL', 'ENOSYS')) throw error
  }
}

/** Makes a rename durable if the file system and the permissions allow it. */
function syncFolder(folder: string): void {
  let descriptor: number | undefined
  try {
    descriptor = fs.openSync(folder, 'r')
    fs.fsyncSync(descriptor)
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM')) throw error
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}
