import { existsSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import type { Folder } from '../folder.ts'
import { Blobs, type GitFolder, gitError, NEEDS_REPOSITORY, runGit } from './git.ts'
import { locateInGit } from './revision.ts'

export class NoVersions extends InputError {}

export interface FileState {
  readonly path: string
  /** The id of its content; undefined if the commit removed the file. */
  readonly blob: string | undefined
  readonly isSubmodule?: boolean
}

export interface FileCommit {
  readonly id: string
  readonly date: string
  readonly subject: string
  /** Whether a shallow clone begins here: what the commit changed is unknown. */
  readonly isCut: boolean
  /** In the order of the requested files; undefined for an unchanged file. */
  readonly files: readonly (FileState | undefined)[]
}

/**
 * The commits that changed some files, latest first, along first parents: a merge is one commit.
 * Only names are read, so contents may be missing from the clone. Renames are followed, copies not.
 * @param paths of one repository; only the first one needs a version
 * @throws InputError without a repository, NoVersions if git has no version of the first file
 */
export async function readFileHistory(
  cwd: Pick<Folder, 'env' | 'resolve'>,
  paths: readonly [string, ...string[]],
) {
  const [first] = paths
  const { folder } = locateInGit(cwd, first)
  const what = `${first}: no git history`
  const places = await runGit(['rev-parse', '--show-prefix', '--git-path', 'shallow'], folder)
  if (places.status !== 0) throw gitError(what, places.stderr, NEEDS_REPOSITORY)
  const [prefix = '', shallow = ''] = places.stdout.toString().split('\n')
  const getName = (path: string) => posix.join(prefix, posix.relative(folder.path, path))
  const names = paths.map((path) => {
    const { folder: place, name } = locateInGit(cwd, path)
    return getName(posix.join(place.path, name))
  })
  const commits = await followRenames(folder, prefix, names, what)
  if (!commits.some(({ files }) => files[0])) throw noVersions(first, cwd)
  const cuts = readCuts(resolve(folder.path, shallow))
  const { stdout } = await runGit(['config', '--get', 'remote.origin.url'], folder)
  return {
    commits: commits.map(
      ({ added: _, ...each }): FileCommit => ({ ...each, isCut: cuts.has(each.id) }),
    ),
    blobs: new Blobs(folder),
    origin: stdout.toString().trim() || undefined,
  }
}

function noVersions(path: string, cwd: Pick<Folder, 'resolve'>): NoVersions {
  return existsSync(cwd.resolve(path))
    ? new NoVersions(`${path}: not committed`, 'Commit it first.')
    : new NoVersions(`${path}: no such file`)
}

interface Log extends Omit<FileCommit, 'isCut'> {
  /** Whether a commit with a parent adds each file. */
  readonly added: readonly boolean[]
}

async function followRenames(
  folder: GitFolder,
  prefix: string,
  paths: readonly string[],
  what: string,
): Promise<Log[]> {
  const commits: Log[] = []
  let names = paths
  for (let start = 'HEAD'; ; ) {
    const relative = names.map((name) => posix.relative(prefix, name))
    const { status, stdout, stderr } = await runGit([...LOG, start, '--', ...relative], folder)
    if (status !== 0) throw gitError(what, stderr)
    const log = parseLog(stdout.toString('utf8'), names)
    const renamed = await findRename(folder, log, names)
    if (renamed === undefined) return [...commits, ...log]
    commits.push(...log.slice(0, renamed.index + 1))
    names = renamed.names
    start = `${log[renamed.index]?.id}^1`
  }
}

/** Options that make the output independent of the user's settings. */
const LOG = [
  ...['--literal-pathspecs', '-c', 'log.showRoot=true'],
  ...['log', '--first-parent', '--diff-merges=first-parent', '--raw', '-z', '--no-abbrev'],
  ...['--format=%x00%H%x00%P%x00%ct%x00%s', '--encoding=UTF-8', '--no-renames'],
  ...['--no-textconv', '--no-ext-diff', '--no-color', '--no-relative'],
  ...['--no-show-signature', '--no-notes'],
]

/** NUL separates the fields: an empty one, id, parents, time, subject, then change and path of each file. */
function parseLog(text: string, names: readonly string[]): Log[] {
  const fields = text.split('\0')
  const commits: Log[] = []
  for (let at = 1; at < fields.length; at += 1) {
    const [id = '', parents, seconds, subject = ''] = fields.slice(at, at + 4)
    const date = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
    const files: (FileState | undefined)[] = names.map(() => undefined)
    const added = names.map(() => false)
    for (at += 4; fields[at]?.trimStart().startsWith(':'); at += 2) {
      // `:100644 100644 BLOB BLOB M`
      const [, mode, , blob = '', status] = fields[at]?.trimStart().split(' ') ?? []
      const path = fields[at + 1] ?? ''
      const index = names.indexOf(path)
      if (index < 0) continue
      files[index] = {
        path,
        blob: /^0+$/.test(blob) ? undefined : blob,
        isSubmodule: mode === '160000',
      }
      added[index] = status === 'A' && parents !== ''
    }
    commits.push({ id, date, subject, files, added })
  }
  return commits
}

/** The place in the log of the latest commit that renamed a file, and the names before the commit. */
async function findRename(
  folder: GitFolder,
  log: readonly Log[],
  names: readonly string[],
): Promise<{ index: number; names: string[] } | undefined> {
  for (const [index, { id, added }] of log.entries()) {
    if (!added.includes(true)) continue
    const sources = await findSources(folder, id)
    const before = names.map((name, at) => (added[at] && sources.get(name)) || name)
    if (before.some((name, at) => name !== names[at])) return { index, names: before }
  }
  return undefined
}

/** The earlier names of the files that a commit renames. */
async function findSources(folder: GitFolder, id: string): Promise<ReadonlyMap<string, string>> {
  const options = ['-r', '--raw', '-z', '--no-relative', '--diff-filter=R']
  // The first comparison needs contents, which may be missing from the clone.
  for (const similarity of ['-M', '-M100%']) {
    const words = ['diff-tree', ...options, similarity, `${id}^1`, id]
    const { status, stdout } = await runGit(words, folder)
    if (status !== 0) continue
    const fields = stdout.toString('utf8').split('\0')
    return new Map(
      fields.flatMap((field, at): [string, string][] =>
        field.startsWith(':') ? [[fields[at + 2] ?? '', fields[at + 1] ?? '']] : [],
      ),
    )
  }
  return new Map()
}

/** The commits of a shallow clone without their parents. */
function readCuts(file: string): ReadonlySet<string> {
  return new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [])
}
