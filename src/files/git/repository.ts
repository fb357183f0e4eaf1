import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import type { Folder } from '../folder.ts'
import { Blobs } from './blobs.ts'
import { type GitFolder, type GitResult, gitError, isLacking, runGit } from './git.ts'

/** A repository as it is seen from a folder of it. */
export interface Repository {
  run(args: readonly string[]): Promise<GitResult>
  /** Where the folder is in it, with a slash behind; empty at the root. */
  readonly prefix: string
  /** Whether it has files beside its history. */
  readonly hasFiles: boolean
  /**
   * The name of what an expression such as `HEAD:PATH` says; undefined for nothing.
   *
   * @throws InputError where the clone lacks what leads to it
   */
  find(expression: string, name: string): Promise<string | undefined>
  /** A file's bytes. @throws InputError for what is no file, too long or not in this clone */
  read(blob: string, name: string): Promise<Buffer>
}

/**
 * Opens the repository around a folder.
 *
 * @param what begins the error
 * @throws InputError where there is none, or git keeps away from another user's
 */
export async function openRepository(
  folder: GitFolder,
  what: string,
  remedy?: string,
): Promise<Repository> {
  const place = ['rev-parse', '--is-inside-work-tree', '--absolute-git-dir', '--show-prefix']
  const { status, stdout, stderr } = await runGit(place, folder)
  if (status !== 0) throw gitError(what, stderr, remedy)
  const [isInside, own = '', prefix = ''] = stdout.toString().split('\n')
  const run = (args: readonly string[]) => runGit(args, folder, indexFile(own, folder))
  return {
    run,
    prefix,
    hasFiles: isInside === 'true',
    async find(expression, name) {
      const found = await run(['rev-parse', '--verify', '--quiet', expression])
      if (found.status === 0) return found.stdout.toString().trim()
      if (isLacking(found.stderr)) throw gitError(name, found.stderr)
      return undefined
    },
    async read(blob, name) {
      const blobs = new Blobs(folder)
      try {
        return await blobs.read(blob, name)
      } finally {
        blobs.close()
      }
    },
  }
}

/** What a hook of this very repository is to look at: of a commit in the making it is another one. */
function indexFile(own: string, { path, env }: GitFolder): NodeJS.ProcessEnv {
  const { GIT_INDEX_FILE } = env
  if (!GIT_INDEX_FILE) return {}
  const file = resolve(path, GIT_INDEX_FILE)
  const isOwn = existsSync(file) && realpathSync(dirname(file)) === own
  return isOwn ? { GIT_INDEX_FILE: file } : {}
}

/**
 * Where git has what people call by a path: through links, from the nearest folder that is there, as
 * a file's own may be gone with it.
 *
 * @throws InputError for a directory
 */
export function placeInGit(
  cwd: Pick<Folder, 'env' | 'resolve'>,
  path: string,
): { folder: GitFolder; name: string } {
  const absolute = cwd.resolve(path)
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${path}: is a directory, expected a file`)
  }
  const isLink =
    lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(absolute)
  const file = isLink ? realpathSync(absolute) : absolute
  let folder = dirname(file)
  while (!existsSync(folder)) folder = dirname(folder)
  return { folder: { path: folder, env: cwd.env }, name: relative(folder, file) }
}
