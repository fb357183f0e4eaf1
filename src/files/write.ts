import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import fs from 'fs-extra'
import { InputError } from '../errors.ts'
import { attempt, hasCode } from './error.ts'
import { isAlive, lockFile, readHolder } from './lock.ts'
import { resolveTarget } from './paths.ts'

/** A file and its new text. */
export interface Write {
  readonly file: string
  readonly text: string
}

/**
 * Writes files in this order, each by a temporary file and a rename, so that every file is complete
 * at any moment. All temporary files are complete before the first rename: a full disk changes no
 * file. Mode, owner and links stay.
 *
 * @throws InputError naming the file that cannot be written
 */
export async function writeFiles(
  writes: readonly Write[],
  at: (path: string) => string = (path) => path,
): Promise<void> {
  const prepared: { readonly file: string; readonly path: string; readonly temporary: string }[] =
    []
  try {
    for (const { file, text } of writes) {
      attempt(file, () => {
        const path = resolveTarget(file, at(file))
        fs.ensureDirSync(dirname(path))
        const temporary = join(dirname(path), temporaryName())
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

/** @throws InputError for a path that cannot be written as a file, or whose folder is missing */
export function checkTarget(file: string, path: string): void {
  attempt(file, () => resolveTarget(file, path))
  if (!fs.existsSync(dirname(path))) {
    throw new InputError(`${file}: no such folder: ${dirname(file)}`, 'Create the folder first.')
  }
}

/** Whether killed runs have left no file beside these files. */
export function isTidy(files: readonly string[], at: (path: string) => string): boolean {
  return leftovers(files, at).length === 0
}

/** Removes the files that killed runs have left beside these files. */
export function tidy(files: readonly string[], at: (path: string) => string): void {
  for (const leftover of leftovers(files, at)) {
    attempt(leftover, () => fs.removeSync(leftover))
  }
}

/** Temporary files of processes that have ended, and their locks of these files. */
function leftovers(files: readonly string[], at: (path: string) => string): string[] {
  const targets = files.map((file) => attempt(file, () => resolveTarget(file, at(file))))
  const folders = [...new Set(targets.map(dirname))].filter((folder) => fs.existsSync(folder))
  const temporary = folders.flatMap((folder) =>
    attempt(folder, () => fs.readdirSync(folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && hasEnded(TEMPORARY.exec(entry.name)?.[1]))
      .map(({ name }) => join(folder, name)),
  )
  return [...temporary, ...targets.map(lockFile).filter((lock) => hasEnded(readHolder(lock)))]
}

function hasEnded(pid: string | number | undefined): boolean {
  return pid !== undefined && !isAlive(Number(pid))
}

const TEMPORARY = /^\.stream-snapshot\.([0-9]+)\.[0-9a-f]{12}\.tmp$/

function temporaryName(): string {
  return `.stream-snapshot.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
}

/** Writes a new file, with mode and owner of the file that it will replace, and waits for the disk. */
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

/** Only root can change owners; for others the content matters more. */
function keepOwner(descriptor: number, { uid, gid }: fs.Stats): void {
  const own = fs.fstatSync(descriptor)
  if (own.uid === uid && own.gid === gid) return
  try {
    fs.fchownSync(descriptor, uid, gid)
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'EINVAL', 'ENOSYS')) throw error
  }
}

/** Makes a rename durable, where the file system and the permissions allow it. */
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
