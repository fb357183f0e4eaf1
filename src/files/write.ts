import { dirname, join } from 'node:path'
import fs from 'fs-extra'
import { syncFolder, writeDurably } from './durable.ts'
import { fileError, hasCode } from './error.ts'
import { expectLocks } from './lock.ts'
import { type Target, targetOf } from './target.ts'
import { isStray, removeStrays, temporaryFor } from './temporary.ts'

/** A file and the text that it is to have. */
export interface Write {
  readonly file: string
  readonly text: string
}

/** A file whose new content lies whole on the disk beside it. */
interface Prepared {
  readonly target: Target
  readonly path: string
  readonly fresh: string
  /** What was there, under a name of ours; undefined for a file that is new. */
  readonly former: string | undefined
}

/**
 * Writes files, one after another in this order, so that each is whole at any moment, old or new,
 * and an error leaves all of them as they were. Mode, owner and links stay.
 *
 * Without a pause, so that a signal that is handled finds all or nothing done. Where the machine dies
 * in between, those before are new and those behind are old.
 *
 * @throws InputError naming the file that cannot be written
 * @throws ServiceError where another process has taken a lock that this one held
 */
export async function writeFiles(
  writes: readonly Write[],
  at: (path: string) => string = (path) => path,
): Promise<void> {
  const prepared: Prepared[] = []
  const begun: Prepared[] = []
  try {
    for (const write of writes) prepare(write, at(write.file), prepared)
    expectLocks()
    for (const each of prepared) {
      begun.push(each)
      attempt(each.target.file, () => place(each.fresh, each.path))
    }
  } catch (error) {
    for (const each of begun.reverse()) putBack(each)
    throw error
  } finally {
    for (const { fresh, former } of prepared) {
      fs.removeSync(fresh)
      if (former !== undefined) fs.removeSync(former)
    }
  }
  const folders = new Set(prepared.map(({ target }) => target.folder))
  for (const folder of folders) attempt(folder, () => syncFolder(folder))
}

function prepare({ file, text }: Write, where: string, prepared: Prepared[]): void {
  attempt(dirname(file), () => fs.ensureDirSync(dirname(where)))
  attempt(file, () => {
    const target = targetOf(file, where)
    const path = join(target.folder, target.name)
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    const former = stat && temporaryFor(target)
    const each = { target, path, fresh: temporaryFor(target), former }
    // Before anything is made, so that all of it goes whatever fails.
    prepared.push(each)
    if (former !== undefined) keep(path, former)
    writeDurably(each.fresh, text, stat)
  })
}

/** A second name costs no room on a disk that is full; not every file system has them. */
function keep(path: string, former: string): void {
  try {
    fs.linkSync(path, former)
  } catch {
    fs.copyFileSync(path, former, fs.constants.COPYFILE_EXCL)
  }
}

function place(source: string, path: string): void {
  try {
    fs.renameSync(source, path)
    syncFolder(dirname(path))
  } catch (error) {
    // A file that is mounted by itself cannot be replaced, only written.
    if (!hasCode(error, 'EBUSY')) throw error
    overwrite(path, fs.readFileSync(source))
  }
}

function overwrite(path: string, bytes: Buffer): void {
  const descriptor = fs.openSync(path, 'r+')
  try {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at)
    fs.ftruncateSync(descriptor, bytes.length)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** To what it was before; the error that led here is the one to be told. */
function putBack({ path, fresh, former }: Prepared): void {
  // Where the new content is still beside it and it was no mount, the file was not touched.
  try {
    if (former !== undefined) place(former, path)
    else if (!fs.existsSync(fresh)) fs.removeSync(path)
  } catch {}
}

/** Whether nothing lies beside files that a run that was killed may have left. */
export function isTidy(files: readonly string[], at: (path: string) => string): boolean {
  return files.every((file) =>
    attempt(file, () => {
      const { folder, name } = targetOf(file, at(file))
      return !fs
        .readdirSync(folder, { withFileTypes: true })
        .some(
          (each) => each.isFile() && (each.name === `.${name}.lock` || isStray(each.name, name)),
        )
    }),
  )
}

/** Removes what runs that were killed have left beside files; what is not there is passed over. */
export function tidy(files: readonly string[], at: (path: string) => string): void {
  for (const file of files) {
    if (fs.existsSync(dirname(at(file)))) {
      attempt(file, () => removeStrays(targetOf(file, at(file))))
    }
  }
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fileError(file, error)
  }
}
