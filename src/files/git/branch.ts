import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Folder } from '../folder.ts'

/** The branch of the repository around a folder; undefined for a detached HEAD and without one. */
export function currentBranch(folder: Folder): string | undefined {
  return inGitFolder(folder, (git) => {
    const head = fs.readFileSync(join(git, 'HEAD'), 'utf8')
    return /^ref: refs\/heads\/(\S+)\s*$/.exec(head)?.[1]
  })
}

/** Whether the repository around a folder has a sparse checkout without a path. */
export function isOutsideSparseCheckout(folder: Folder, path: string): boolean {
  const patterns = inGitFolder(folder, (git) => {
    const configs = ['config', 'config.worktree'].map((name) => join(git, name))
    const config = configs.filter(fs.existsSync).map((file) => fs.readFileSync(file, 'utf8'))
    if (!/^\s*sparseCheckout\s*=\s*true\s*$/im.test(config.join('\n'))) return undefined
    return fs.readFileSync(join(git, 'info/sparse-checkout'), 'utf8').split('\n')
  })
  return patterns !== undefined && !patterns.includes(`/${path}/`)
}

/** Undefined without a repository, and if a file cannot be read. */
function inGitFolder<T>(folder: Folder, read: (git: string) => T): T | undefined {
  const root = folder.repositoryRoot()
  if (root === undefined) return undefined
  try {
    const path = join(folder.resolve(root), '.git')
    // In a worktree and in a submodule `.git` is a file that names the folder.
    const isFolder = fs.statSync(path).isDirectory()
    const text = isFolder ? '' : fs.readFileSync(path, 'utf8')
    const [, named = '.git'] = /^gitdir: (.+?)\s*$/.exec(text) ?? []
    return read(resolve(dirname(path), named))
  } catch {
    return undefined
  }
}
