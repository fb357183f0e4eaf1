import { spawn } from 'node:child_process'
import { InputError } from '../../errors.ts'
import type { Folder } from '../folder.ts'

interface GitResult {
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Prevents git from running what a repository configures: a file watcher, replaced commits. */
const QUIETLY = ['--no-replace-objects', '--no-optional-locks', '-c', 'core.fsmonitor=false']

/** The user's own settings. Other variables, such as the `GIT_DIR` of a hook, belong to another run. */
const KEPT = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES)$/

function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name))
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_NO_LAZY_FETCH: '1',
    // For versions of git that do not know GIT_NO_LAZY_FETCH.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
  }
}

export type GitFolder = Pick<Folder, 'path' | 'env'> & {
  /** `GIT_INDEX_FILE`; absent: the index of the repository. */
  readonly index?: string | undefined
}

export function startGit(args: readonly string[], { path, env, index }: GitFolder) {
  const child = spawn('git', [...QUIETLY, ...args], {
    cwd: path,
    env: { ...gitEnvironment(env), ...(index && { GIT_INDEX_FILE: index }) },
  })
  const { stdin, stdout } = child
  const stderr: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // git may end before it has read everything; its exit status is checked instead.
  stdin.on('error', () => undefined)
  const ended = new Promise<Omit<GitResult, 'stdout'>>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new InputError('git cannot be run', 'Is it installed?', { cause })),
    )
    child.on('close', (status) =>
      resolve({ status: status ?? 1, stderr: Buffer.concat(stderr).toString('utf8') }),
    )
  })
  ended.catch(() => undefined)
  return { child, stdin, stdout, ended }
}

export async function runGit(args: readonly string[], folder: GitFolder): Promise<GitResult> {
  const { stdin, stdout, ended } = startGit(args, folder)
  stdin.end()
  const chunks: Buffer[] = []
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { ...(await ended), stdout: Buffer.concat(chunks) }
}

export function gitError(what: string, stderr: string, remedy?: string): InputError {
  if (isLacking(stderr)) return notInClone(what)
  const lines = stderr.split('\n')
  const cause = lines.find((line) => REFUSAL.test(line)) ?? lines[0] ?? ''
  const [, known] = REMEDIES.find(([pattern]) => pattern.test(stderr)) ?? []
  return new InputError(`${what}: ${cause.replace(REFUSAL, '')}`, known ?? remedy)
}

const REFUSAL = /^(fatal|error): /

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/dubious ownership/, 'If you trust it: git config --global --add safe.directory FOLDER'],
  [/unrecognized argument: --diff-merges/, 'Git 2.31 or later is needed.'],
]

export function isLacking(stderr: string): boolean {
  return /lazy fetching disabled|unable to read|promisor|transport .* not allowed|could not fetch/.test(
    stderr,
  )
}

export function notInClone(what: string): NotInClone {
  return new NotInClone(
    `${what}: its content is not in this clone`,
    'Fetch it with git fetch --refetch --no-filter.',
  )
}

export class NotInClone extends InputError {}
