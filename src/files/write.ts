import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import fs from 'fs-extra'
import { InputError } from '../errors.ts'
import { attempt, hasCode } from './error.ts'
import { hasEnded, lockFile, readHolder } from './lock.ts'
import { resolveTarget } from './paths.ts'

export interface Write {
  readonly file: string
  readonly text: string
}

/** All temporary files are complete before the first rename: a full disk changes no file. */
export async function writeFiles(
  writes: readonly Write[],
  at: (path: string) => string,
): Promise<void> {
  const prepared: { file: string; path: string; temporary: string }[] = []
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

export function tidy(file: string, path: string): void {
  const target = attempt(file, () => resolveTarget(file, path))
  const folder = dirname(target)
  const entries = fs.existsSync(folder)
    ? attempt(folder, () => fs.readdirSync(folder, { withFileTypes: true }))
    : []
  const temporary = entries.filter((each) => each.isFile() && hasEnded(readProcess(each.name)))
  const lock = lockFile(target)
  for (const each of [
    ...temporary.map(({ name }) => join(folder, name)),
    ...(hasEnded(readHolder(lock)) ? [lock] : []),
  ]) {
    attempt(each, () => fs.removeSync(each))
  }
}

function readProcess(name: string): number | undefined {
  const [, pid] = TEMPORARY.exec(name) ?? []
  return pid === undefined ? undefined : Number(pid)
}

const TEMPORARY = /^\.stream-snapshot\.([0-9]+)\.[0-9a-f]{12}\.tmp$/

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
