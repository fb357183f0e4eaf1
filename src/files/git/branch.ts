import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { repositoryAround } from '../upwards.ts'

/** The branch of the repository around a folder; undefined for a detached HEAD and without one. */
export function currentBranch(folder: string): string | undefined {
  const root = repositoryAround(folder)
  if (root === undefined) return undefined
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
