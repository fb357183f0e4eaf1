import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs git without the user's settings. */
export function git(cwd: string, ...args: string[]): Promise<string> {
  return start('git', cwd, args)
}

/** Commits all files at a given time. Makes the repository if there is none. */
export async function commitAt(cwd: string, time: string, message: string): Promise<void> {
  await commit(cwd, message, { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time })
}

/** Commits all files. Makes the repository if there is none. */
export async function commitAll(cwd: string, message: string): Promise<void> {
  await commit(cwd, message)
}

/** In one process of this one, whose memory makes each start slow. */
async function commit(cwd: string, message: string, dates: Variables = {}): Promise<void> {
  const steps = [
    '{ [ -e .git ] || git init --quiet; }',
    'git add --all',
    'git commit --quiet --message "$0"',
  ]
  await start('sh', cwd, ['-c', steps.join(' && '), message], dates)
}

type Variables = Readonly<Record<string, string>>

async function start(
  program: string,
  cwd: string,
  args: readonly string[],
  more: Variables = {},
): Promise<string> {
  const { stdout } = await execute(program, args, {
    cwd,
    env: {
      ...more,
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      // No sample hooks, and no process that looks after the repository.
      GIT_TEMPLATE_DIR: '',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'maintenance.auto',
      GIT_CONFIG_VALUE_0: 'false',
      GIT_AUTHOR_NAME: 'nobody',
      GIT_AUTHOR_EMAIL: 'nobody@example.com',
      GIT_COMMITTER_NAME: 'nobody',
      GIT_COMMITTER_EMAIL: 'nobody@example.com',
    },
  })
  return stdout
}
