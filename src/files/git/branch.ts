import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Folder } from '../folder.ts'

export function currentBranch(folder: Folder): string | undefined {
  const root = folder.repositoryRoot()
  if (root === undefined) return undefined
  try {
    const path = join(folder.resolve(root), '.git')
    // In a worktree and in a submodule `.git` is a file that names the folder.
    const isFolder = fs.statSync(path).isDirectory()
    const text = isFolder ? '' : fs.readFileSync(path, 'utf8')
    const [, named = '.git'] = /^gitdir: (.+?)\s*$/.exec(text) ?? []
    const head = fs.readFileSync(resolve(dirname(path), named, 'HEAD'), 'utf8')
    return /^ref: refs\/heads\/(\S+)\s*$/.exec(head)?.[1]
  } catch {
    return undefined
  }
}
