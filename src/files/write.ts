import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import fs from 'fs-extra'
import { fileError } from './read.ts'

/** A file and the text that it is to have. */
export interface Write {
  readonly file: string
  readonly text: string
}

/**
 * Writes files so that each is whole at any moment, old or new, and all of them or none where an
 * error can be seen: every text is on the disk before the first file changes.
 *
 * @throws InputError naming the file that cannot be written
 */
export async function writeFiles(writes: readonly Write[]): Promise<void> {
  const prepared: { readonly temporary: string; readonly target: string }[] = []
  try {
    for (const { file, text } of writes) {
      const target = await resolve(file)
      const temporary = join(
        dirname(target),
        `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`,
      )
      prepared.push({ temporary, target })
      await writeDurably(temporary, text, target).catch((error) => {
        throw fileError(file, error)
      })
    }
    for (const { temporary, target } of prepared) await fs.rename(temporary, target)
  } catch (error) {
    await Promise.all(prepared.map(({ temporary }) => fs.remove(temporary).catch(() => undefined)))
    throw error
  }
}

/** Where a link points, so that the link stays; a new file's own path. */
async function resolve(file: string): Promise<string> {
  await fs.ensureDir(dirname(file)).catch((error) => {
    throw fileError(dirname(file), error)
  })
  return fs.realpath(file).catch(() => file)
}

async function writeDurably(temporary: string, text: string, target: string): Promise<void> {
  const existing = await fs.stat(target).catch(() => undefined)
  if (existing?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  const handle = await fs.open(temporary, 'wx', existing?.mode ?? 0o666)
  try {
    await fs.writeFile(handle, text)
    if (existing) await fs.fchmod(handle, existing.mode)
    await fs.fsync(handle)
  } finally {
    await fs.close(handle)
  }
}
