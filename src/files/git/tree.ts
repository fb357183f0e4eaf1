import { join } from 'node:path/posix'
import { InputError } from '../../errors.ts'
import type { Folder } from '../folder.ts'
import { decodeText } from '../read.ts'
import { openRepository, type Repository } from './repository.ts'

/** The files of one version of a repository: of a commit, or of the working tree. */
export interface Tree {
  /** What messages call it: `a1b2c3d`; undefined for the working tree. */
  readonly label?: string
  /** Hexadecimal; undefined for the working tree. */
  readonly commit?: string
  /**
   * A file by its path from the working folder; undefined where this version does not have it.
   *
   * @throws InputError for what cannot be read
   */
  read(path: string): Promise<string | undefined>
}

const SHALLOW_REMEDY =
  'Fetch the whole history: fetch-depth: 0 in actions/checkout, or git fetch --unshallow.'

/**
 * The versions that a pull request compares: that of the merge base of `base` and `head`, and that of
 * `head`.
 *
 * @param head a revision; undefined for the working tree, whose commit is HEAD
 * @throws InputError for an unknown revision, and where a shallow clone does not have the merge base
 */
export async function openTrees(
  folder: Folder,
  base: string,
  head: string | undefined,
): Promise<{ readonly before: Tree; readonly after: Tree }> {
  const repository = await openRepository(folder, `${base}: no git repository`)
  const from = await findCommit(repository, base)
  const to = await findCommit(repository, head ?? 'HEAD')
  const { stdout } = await repository.run(['merge-base', from, to])
  const common = stdout.toString().split('\n')[0] ?? ''
  if (common === '') {
    const isCut = await isShallow(repository)
    throw new InputError(
      `${base}: no common commit with ${head ?? 'HEAD'}${isCut ? ' in this shallow clone' : ''}`,
      isCut ? SHALLOW_REMEDY : 'Name a revision of the same history.',
    )
  }
  return {
    before: commitTree(repository, common),
    after: head === undefined ? workingTree(repository, folder) : commitTree(repository, to),
  }
}

/** The working tree, and what HEAD has. @throws InputError without a repository or a commit */
export async function openHead(
  folder: Folder,
): Promise<{ readonly before: Tree; readonly after: Tree }> {
  const repository = await openRepository(folder, 'HEAD: no git repository')
  const commit = await findCommit(repository, 'HEAD')
  return { before: commitTree(repository, commit), after: workingTree(repository, folder) }
}

async function findCommit(repository: Repository, revision: string): Promise<string> {
  const commit = revision.startsWith('-')
    ? undefined
    : await repository.find(`${revision}^{commit}`, revision)
  if (commit !== undefined) return commit
  throw new InputError(
    `${revision}: unknown revision`,
    (await isShallow(repository)) ? SHALLOW_REMEDY : 'git log --oneline lists revisions.',
  )
}

async function isShallow(repository: Repository): Promise<boolean> {
  const { stdout } = await repository.run(['rev-parse', '--is-shallow-repository'])
  return stdout.toString().trim() === 'true'
}

function commitTree(repository: Repository, commit: string): Tree {
  const label = commit.slice(0, 7)
  return {
    label,
    commit,
    async read(path) {
      const name = `${label}:${path}`
      const blob = await repository.find(`${commit}:./${path}`, name)
      if (blob !== undefined) return decodeText(await repository.read(blob, name), name)
      await refuseSubmodule(repository, commit, join(repository.prefix, path), name)
      return undefined
    },
  }
}

/** A file that a sparse checkout leaves out is read from the index. */
function workingTree(repository: Repository, folder: Folder): Tree {
  return {
    async read(path) {
      const text = await folder.readIfExists(path)
      if (text !== undefined) return text
      const { stdout } = await repository.run([
        ...['--literal-pathspecs', 'ls-files', '-t', '--', path],
      ])
      if (!stdout.toString().startsWith('S ')) return undefined
      const blob = await repository.find(`:./${path}`, path)
      return blob === undefined ? undefined : decodeText(await repository.read(blob, path), path)
    },
  }
}

/**
 * @param revision a commit; empty for the index
 * @param path from the root of the repository
 * @throws InputError for a path into a submodule, whose files are in another repository
 */
export async function refuseSubmodule(
  repository: Repository,
  revision: string,
  path: string,
  name: string,
): Promise<void> {
  const steps = path.split('/').filter((step) => step !== '.' && step !== '')
  const folders = steps.map((_, at) => steps.slice(0, at + 1).join('/'))
  const list =
    revision === '' ? ['ls-files', '--stage', '--'] : ['ls-tree', '--full-tree', revision, '--']
  const { stdout } = await repository.run(['--literal-pathspecs', ...list, ...folders])
  const [, submodule] = /^160000 .*\t(.+)$/m.exec(stdout.toString()) ?? []
  if (submodule === undefined) return
  throw new InputError(
    `${name}: ${submodule} is a submodule, with files of its own repository`,
    `Run the command in ${submodule}.`,
  )
}
