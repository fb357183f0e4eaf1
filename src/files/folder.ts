import fs from 'node:fs'
import { relative, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { type LockOptions, withLock } from './lock.ts'
import { findUpwards, repositoryAround, resolveLinks } from './paths.ts'
import { readIfExists, readInput, readSibling, readStream } from './read.ts'
import { checkTarget, tidy, type Write, writeFiles } from './write.ts'

export const STDIN = '-'

export type Folder = ReturnType<typeof openFolder>

/** @param env for programs that run in the folder, such as git */
export function openFolder(
  path: string,
  { env, stdin }: { readonly env: NodeJS.ProcessEnv; readonly stdin: () => AsyncIterable<Buffer> },
) {
  const at = (file: string) => resolve(path, file)
  const from = (absolute: string | undefined) =>
    absolute === undefined ? undefined : relative(path, absolute)
  return {
    path,
    env,
    resolve: at,
    /** The absolute path without links; a missing file is in its resolved folder. */
    realPath: (file: string) => resolveLinks(file, at(file)),
    relative: (absolute: string) => relative(path, absolute),
    exists: (file: string) => file !== STDIN && fs.existsSync(at(file)),
    /** The names of a folder's files that end in `suffix`, sorted; empty if there is no such folder. */
    list: (folder: string, suffix: string) => listFiles(at(folder), suffix),
    /** The text of a file, or of stdin for `-`. @throws InputError */
    read: (file: string) =>
      file === STDIN ? readStream(stdin(), 'stdin') : readInput(file, at(file)),
    readIfExists: (file: string) => readIfExists(named(file), at(file)),
    /** A file next to the one that names it: it may not be a link out of their folder. */
    readSibling: (file: string) => readSibling(file, at(file)),
    write: (writes: readonly Write[]) => {
      for (const { file } of writes) named(file)
      return writeFiles(writes, at)
    },
    lock: <T>(file: string, options: LockOptions, work: () => Promise<T>) =>
      withLock(file, options, work, at(file)),
    checkTarget: (file: string) => checkTarget(file, at(file)),
    tidy: (file: string) => tidy(file, at(file)),
    /** A file of this name in this folder or above it, up to the root of the git repository. */
    findUpwards: (name: string) => from(findUpwards(name, path)),
    repositoryRoot: () => from(repositoryAround(path)),
  }
}

function listFiles(folder: string, suffix: string): string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((each) => each.isFile() && each.name.endsWith(suffix))
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}

/** @throws InputError for `-`, which is never the name of a file that is updated */
function named(file: string): string {
  if (file !== STDIN) return file
  throw new InputError('-: stdin cannot be updated', 'Name a file.')
}
