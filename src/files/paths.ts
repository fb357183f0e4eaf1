import fs from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { InputError } from '../errors.ts'

export function findUpwards(name: string, folder: string): string | undefined {
  for (const each of listFoldersAbove(folder)) {
    const file = join(each, name)
    if (fs.existsSync(file)) return file
    if (isRepository(each)) return undefined
  }
  return undefined
}

export function findRepository(folder: string): string | undefined {
  return listFoldersAbove(folder).find(isRepository)
}

/** In bytes. File systems allow 255; the lock of a file has a longer name than the file. */
const LONGEST_NAME = 240

/**
 * Resolves the links of a path before a file is written there. A file of a pull request may be a
 * link, so the path must stay in its git repository.
 * @param file as the user typed it, for errors
 * @returns an absolute path without links; its folder may be missing
 * @throws InputError for a path out of its repository or in `.git`, and for a path of no file
 */
export function resolveTarget(file: string, path: string): string {
  const length = Buffer.byteLength(basename(path))
  if (length > LONGEST_NAME) {
    throw new InputError(`${file}: file name of ${length} bytes, expected at most ${LONGEST_NAME}`)
  }
  const target = resolveLinks(file, resolve(path))
  const stat = fs.statSync(target, { throwIfNoEntry: false })
  if (stat?.isDirectory()) throw new InputError(`${file}: is a directory, expected a file`)
  if (stat && !stat.isFile()) throw new InputError(`${file}: is not a regular file`)
  for (const root of listFoldersAbove(dirname(resolve(path))).filter(isRepository)) {
    const [first = ''] = relative(fs.realpathSync(root), target).split(sep)
    if (first === '..') {
      throw new InputError(
        `${file}: a link to ${target}, outside of the git repository`,
        'Replace the link with a file or folder, or use another path.',
      )
    }
    if (first === '.git') {
      throw new InputError(`${file}: is in the .git folder`, 'Use another path.')
    }
  }
  return target
}

/** Resolves the folder of a missing file. @throws InputError for a link to a missing file */
export function resolveLinks(file: string, path: string): string {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) {
    const folder = dirname(path)
    return join(folder === path ? path : resolveLinks(file, folder), basename(path))
  }
  if (stat.isSymbolicLink() && !fs.existsSync(path)) {
    throw new InputError(`${file}: is a link to a missing file, ${fs.readlinkSync(path)}`)
  }
  return fs.realpathSync.native(path)
}

function listFoldersAbove(folder: string): string[] {
  const inner = resolve(folder)
  return inner === dirname(inner) ? [inner] : [inner, ...listFoldersAbove(dirname(inner))]
}

/** In a worktree and in a submodule `.git` is a file. */
function isRepository(folder: string): boolean {
  return fs.existsSync(join(folder, '.git'))
}
