import { InputError } from '../../errors.ts'
import { fileError } from '../error.ts'
import { decodeText, readIfThere } from '../read.ts'
import { runGit } from './git.ts'

/** A file in a revision: `HEAD~1:snapshots/rhcos-4.18.json`; no revision stands for the index. */
interface RevisionPath {
  readonly revision: string
  readonly path: string
}

/**
 * Reads a file, or a file of a revision where no file has that very name. The path counts from the
 * root of the repository around `cwd`, as git has it, or else from `cwd`, as people see it.
 *
 * @throws InputError in one line for what cannot be read
 */
export async function readFileOrRevision(name: string, cwd: string): Promise<string> {
  const text = await readIfInRevision(name, cwd)
  if (text !== undefined) return text
  const { revision = '' } = readRevisionPath(name) ?? {}
  throw new InputError(`${name}: no such file in ${revision || 'the index'}`)
}

/** The same, undefined where the revision is there and has no such file. */
export async function readIfInRevision(name: string, cwd: string): Promise<string | undefined> {
  const text = await readIfThere(name)
  if (text !== undefined) return text
  const found = readRevisionPath(name)
  if (found === undefined) throw await noFile(name, cwd)
  const prefix = await prefixOf(name, cwd)
  await expectRevision(name, found.revision, cwd)
  for (const path of pathsFor(found.path, prefix)) {
    const kind = await runGit(['cat-file', '-t', `${found.revision}:${path}`], cwd)
    if (kind.status !== 0) continue
    if (kind.stdout.toString().trim() !== 'blob') {
      throw new InputError(`${name}: is a directory, expected a file`)
    }
    // Not `git show`, which would give what a textconv makes of the file.
    const blob = await runGit(['cat-file', 'blob', `${found.revision}:${path}`], cwd)
    if (blob.status === 0) return decodeText(blob.stdout, name)
    throw new InputError(`${name}: ${firstLine(blob.stderr)}`)
  }
  return undefined
}

/** Somebody who compares two commits names them as git wants it. */
async function noFile(name: string, cwd: string): Promise<InputError> {
  const error = fileError(name, { code: 'ENOENT' })
  if (error.remedy !== undefined || name.startsWith('-')) return error
  const { status } = await runGit(['rev-parse', '--verify', '--quiet', `${name}^{tree}`], cwd)
  return status === 0
    ? new InputError(
        `${name}: a revision, expected a snapshot of it`,
        `Name its file as REVISION:PATH: ${name}:snapshots/NAME.json.`,
      )
    : error
}

/** The first colon outside of braces ends the revision: `HEAD^{/fix: all}:a.json`. */
function readRevisionPath(name: string): RevisionPath | undefined {
  const match = /^((?:[^:{]|\{[^}]*\})*):(.+)$/s.exec(name)
  const [, revision, path] = match ?? []
  return revision === undefined || path === undefined ? undefined : { revision, path }
}

/** Where `cwd` is in its repository, with a slash behind; empty at the root. */
async function prefixOf(name: string, cwd: string): Promise<string> {
  const { status, stdout, stderr } = await runGit(['rev-parse', '--show-prefix'], cwd)
  if (status === 0) return stdout.toString().replace(/\n$/, '')
  throw new InputError(
    `${name}: no such file, and no git repository to look in: ${firstLine(stderr)}`,
    'REVISION:PATH is understood within a git repository.',
  )
}

async function expectRevision(name: string, revision: string, cwd: string): Promise<void> {
  if (revision === '') return
  const isOption = revision.startsWith('-')
  const { status } = isOption
    ? { status: 1 }
    : await runGit(['rev-parse', '--verify', '--quiet', `${revision}^{tree}`], cwd)
  if (status !== 0) throw new InputError(`${name}: git knows no revision ${revision}`)
}

function pathsFor(path: string, prefix: string): string[] {
  if (/^\.\.?\//.test(path) || prefix === '') return [path]
  return [path, `./${path}`]
}

function firstLine(stderr: string): string {
  return (stderr.split('\n')[0] ?? '').replace(/^(fatal|error): /, '')
}
