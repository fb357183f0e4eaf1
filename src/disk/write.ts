import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder, writeDurably } from './durable.ts'
import { fileError } from './error.ts'
import { type Prepared, prepareSwitch, type Replacement, settle } from './switch.ts'
import { type Target, targetOf } from './target.ts'
import { removeStrays, temporaryFor } from './temporary.ts'

/** A file and the text that it is to have. */
export interface Write {
  readonly file: string
  readonly text: string
}

/**
 * Writes files so that each is whole at any moment, old or new, and an error leaves all of them as
 * they were. Those of one group, where they are in one folder, change at once: however the process
 * or the machine ends, all of them are old or all are new. Mode, owner and links stay.
 *
 * Without a pause, so that a signal that is handled finds all or nothing done.
 *
 * @throws InputError naming the file that cannot be written
 */
export async function writeFiles(...groups: readonly (readonly Write[])[]): Promise<void> {
  const prepared: Prepared[] = []
  try {
    for (const group of groups) prepared.push(...prepareGroup(group))
    for (const each of prepared) each.commit()
  } catch (error) {
    for (const each of prepared) each.abandon()
    throw error
  }
}

function prepareGroup(writes: readonly Write[]): Prepared[] {
  const all = writes.map(({ file, text }) => ({ target: prepareTarget(file), text }))
  const folders = new Set(all.map(({ target }) => target.folder))
  const names = writes.map(({ file }) => file).join(' and ')
  if (all.length > 1 && folders.size === 1) {
    const switched = attempt(names, () => prepareSwitch(all))
    if (switched) {
      return [{ ...switched, commit: () => attempt(names, switched.commit) }]
    }
  }
  return all.map(prepareRename)
}

function prepareRename({ target, text }: Replacement): Prepared {
  const file = join(target.folder, target.name)
  const temporary = temporaryFor(target)
  const abandon = () => fs.rmSync(temporary, { force: true })
  try {
    writeDurably(temporary, text, fs.statSync(file, { throwIfNoEntry: false }))
  } catch (error) {
    abandon()
    throw fileError(target.file, error)
  }
  return {
    commit() {
      attempt(target.file, () => fs.renameSync(temporary, file))
      syncFolder(target.folder)
    },
    abandon,
  }
}

/** Whether nothing lies beside files that is there while one is written. */
export function isTidy(...files: readonly string[]): boolean {
  return files.every((file) =>
    attempt(file, () => {
      const { folder, name } = targetOf(file)
      return !fs.readdirSync(folder).some((entry) => entry.startsWith(`.${name}.`))
    }),
  )
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
