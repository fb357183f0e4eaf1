import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import type { Folder } from '../folder.ts'
import { Blobs } from './blobs.ts'
import { type GitFolder, gitError, runGit, startGit } from './git.ts'
import { type Commit, type FileChange, LOG_ARGUMENTS, readLog } from './log.ts'
import { placeInGit } from './repository.ts'

/** A file that git has never had. */
export class NoVersions extends InputError {}

/** A file as a commit left it; its content is yet to be read. */
export interface FileVersion extends Omit<FileChange, 'status'> {
  /** Whether a shallow clone begins here: what the commit itself did cannot be known. */
  readonly isCut: boolean
}

/**
 * The versions of a file that the branch has, newest first, under whatever name it had: as many as
 * are taken.
 *
 * A copy of a file that stayed where it was is a file of its own: the original's life before is not
 * part of its own, although git follows it. A commit that leaves name and content as they were, as a
 * merge or a change of mode does, gives no version.
 *
 * @throws InputError in one line where there is no repository; NoVersions for no such file in it
 */
export async function* fileVersions(cwd: Folder, path: string): AsyncGenerator<FileVersion> {
  const { folder, name } = placeInGit(cwd, path)
  const cuts = await cutsOf(folder)
  const log = startGit([...LOG_ARGUMENTS, '--', name], folder)
  log.stdin.end()
  let count = 0
  try {
    for await (const { status: _, ...rest } of withoutEchoes(readLog(log.stdout))) {
      count += 1
      yield { ...rest, isCut: cuts.has(rest.id) }
    }
    const { status, stderr } = await log.ended
    if (status !== 0) throw gitError(`${path}: git cannot tell its history`, stderr)
  } finally {
    log.child.kill()
  }
  if (count > 0) return
  const isThere = cwd.exists(path)
  throw new NoVersions(
    isThere ? `${path}: no version of it is in git` : `${path}: no such file`,
    isThere ? 'Commit it first.' : undefined,
  )
}

/** Whether one commit is later than another: by its date, and within a second by descent. */
export async function isLater(
  cwd: Folder,
  one: Commit,
  other: Commit,
  path: string,
): Promise<boolean> {
  if (one.date !== other.date) return one.date > other.date
  const descent = ['merge-base', '--is-ancestor', other.id, one.id]
  return (await runGit(descent, placeInGit(cwd, path).folder)).status === 0
}

/** What reads the versions of a file, to be closed. */
export function openBlobs(cwd: Folder, path: string): Blobs {
  return new Blobs(placeInGit(cwd, path).folder)
}

async function* withoutEchoes(changes: AsyncIterable<FileChange>): AsyncGenerator<FileChange> {
  let later: FileChange | undefined
  let isOthers = false
  for await (const change of changes) {
    if (isOthers) continue
    const isEcho = later?.blob === change.blob && later?.path === change.path
    if (later && !isEcho) yield later
    later = change
    isOthers = change.status.startsWith('C')
  }
  if (later) yield later
}

/** The commits that a shallow clone begins with, whose parents it lacks. */
async function cutsOf(folder: GitFolder): Promise<ReadonlySet<string>> {
  const { status, stdout } = await runGit(['rev-parse', '--git-path', 'shallow'], folder)
  const file = resolve(folder.path, stdout.toString().trim())
  if (status !== 0 || !existsSync(file)) return new Set()
  return new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))
}
