import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import { fileError } from '../error.ts'
import type { Folder } from '../folder.ts'
import { decodeText } from '../read.ts'
import { Blobs, type GitFolder, gitError, isNotInClone, NotInClone, runGit } from './git.ts'

export interface Tree {
  /** For messages, such as `a1b2c3d`; undefined for the working tree. */
  readonly label?: string
  readonly commit?: string
  /** @returns undefined if this version does not have the file */
  read(path: string): Promise<string | undefined>
}

export interface Trees extends Disposable {
  readonly before: Tree
  readonly after: Tree
}

const SHALLOW_REMEDY =
  'Fetch the whole history: fetch-depth: 0 in actions/checkout, or git fetch --unshallow.'

/**
 * The two versions that a pull request compares: the merge base of `base` and `head`, and `head`.
 * @param head a revision; undefined for the working tree, whose commit is HEAD
 * @throws InputError for an unknown revision, and if the clone does not have the merge base
 */
export async function openTrees(folder: Folder, base = 'HEAD', head?: string): Promise<Trees> {
  const repository = await Repository.open(folder, `${base}: no git repository`)
  const from = await repository.findCommit(base)
  const to = await repository.findCommit(head ?? 'HEAD')
  const [common = ''] = (await repository.output('merge-base', from, to)).split('\n')
  if (common === '') {
    const isCut = await repository.isShallow()
    throw new InputError(
      `${base}: no common commit with ${head ?? 'HEAD'}${isCut ? ' in this shallow clone' : ''}`,
      isCut ? SHALLOW_REMEDY : 'Use a revision of the same history.',
    )
  }
  return {
    before: commitTree(repository, common),
    after: head === undefined ? workingTree(repository, folder) : commitTree(repository, to),
    [Symbol.dispose]: () => repository[Symbol.dispose](),
  }
}

function commitTree(repository: Repository, commit: string): Tree {
  const label = commit.slice(0, 7)
  return {
    label,
    commit,
    async read(path) {
      const name = `${label}:${path}`
      const refuseSubmodule = () => repository.refuseSubmodule(commit, `./${path}`, name)
      try {
        const text = await repository.read(`${commit}:./${path}`, name)
        if (text === undefined) await refuseSubmodule()
        return text
      } catch (error) {
        if (error instanceof NotInClone) await refuseSubmodule()
        throw error
      }
    },
  }
}

function workingTree(repository: Repository, folder: Folder): Tree {
  return {
    read: async (path) =>
      (await folder.readIfExists(path)) ?? (await repository.readSkipped(path, path)),
  }
}

/** The parts of `REVISION:PATH`. The first colon outside of braces counts: `HEAD^{/fix: all}:a.json`. */
export function splitRevision(name: string): { revision?: string; path?: string } {
  return { .../^(?<revision>(?:[^:{]|\{[^}]*\})*):(?<path>.+)$/s.exec(name)?.groups }
}

/** `REVISION:PATH` starts at the root of the repository, as in git, or else at the folder. */
export async function readIfInRevision(folder: Folder, name: string): Promise<string | undefined> {
  const text = await folder.readIfExists(name)
  if (text !== undefined) return text
  const { revision, path } = splitRevision(name)
  if (revision === undefined || path === undefined) throw await explainMissing(name, folder)
  using repository = await Repository.open(
    folder,
    `${name}: no such file, and no git repository`,
    'Use an existing file, or run the command in a git repository.',
  )
  await repository.expectRevision(revision, name)
  const inFolder = /^\.\.?\//.test(path) ? path : `./${path}`
  for (const each of [path, inFolder]) {
    const text = await repository.read(`${revision}:${each}`, name)
    if (text !== undefined) return text
  }
  await repository.refuseSubmodule(revision, `:/${path}`, name)
  return undefined
}

export async function readSinceCommitted(
  folder: Folder,
  path: string,
): Promise<[before: string | undefined, after: string | undefined]> {
  const place = locateInGit(folder, path)
  using repository = await Repository.open(place.folder, `${path}: no git history`)
  const before = await repository.read(`HEAD:./${place.name}`, `HEAD:${path}`)
  const after = await folder.readIfExists(path)
  if (after !== undefined) return [before, after]
  if (!repository.hasWorkingTree) {
    throw new InputError(
      `${path}: no such file: the repository is bare`,
      'Use two revisions: REVISION:PATH REVISION:PATH.',
    )
  }
  return [before, await repository.readSkipped(place.name, path)]
}

/** A file as git lists it: links resolved, relative to its nearest existing folder. */
export function locateInGit(
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

async function explainMissing(name: string, folder: Folder): Promise<InputError> {
  const error = fileError(name, { code: 'ENOENT' })
  if (error.remedy !== undefined || name.startsWith('-')) return error
  const { status } = await runGit(['rev-parse', '--verify', '--quiet', `${name}^{tree}`], folder)
  return status === 0
    ? new InputError(
        `${name}: a revision, expected a snapshot`,
        `Use a file of this revision, ${name}:snapshots/NAME.json, or compare the workspace: diff --base ${name}.`,
      )
    : error
}

/** A repository, opened in one of its folders: paths that begin with `./` start there. */
class Repository implements Disposable {
  /** One process of git reads all files. */
  #blobs: Blobs | undefined

  private constructor(
    private readonly folder: GitFolder,
    readonly hasWorkingTree: boolean,
  ) {}

  [Symbol.dispose](): void {
    this.#blobs?.close()
  }

  static async open(folder: GitFolder, what: string, remedy?: string): Promise<Repository> {
    const query = ['rev-parse', '--is-inside-work-tree', '--absolute-git-dir']
    const { status, stdout, stderr } = await runGit(query, folder)
    if (status !== 0) throw gitError(what, stderr, remedy)
    const [isInside, gitFolder = ''] = stdout.toString().split('\n')
    return new Repository(
      { ...folder, index: findIndexFile(gitFolder, folder) },
      isInside === 'true',
    )
  }

  async output(...args: readonly string[]): Promise<string> {
    return (await runGit(args, this.folder)).stdout.toString()
  }

  /** The text of a file, by an expression such as `HEAD:PATH`. @throws InputError */
  async read(expression: string, name: string): Promise<string | undefined> {
    // git reads one expression per line.
    if (expression.includes('\n')) return undefined
    this.#blobs ??= new Blobs(this.folder)
    try {
      // By the expression, so that git follows links.
      return decodeText(await this.#blobs.read(expression, name), name)
    } catch (error) {
      this.#blobs.close()
      this.#blobs = undefined
      if (error instanceof NotInClone && !(await this.find(expression, name))) return undefined
      const hasRemedy = error instanceof InputError && error.remedy !== undefined
      if (!hasRemedy || error instanceof NotInClone) throw error
      // The remedy for a file of the working tree cannot change a commit.
      throw new InputError(error.message, 'Use a revision in which the file is valid.')
    }
  }

  /** A file of the index that a sparse checkout skips. */
  async readSkipped(path: string, name: string): Promise<string | undefined> {
    const listed = await this.output('--literal-pathspecs', 'ls-files', '-t', '--', path)
    return listed.startsWith('S ') ? this.read(`:./${path}`, name) : undefined
  }

  async findCommit(revision: string): Promise<string> {
    const commit = await this.find(`${revision}^{commit}`, revision)
    if (commit !== undefined) return commit
    const isCut = await this.isShallow()
    const [, remote = '', branch] = /^(?:refs\/remotes\/)?([^/]+)\/(.+)$/.exec(revision) ?? []
    const remotes = (await this.output('remote')).split('\n')
    const fetch = `Fetch it: git fetch ${isCut ? '--unshallow ' : ''}${remote} ${branch}:refs/remotes/${remote}/${branch}`
    const remedy = isCut ? SHALLOW_REMEDY : 'List the revisions with git log --oneline.'
    throw new InputError(
      `${revision}: unknown revision`,
      branch !== undefined && remotes.includes(remote) ? fetch : remedy,
    )
  }

  /** @param revision empty for the index */
  async expectRevision(revision: string, name: string): Promise<void> {
    if (revision === '' || (await this.find(`${revision}^{tree}`, name)) !== undefined) return
    throw new InputError(`${name}: unknown revision ${revision}`)
  }

  async isShallow(): Promise<boolean> {
    return (await this.output('rev-parse', '--is-shallow-repository')).trim() === 'true'
  }

  /** @param path from the root if it begins with `:/`, else from the folder */
  async refuseSubmodule(revision: string, path: string, name: string): Promise<void> {
    const isFromRoot = path.startsWith(':/')
    const prefix = isFromRoot ? '' : (await this.output('rev-parse', '--show-prefix')).trimEnd()
    const steps = join(prefix, isFromRoot ? path.slice(2) : path).split('/')
    const folders = steps.map((_, at) => steps.slice(0, at + 1).join('/'))
    const list =
      revision === ''
        ? ['ls-files', '--full-name', '--stage', '--']
        : ['ls-tree', '--full-tree', revision, '--']
    const listed = await this.output('--literal-pathspecs', ...list, ...folders)
    const [, submodule] = /^160000 .*\t(.+)$/m.exec(listed) ?? []
    if (submodule === undefined) return
    throw new InputError(
      `${name}: ${submodule} is a submodule, with files of its own repository`,
      `Run the command in ${submodule}.`,
    )
  }

  /** @throws InputError if a partial clone does not have the objects of the path */
  private async find(expression: string, name: string): Promise<string | undefined> {
    if (expression.startsWith('-')) return undefined
    const { status, stdout, stderr } = await runGit(
      ['rev-parse', '--verify', '--quiet', expression],
      this.folder,
    )
    if (status === 0) return stdout.toString().trim()
    if (isNotInClone(stderr)) throw gitError(name, stderr)
    return undefined
  }
}

/** In a hook of this repository, the index of the commit that is being made. */
function findIndexFile(gitFolder: string, { path, env }: GitFolder): string | undefined {
  if (!env.GIT_INDEX_FILE) return undefined
  const file = resolve(path, env.GIT_INDEX_FILE)
  return existsSync(file) && realpathSync(dirname(file)) === gitFolder ? file : undefined
}
