import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs git as nobody in particular, without anybody's settings. */
export function git(cwd: string, ...args: string[]): Promise<string> {
  return runGit(cwd, args)
}

/** Commits all that is there at a time of its own, in a repository that there need not be yet. */
export async function commitAt(cwd: string, time: string, message: string): Promise<void> {
  const dates = { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time }
  await runGit(cwd, ['init', '--quiet'])
  await runGit(cwd, ['add', '--all'])
  await runGit(cwd, ['commit', '--quiet', '--message', message], dates)
}

async function runGit(
  cwd: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execute('git', args, {
    cwd,
    env: {
      ...more,
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'nobody',
      GIT_AUTHOR_EMAIL: 'nobody@example.com',
      GIT_COMMITTER_NAME: 'nobody',
      GIT_COMMITTER_EMAIL: 'nobody@example.com',
    },
  })
  return stdout
}

/** A repository with these files committed. */
export async function commitAll(cwd: string, message: string): Promise<void> {
  await git(cwd, 'init', '--quiet')
  await git(cwd, 'add', '--all')
  await git(cwd, 'commit', '--quiet', '--message', message)
}
