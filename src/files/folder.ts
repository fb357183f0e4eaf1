import fs from 'node:fs'
import { relative, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { attempt } from './error.ts'
import { withLocks } from './lock.ts'
import { findRepository, findUpwards, resolveLinks } from './paths.ts'
import { readIfExists, readInput, readSibling, readStream } from './read.ts'
import { checkTarget, type Write, writeFiles } from './write.ts'

export const STDIN = '-'

export type Folder = ReturnType<typeof openFolder>

/** @param env for programs that run in the folder, such as git */
export function openFolder(
  path: string,
  { env, stdin }: { readonly env: NodeJS.ProcessEnv; readonly stdin: () => AsyncIterable<Buffer> },
) {
  const at = (file: string) => resolve(path, file)
  let input: Promise<string> | undefined
  const readStdin = () => {
    input ??= readStream(stdin(), 'stdin')
    return input
  }
  const from = (absolute: string | undefined) =>
    absolute === undefined ? undefined : relative(path, absolute)
  return {
    path,
    env,
    resolve: at,
    realPath: (file: string) => attempt(file, () => resolveLinks(file, at(file))),
    relative: (absolute: string) => relative(path, absolute),
    exists: (file: string) => file !== STDIN && fs.existsSync(at(file)),
    /** The sorted names of a folder's files that end in `suffix`; empty for a missing folder. */
    list: (folder: string, suffix: string) => listFiles(at(folder), suffix),
    /** The text of a file, or of stdin for `-`. @throws InputError */
    read: (file: string) => (file === STDIN ? readStdin() : readInput(file, at(file))),
    readIfExists: (file: string) => (file === STDIN ? readStdin() : readIfExists(file, at(file))),
    /** Like `readIfExists`, for a file that another file names. @throws for a link out of its folder */
    readSibling: (file: string) => readSibling(file, at(file)),
    write: (writes: readonly Write[]) => {
      for (const { file } of writes) refuseStdin(file)
      return writeFiles(writes, at)
    },
    lock: <T>(files: readonly string[], onWait: (text: string) => void, work: () => Promise<T>) =>
      withLocks(files, at, onWait, work),
    checkTarget: (file: string) => checkTarget(refuseStdin(file), at(file)),
    /** A file of this name in this folder or above it, up to the root of the git repository. */
    findUpwards: (name: string) => from(findUpwards(name, path)),
    repositoryRoot: () => from(findRepository(path)),
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

function refuseStdin(file: string): string {
  if (file !== STDIN) return file
  throw new InputError('-: stdin cannot be updated', 'Use a file.')
}
