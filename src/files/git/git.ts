import fs from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import { shellWords } from '../../printable.ts'
import type { Folder } from '../folder.ts'
import { LONGEST_FILE, tooLong } from '../read.ts'

interface GitResult {
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Prevents git from using what a repository configures: a file watcher, replaced commits. */
const OPTIONS = ['--no-replace-objects', '--no-optional-locks', '-c', 'core.fsmonitor=false']

/** The user's own settings. Other variables, such as the `GIT_DIR` of a hook, name another folder. */
const SETTINGS =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES)$/

function getGitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('GIT_') || SETTINGS.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_NO_LAZY_FETCH: '1',
    // For versions of git without GIT_NO_LAZY_FETCH.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
  }
}

export type GitFolder = Pick<Folder, 'path' | 'env'> & {
  /** `GIT_INDEX_FILE`; absent: the index of the repository. */
  readonly index?: string | undefined
}

function startGit(args: readonly string[], { path, env, index }: GitFolder) {
  // Most commands do not run git, and load faster without this.
  const { spawn } = process.getBuiltinModule('node:child_process')
  const child = spawn('git', [...OPTIONS, ...args], {
    cwd: path,
    env: { ...getGitEnvironment(env), ...(index && { GIT_INDEX_FILE: index }) },
  })
  const { stdin, stdout } = child
  const stderr: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // git may end before it reads everything; its exit status is checked instead.
  stdin.on('error', () => undefined)
  const ended = new Promise<Omit<GitResult, 'stdout'>>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new InputError('git cannot be run', 'Install git.', { cause })),
    )
    child.on('close', (status) =>
      resolve({ status: status ?? 1, stderr: Buffer.concat(stderr).toString('utf8') }),
    )
  })
  ended.catch(() => undefined)
  return { child, stdin, stdout, ended }
}

export async function runGit(args: readonly string[], folder: GitFolder): Promise<GitResult> {
  const { stdin, stdout, ended } = startGit(args, folder)
  stdin.end()
  const chunks: Buffer[] = []
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { ...(await ended), stdout: Buffer.concat(chunks) }
}

export function gitError(what: string, stderr: string, remedy?: string): InputError {
  if (isNotInClone(stderr)) return new NotInClone(what)
  const lines = stderr.split('\n')
  const cause = lines.find((line) => PREFIX.test(line)) ?? lines[0] ?? ''
  const [, known] = REMEDIES.find(([pattern]) => pattern.test(stderr)) ?? []
  return new InputError(`${what}: ${cause.replace(PREFIX, '')}`, known ?? remedy)
}

/** The remedy for a file without a git history. */
export const NEEDS_REPOSITORY = 'Use a file in a git repository.'

const PREFIX = /^(fatal|error): /

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/dubious ownership/, 'If you trust it: git config --global --add safe.directory FOLDER'],
  [/bad revision 'HEAD'/, 'Commit the file first.'],
  [/unrecognized argument: --diff-merges/, 'Update git to 2.31 or later.'],
]

export function isNotInClone(stderr: string): boolean {
  return /lazy fetching disabled|unable to read|promisor|transport .* not allowed|could not fetch/.test(
    stderr,
  )
}

export class NotInClone extends InputError {
  constructor(what: string) {
    super(
      `${what}: its content is not in this clone`,
      'Fetch it with git fetch --refetch --no-filter.',
    )
  }
}

/** Reads contents by their ids, with one process of git for all of them. */
export class Blobs {
  readonly #git
  readonly #chunks: AsyncIterator<Buffer>

  constructor(folder: GitFolder) {
    this.#git = startGit(['cat-file', '--batch', '--follow-symlinks'], folder)
    this.#chunks = this.#git.stdout[Symbol.asyncIterator]()
  }

  /** @throws InputError as `find`, NotInClone for a missing content */
  async read(blob: string, name: string): Promise<Buffer> {
    const content = await this.find(blob, name)
    if (content === undefined) throw new NotInClone(name)
    return content
  }

  /**
   * @param blob an id, or REVISION:PATH, of which links are followed
   * @returns undefined for a content that is missing or not in the clone
   * @throws InputError for a content that is too long, and for a directory
   */
  async find(blob: string, name: string): Promise<Buffer | undefined> {
    this.#git.stdin.write(`${blob}\n`)
    let start = await this.#chunk(name)
    while (!start.includes('\n')) start = Buffer.concat([start, await this.#chunk(name)])
    const end = start.indexOf('\n')
    const [, type, size] = / (\w+) (\d+)$/.exec(start.toString('latin1', 0, end)) ?? []
    if (/^(dangling|symlink|loop|notdir) /.test(start.toString('latin1', 0, end))) {
      throw new InputError(`${name}: a link to a missing file`, 'Correct the link.')
    }
    if (size === undefined) return undefined
    const length = Number(size)
    const isFile = type === 'blob' && length <= LONGEST_FILE
    const parts = [start.subarray(end + 1)]
    // A line feed follows the content.
    for (let received = start.length - end - 1; received <= length; ) {
      const chunk = await this.#chunk(name)
      received += chunk.length
      if (isFile) parts.push(chunk)
    }
    if (isFile) return Buffer.concat(parts, length)
    throw type === 'blob'
      ? tooLong(name)
      : new InputError(`${name}: is a directory, expected a file`)
  }

  close(): void {
    this.#git.stdin.end()
    this.#git.child.kill()
  }

  async #chunk(name: string): Promise<Buffer> {
    const { value, done } = await this.#chunks.next()
    if (!done) return value
    const { stderr } = await this.#git.ended
    throw gitError(name, stderr)
  }
}

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

/** The command that restores a missing file and its siblings; undefined if git does not track the file. */
export async function restoreCommand(
  folder: Folder,
  file: string,
  ...siblings: readonly string[]
): Promise<string | undefined> {
  if (folder.repositoryRoot() === undefined) return undefined
  const names = shellWords([file, ...siblings])
  const { stdout } = await runGit(['ls-files', '-t', '--', folder.resolve(file)], folder)
  if (stdout.length === 0) {
    // `git rm` and `git mv` also remove the file from the index.
    const query = ['ls-tree', '--name-only', 'HEAD', '--', folder.resolve(file)]
    const { stdout: committed } = await runGit(query, folder)
    return committed.length === 0 ? undefined : `git checkout HEAD -- ${names}`
  }
  return stdout.toString().startsWith('S ') ? sparseCommand(file) : `git checkout -- ${names}`
}

/** The files at the root have no folder of their own. */
function sparseCommand(file: string): string {
  const folder = dirname(file)
  return `git sparse-checkout add ${shellWords([folder === '.' ? file : folder])}`
}

/** The command that restores changed files; undefined if git does not track all of them. */
export async function checkoutCommand(
  folder: Folder,
  files: readonly string[],
): Promise<string | undefined> {
  if (folder.repositoryRoot() === undefined) return undefined
  const paths = files.map((file) => folder.resolve(file))
  const { stdout } = await runGit(['ls-files', '-t', '-z', '--', ...paths], folder)
  const entries = stdout.toString().split('\0')
  if (entries.length <= paths.length) return undefined
  const skipped = files.find((file) =>
    entries.some((entry) => entry.startsWith('S ') && basename(entry) === basename(file)),
  )
  if (skipped !== undefined) return sparseCommand(skipped)
  const names = shellWords(files)
  return (await isModified(folder, files))
    ? `git checkout -- ${names}`
    : `git checkout COMMIT -- ${names}, where COMMIT is before the change`
}

/** Whether a file has changes that are not in the index of git. */
export async function isModified(folder: Folder, files: readonly string[]): Promise<boolean> {
  if (folder.repositoryRoot() === undefined) return false
  const paths = files.map((file) => folder.resolve(file))
  const { stdout } = await runGit(['ls-files', '--modified', '--', ...paths], folder)
  return stdout.length > 0
}
