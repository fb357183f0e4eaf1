import { InputError } from '../../errors.ts'
import { fileError } from '../error.ts'
import type { Folder } from '../folder.ts'
import { decodeText } from '../read.ts'
import { runGit } from './git.ts'
import { openRepository, placeInGit, type Repository } from './repository.ts'
import { refuseSubmodule } from './tree.ts'

/** A file in a revision: `HEAD~1:snapshots/rhcos-4.18.json`; no revision stands for the index. */
interface RevisionPath {
  readonly revision: string
  readonly path: string
}

/**
 * Reads a file, or, where no file has that name, a file of a revision. The path starts at the root of
 * the repository, as in git, or else at the folder.
 *
 * @returns undefined where the revision exists and has no such file
 * @throws InputError for what cannot be read
 */
export async function readIfInRevision(folder: Folder, name: string): Promise<string | undefined> {
  const text = await folder.readIfExists(name)
  if (text !== undefined) return text
  const found = readRevisionPath(name)
  if (found === undefined) throw await noFile(name, folder)
  const repository = await openRepository(
    folder,
    `${name}: no such file, and no git repository to look in`,
    'REVISION:PATH is understood within a git repository.',
  )
  await expectRevision(repository, found.revision, name)
  for (const path of pathsFor(found.path, repository.prefix)) {
    const text = await readIn(repository, `${found.revision}:${path}`, name)
    if (text !== undefined) return text
  }
  await refuseSubmodule(repository, found.revision, found.path, name)
  return undefined
}

/** Reads a file, by the path that it has for people, as a revision has it. @throws InputError */
export async function readAsOf(folder: Folder, revision: string, path: string): Promise<string> {
  const name = `${revision}:${path}`
  const { repository, file } = await whereGitHas(folder, path)
  await expectRevision(repository, revision, name)
  const text = await readIn(repository, `${revision}:${file}`, name)
  if (text === undefined) throw new InputError(`${name}: no such file in ${revision}`)
  return text
}

/**
 * Reads a file as it was committed last, and as it is; undefined where it is not there. One that a
 * sparse checkout leaves out is as the index has it.
 *
 * @throws InputError in one line, also if git cannot answer
 */
export async function readSinceCommitted(
  folder: Folder,
  path: string,
): Promise<[before: string | undefined, after: string | undefined]> {
  const { repository, folderHas, file } = await whereGitHas(folder, path)
  const before = await readIn(repository, `HEAD:${file}`, `HEAD:${path}`)
  const after = await folder.readIfExists(path)
  if (after !== undefined) return [before, after]
  if (!repository.hasFiles) {
    throw new InputError(
      `${path}: no such file: the repository is bare`,
      'Name two revisions: REVISION:PATH REVISION:PATH.',
    )
  }
  const { stdout } = await repository.run([
    '--literal-pathspecs',
    'ls-files',
    '-t',
    '--',
    folderHas,
  ])
  const isLeftOut = stdout.toString().startsWith('S ')
  return [before, isLeftOut ? await readIn(repository, `:${file}`, path) : undefined]
}

/** What people call by a path: its repository, and what its name is from there. */
interface Whereabouts {
  readonly repository: Repository
  /** From the folder by which the repository was opened. */
  readonly folderHas: string
  /** From the root. */
  readonly file: string
}

async function whereGitHas(cwd: Folder, path: string): Promise<Whereabouts> {
  const { folder, name } = placeInGit(cwd, path)
  const repository = await openRepository(folder, `${path}: no git history`)
  return { repository, folderHas: name, file: `${repository.prefix}${name}` }
}

async function readIn(
  repository: Repository,
  expression: string,
  name: string,
): Promise<string | undefined> {
  const blob = await repository.find(expression, name)
  return blob === undefined ? undefined : decodeText(await repository.read(blob, name), name)
}

/** Somebody who compares two commits names them as git wants it. */
async function noFile(name: string, folder: Folder): Promise<InputError> {
  const error = fileError(name, { code: 'ENOENT' })
  if (error.remedy !== undefined || name.startsWith('-')) return error
  const { status } = await runGit(['rev-parse', '--verify', '--quiet', `${name}^{tree}`], folder)
  return status === 0
    ? new InputError(
        `${name}: a revision, expected a snapshot`,
        `Name a file of it, ${name}:snapshots/NAME.json, or compare the workspace: diff --base ${name}.`,
      )
    : error
}

/** The first colon outside of braces ends the revision: `HEAD^{/fix: all}:a.json`. */
function readRevisionPath(name: string): RevisionPath | undefined {
  const match = /^((?:[^:{]|\{[^}]*\})*):(.+)$/s.exec(name)
  const [, revision, path] = match ?? []
  return revision === undefined || path === undefined ? undefined : { revision, path }
}

async function expectRevision(
  repository: Repository,
  revision: string,
  name: string,
): Promise<void> {
  if (revision === '') return
  const isThere =
    !revision.startsWith('-') && (await repository.find(`${revision}^{tree}`, name)) !== undefined
  if (!isThere) throw new InputError(`${name}: unknown revision ${revision}`)
}

function pathsFor(path: string, prefix: string): string[] {
  if (/^\.\.?\//.test(path) || prefix === '') return [path]
  return [path, `./${path}`]
}
