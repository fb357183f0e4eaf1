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

export interface ImportedCommit {
  readonly time: string
  readonly message: string
  readonly files: Readonly<Record<string, string>>
  /** Positions in the list. */
  readonly parents: readonly number[]
}

/**
 * Makes a repository of some commits in one process. The last one is its head.
 * @returns the ids of the commits
 */
export async function importCommits(
  cwd: string,
  commits: readonly ImportedCommit[],
): Promise<string[]> {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const input = commits.map(({ time, message, files, parents }, at) =>
    [
      `commit refs/heads/main\nmark :${at + 1}\n`,
      `committer nobody <nobody@example.com> ${Date.parse(time) / 1000} +0000\n${data(message)}`,
      ...parents.map((each, index) => `${index === 0 ? 'from' : 'merge'} :${each + 1}\n`),
      'deleteall\n',
      ...Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`),
    ].join(''),
  )
  const steps = [
    'git init --quiet --initial-branch main',
    'git fast-import --quiet --export-marks=.git/marks',
    'git reset --quiet',
    'sort --key 1.2n .git/marks',
  ]
  const marks = await start('sh', cwd, ['-c', steps.join(' && ')], {}, input.join(''))
  return [...marks.matchAll(/ (\w+)$/gm)].map(([, id = '']) => id)
}

type Variables = Readonly<Record<string, string>>

async function start(
  program: string,
  cwd: string,
  args: readonly string[],
  more: Variables = {},
  input = '',
): Promise<string> {
  const running = execute(program, args, {
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
  // A command that reads no input may have ended.
  running.child.stdin?.on('error', () => undefined).end(input)
  return (await running).stdout
}
