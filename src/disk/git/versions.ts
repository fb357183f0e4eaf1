import { existsSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { InputError } from '../../errors.ts'
import { runGit } from './git.ts'
import { type FileVersion, LOG_ARGUMENTS, readLog } from './log.ts'

/**
 * Every version of a file that the branch has, oldest first, under whatever name it had; one git
 * process gives them all.
 *
 * @throws InputError in one line where there is no repository or no such file in it
 */
export async function fileVersions(path: string): Promise<FileVersion[]> {
  const folder = dirname(path)
  if (!existsSync(folder)) throw new InputError(`${path}: no such file`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${path}: is a directory, expected a file`)
  }
  const { status, stdout, stderr } = await runGit([...LOG_ARGUMENTS, '--', basename(path)], folder)
  if (status !== 0) {
    const cause = (stderr.split('\n')[0] ?? '').replace(/^fatal: /, '')
    throw new InputError(`${path}: git cannot tell its history: ${cause}`)
  }
  const versions = readLog(stdout)
  if (versions.length > 0) return versions
  throw new InputError(
    existsSync(path) ? `${path}: no version of it is in git` : `${path}: no such file`,
    existsSync(path) ? 'Commit it first.' : undefined,
  )
}
