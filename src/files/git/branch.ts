import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Folder } from '../folder.ts'

export function currentBranch(folder: Folder): string | undefined {
  const found = folder.repositoryRoot()
  if (found === undefined) return undefined
  const root = folder.resolve(found)
  try {
    const head = fs.readFileSync(join(gitFolder(join(root, '.git')), 'HEAD'), 'utf8')
    return /^ref: refs\/heads\/(\S+)\s*$/.exec(head)?.[1]
  } catch {
    return undefined
  }
}

/** In a worktree and in a submodule `.git` is a file that names the folder. */
function gitFolder(path: string): string {
  if (fs.statSync(path).isDirectory()) return path
  const [, folder = ''] = /^gitdir: (.+?)\s*$/.exec(fs.readFileSync(path, 'utf8')) ?? []
  return resolve(dirname(path), folder)
}
