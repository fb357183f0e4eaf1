import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import { fileError } from '../error.ts'
import { type Folder, STDIN } from '../folder.ts'
import { decodeText } from '../read.ts'
import {
  Blobs,
  type GitFolder,
  gitError,
  isModified,
  isNotInClone,
  NEEDS_REPOSITORY,
  NotInClone,
  runGit,
} from './git.ts'

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
  const repository = await Repository.open(
    folder,
    `${base}: no git repository`,
    'Run the command in a git repository.',
  )
  const to = head === undefined ? 'HEAD' : await repository.findCommit(head)
  const common = await repository.findMergeBase(base, to)
  if (common === '') {
    await repository.findCommit(base)
    await repository.findCommit(to)
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
    read: (path) => repository.read(commit, `./${path}`, `${label}:${path}`),
  }
}

function workingTree(repository: Repository, folder: Folder): Tree {
  return {
    async read(path) {
      const text = await folder.readIfExists(path)
      if (text === undefined) return repository.readSkipped(path, path)
      // git converts line ends in a checkout, so an unmodified file is that of HEAD.
      const isConverted = text.includes('\r\n') && !(await isModified(folder, [path]))
      const committed = isConverted ? await repository.read('HEAD', `./${path}`, path) : undefined
      return committed ?? text
    },
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
  // Without a revision, it is the index.
  if (revision !== '') await repository.findCommit(revision)
  const inFolder = /^\.\.?\//.test(path) ? path : `./${path}`
  return (
    (await repository.read(revision, path, name)) ??
    (await repository.read(revision, inFolder, name))
  )
}

export async function readSinceCommitted(
  folder: Folder,
  path: string,
): Promise<[before: string | undefined, after: string | undefined]> {
  const place = locateInGit(folder, path)
  const what = `${path}: no git history`
  using repository = await Repository.open(place.folder, what, NEEDS_REPOSITORY)
  const before = await repository.read('HEAD', `./${place.name}`, `HEAD:${path}`)
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
  if (path === STDIN) {
    throw new InputError('-: stdin has no git history', 'Use a file in a git repository.')
  }
  const absolute = cwd.resolve(path)
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${path}: is a directory, expected a file`)
  }
  const file = existsSync(absolute) ? realpathSync(absolute) : absolute
  let folder = dirname(file)
  while (!existsSync(folder)) folder = dirname(folder)
  return { folder: { path: realpathSync(folder), env: cwd.env }, name: relative(folder, file) }
}

export async function explainMissing(name: string, folder: Folder): Promise<InputError> {
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
    /** The folder in the repository, with a final slash; empty for the root. */
    private readonly prefix: string,
  ) {}

  [Symbol.dispose](): void {
    this.#blobs?.close()
  }

  static async open(folder: GitFolder, what: string, remedy?: string): Promise<Repository> {
    const query = ['rev-parse', '--is-inside-work-tree', '--absolute-git-dir', '--show-prefix']
    const { status, stdout, stderr } = await runGit(query, folder)
    if (status !== 0) throw gitError(what, stderr, remedy)
    const [isInside, gitFolder = '', prefix = ''] = stdout.toString().split('\n')
    const index = findIndexFile(gitFolder, folder)
    return new Repository({ ...folder, index }, isInside === 'true', prefix)
  }

  async output(...args: readonly string[]): Promise<string> {
    return (await runGit(args, this.folder)).stdout.toString()
  }

  /**
   * @param revision empty for the index
   * @param path from the root of the repository, or with `./` or `../` from the folder
   * @returns undefined for a missing file
   * @throws InputError for a file that cannot be read, and for a path in a submodule
   */
  async read(revision: string, path: string, name: string): Promise<string | undefined> {
    const fromRoot = /^\.\.?\//.test(path) ? join(this.prefix, path) : path
    const expression = `${revision}:${fromRoot}`
    // git reads one expression per line.
    if (expression.includes('\n') || fromRoot.startsWith('../')) return undefined
    this.#blobs ??= new Blobs(this.folder)
    try {
      // By the expression, so that git follows links.
      const content = await this.#blobs.find(expression, name)
      if (content !== undefined) return decodeText(content, name)
    } catch (error) {
      this.#blobs.close()
      this.#blobs = undefined
      if (!(error instanceof NotInClone)) throw withRevisionRemedy(error)
    }
    if (await this.#lists(revision, fromRoot, name)) throw new NotInClone(name)
    return undefined
  }

  /** Whether git lists a file. @throws InputError for a path in a submodule */
  async #lists(revision: string, path: string, name: string): Promise<boolean> {
    const steps = path.split('/')
    const folders = steps.map((_, at) => steps.slice(0, at + 1).join('/'))
    const list =
      revision === ''
        ? ['ls-files', '--full-name', '--stage']
        : ['ls-tree', '--full-tree', revision]
    const words = ['--literal-pathspecs', ...list, '-z', '--', ...folders]
    const { stdout, stderr } = await runGit(words, this.folder)
    if (isNotInClone(stderr)) throw gitError(name, stderr)
    const listed = stdout
      .toString()
      .split('\0')
      .map((line) => line.split('\t'))
    const [, submodule] = listed.find(([entry = '']) => entry.startsWith('160000 ')) ?? []
    if (submodule === undefined) return listed.some(([, file]) => file === folders.at(-1))
    throw new InputError(
      `${name}: ${submodule} is a submodule, with files of its own repository`,
      `Run the command in ${submodule}.`,
    )
  }

  /** @returns an empty text for an unknown revision, and without a common commit */
  async findMergeBase(base: string, head: string): Promise<string> {
    if (base.startsWith('-')) return ''
    const [common = ''] = (await this.output('merge-base', base, head)).split('\n')
    return common
  }

  /** A file of the index that a sparse checkout skips. */
  async readSkipped(path: string, name: string): Promise<string | undefined> {
    const listed = await this.output('--literal-pathspecs', 'ls-files', '-t', '--', path)
    return listed.startsWith('S ') ? this.read('', `./${path}`, name) : undefined
  }

  /** @throws InputError for a revision that is unknown, or that a partial clone does not have */
  async findCommit(revision: string): Promise<string> {
    if (!revision.startsWith('-')) {
      const query = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]
      const { status, stdout, stderr } = await runGit(query, this.folder)
      if (status === 0) return stdout.toString().trim()
      if (isNotInClone(stderr)) throw gitError(revision, stderr)
    }
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

  async isShallow(): Promise<boolean> {
    return (await this.output('rev-parse', '--is-shallow-repository')).trim() === 'true'
  }
}

/** The remedy for a file of the working tree cannot change a commit. */
function withRevisionRemedy(error: unknown): unknown {
  if (!(error instanceof InputError) || error.remedy === undefined) return error
  return new InputError(error.message, 'Use a revision in which the file is valid.')
}

/** In a hook of this repository, the index of the commit that is being made. */
function findIndexFile(gitFolder: string, { path, env }: GitFolder): string | undefined {
  if (!env.GIT_INDEX_FILE) return undefined
  const file = resolve(path, env.GIT_INDEX_FILE)
  return existsSync(file) && realpathSync(dirname(file)) === gitFolder ? file : undefined
}
