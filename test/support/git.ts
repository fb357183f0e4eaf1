import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs git as nobody in particular, without anybody's settings. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('git', args, {
    cwd,
    env: {
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
