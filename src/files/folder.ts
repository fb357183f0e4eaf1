import fs from 'node:fs'
import { relative, resolve } from 'node:path'
import { type LockOptions, withLock } from './lock.ts'
import { findUpwards, repositoryAround, resolveLinks } from './paths.ts'
import { readIfExists, readInput, readSibling, readStream, readTogether } from './read.ts'
import { checkTarget, isTidy, tidy, type Write, writeFiles } from './write.ts'

/** The name that stands for stdin where a command takes a file. */
export const STDIN = '-'

/**
 * A working folder, with the operations on files that commands and workflows use. A path is as the
 * user typed it, absolute or from this folder, and errors name it so.
 */
export interface Folder {
  /** Absolute. */
  readonly path: string
  /** For programs that run in it, such as git. */
  readonly env: NodeJS.ProcessEnv
  /** The absolute path of a path. */
  resolve(path: string): string
  /** The absolute path without links; a missing file is in its resolved folder. */
  realPath(path: string): string
  /** The path of an absolute path from this folder. */
  relative(absolute: string): string
  exists(path: string): boolean
  /** The names of a folder's files that end in `suffix`, sorted; none if there is no such folder. */
  list(folder: string, suffix: string): string[]
  /** The text of a file, or of stdin for `-`. @throws InputError */
  read(file: string): Promise<string>
  /** The same for a file that may be missing: undefined then. */
  readIfExists(file: string): Promise<string | undefined>
  /** A file that another one beside it names: it may not be a link out of their folder. */
  readSibling(file: string): Promise<string | undefined>
  /** Two files that belong together, so that no run has replaced them in between. */
  readTogether(file: string, sibling: string): Promise<[string, string | undefined]>
  /** Writes each file completely or not at all. @throws InputError naming the file */
  write(writes: readonly Write[]): Promise<void>
  /** Does some work while no other run writes the file. @throws ServiceError after a time limit */
  lock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T>
  /** @throws InputError for a path that cannot be written as a file, or without its folder */
  checkTarget(file: string): void
  /** Whether no killed run has left anything beside the files. */
  isTidy(...files: readonly string[]): boolean
  /** Removes what killed runs have left beside the files. */
  tidy(...files: readonly string[]): void
  /** A file of this name in this folder or above it, up to the root of the git repository. */
  findUpwards(name: string): string | undefined
  /** The root of the git repository around this folder. */
  repositoryRoot(): string | undefined
}

export interface FolderOptions {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: () => AsyncIterable<Buffer>
}

/** @param path absolute */
export function openFolder(path: string, { env, stdin }: FolderOptions): Folder {
  const at = (file: string) => resolve(path, file)
  const from = (absolute: string | undefined) =>
    absolute === undefined ? undefined : relative(path, absolute)
  return {
    path,
    env,
    resolve: at,
    realPath: (file) => resolveLinks(file, at(file)),
    relative: (absolute) => relative(path, absolute),
    exists: (file) => file !== STDIN && fs.existsSync(at(file)),
    list: (folder, suffix) => listFiles(at(folder), suffix),
    read: (file) => (file === STDIN ? readStream(stdin(), 'stdin') : readInput(file, at(file))),
    readIfExists: (file) => readIfExists(file, at(file)),
    readSibling: (file) => readSibling(file, at(file)),
    readTogether: (file, sibling) => readTogether(file, sibling, at),
    write: (writes) => writeFiles(writes, at),
    lock: (file, options, work) => withLock(file, options, work, at(file)),
    checkTarget: (file) => checkTarget(file, at(file)),
    isTidy: (...files) => isTidy(files, at),
    tidy: (...files) => tidy(files, at),
    findUpwards: (name) => from(findUpwards(name, path)),
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
