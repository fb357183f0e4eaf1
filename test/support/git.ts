import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs git without the user's settings. */
export function git(cwd: string, ...args: string[]): Promise<string> {
  return start('git', cwd, args)
}

/** Commits all files at a time. Creates the repository if necessary. */
export async function commitAt(cwd: string, time: string, message: string): Promise<void> {
  await commit(cwd, message, { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time })
}

/** Commits all files. Creates the repository if necessary. */
export async function commitAll(cwd: string, message: string): Promise<void> {
  await commit(cwd, message)
}

/** Runs all git commands in one shell, because starting a child of this large process is slow. */
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
  /** Indexes in the list of commits. */
  readonly parents: readonly number[]
}

/**
 * Creates a repository in one process. The last commit is its HEAD.
 * @returns the IDs of the commits
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
      // No sample hooks and no maintenance process.
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
  // A command that reads no input may have exited.
  running.child.stdin?.on('error', () => undefined).end(input)
  return (await running).stdout
}
