import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * A file of this name in a folder or in the nearest one around it, not beyond the root of the git
 * repository around that folder. Undefined where there is none.
 */
export function findUpwards(name: string, folder: string): string | undefined {
  for (let each = resolve(folder); ; each = dirname(each)) {
    const file = join(each, name)
    if (fs.existsSync(file)) return file
    if (isRepository(each) || dirname(each) === each) return undefined
  }
}

/** The root of the git repository around a folder; undefined where there is none. */
export function repositoryAround(folder: string): string | undefined {
  for (let each = resolve(folder); ; each = dirname(each)) {
    if (isRepository(each)) return each
    if (dirname(each) === each) return undefined
  }
}

/** In a worktree and in a submodule `.git` is a file. */
function isRepository(folder: string): boolean {
  return fs.existsSync(join(folder, '.git'))
}
