import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder, writeDurably } from './durable.ts'
import { fileError } from './error.ts'
import { settle, switchFiles } from './switch.ts'
import { type Target, targetOf } from './target.ts'
import { removeStrays, temporaryFor } from './temporary.ts'

/** A file and the text that it is to have. */
export interface Write {
  readonly file: string
  readonly text: string
}

/**
 * Writes files so that each is whole at any moment, old or new, and an error leaves all of them as
 * they were. Those of one folder change at once: however the process or the machine ends, all of
 * them are old or all are new. Mode, owner and links stay.
 *
 * Without a pause, so that a signal that is handled finds all or nothing done.
 *
 * @throws InputError naming the file that cannot be written
 */
export async function writeFiles(writes: readonly Write[]): Promise<void> {
  const all = writes.map(({ file, text }) => ({ target: prepareTarget(file), text }))
  const folders = new Set(all.map(({ target }) => target.folder))
  const names = all.map(({ target }) => target.file).join(' and ')
  const [first] = all
  if (first !== undefined && all.length > 1 && folders.size === 1) {
    if (attempt(names, () => switchFiles(all))) return
  }
  writeEach(all)
}

/** Removes what runs that were killed have left beside files; what is not there is passed over. */
export function tidy(...files: readonly string[]): void {
  for (const file of files) {
    if (!fs.existsSync(dirname(file))) continue
    attempt(file, () => {
      const target = targetOf(file)
      removeStrays(target)
      settle(target)
    })
  }
}

function writeEach(all: readonly { readonly target: Target; readonly text: string }[]): void {
  const prepared: { readonly temporary: string; readonly target: Target }[] = []
  try {
    for (const { target, text } of all) {
      const temporary = temporaryFor(target)
      prepared.push({ temporary, target })
      const like = fs.statSync(join(target.folder, target.name), { throwIfNoEntry: false })
      attempt(target.file, () => writeDurably(temporary, text, like))
    }
    for (const { temporary, target } of prepared) {
      attempt(target.file, () => fs.renameSync(temporary, join(target.folder, target.name)))
    }
  } catch (error) {
    for (const { temporary } of prepared) fs.rmSync(temporary, { force: true })
    throw error
  }
  for (const folder of new Set(prepared.map(({ target }) => target.folder))) syncFolder(folder)
}

function prepareTarget(file: string): Target {
  attempt(dirname(file), () => fs.mkdirSync(dirname(file), { recursive: true }))
  return attempt(file, () => targetOf(file))
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fileError(file, error)
  }
}
