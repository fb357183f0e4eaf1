import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { run as runInProcess } from '../../src/commands/line/parse.ts'
import { withEnvironment } from './environment.ts'
import { captureIo, type IoOptions } from './io.ts'

export const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))

/** EXECUTABLE tests a released executable. BUILT tests the built command line. */
const { EXECUTABLE, BUILT } = process.env

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  /** Added to PATH and a HOME without credentials. No other variables are set. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Whether stdout and stderr are a terminal. Only for commands in this process. */
  readonly isTerminal?: boolean
  /** Options for node. */
  readonly node?: readonly string[]
  /** Path of another build. */
  readonly cli?: string
  /** A command that starts node, such as `['unshare', '-rn']`. */
  readonly wrapper?: readonly string[]
  /** Keeps the lines about slow responses, which are printed on any slow machine. */
  readonly isWaitShown?: boolean
  /** Only for commands in this process. */
  readonly now?: () => Date
  /** Only for commands in this process. */
  readonly onFile?: IoOptions['onFile']
}

const WAIT = /^.*: waiting for a response\n/gm

/**
 * Runs a command in this process with its own folder, environment and output. Runs the built
 * command if the options require a process.
 */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  if (needsProcess(options)) return runBuilt(args, options)
  const {
    cwd = process.cwd(),
    env = {},
    stdin = '',
    isWaitShown = false,
    now,
    onFile,
    isTerminal,
  } = options
  const io = captureIo({
    cwd,
    env,
    stdin,
    ...(now && { now }),
    ...(onFile && { onFile }),
    ...(isTerminal && { isTerminal }),
  })
  const status = await withEnvironment(io.env, () => runInProcess(args, io))
  const outcome = { status, ...io.output() }
  return isWaitShown ? outcome : { ...outcome, stderr: outcome.stderr.replace(WAIT, '') }
}

/** Node only reads these variables when it starts. */
function needsProcess({ node, cli, wrapper, env = {} }: RunOptions): boolean {
  const {
    NODE_EXTRA_CA_CERTS = process.env.NODE_EXTRA_CA_CERTS,
    NODE_OPTIONS,
    NODE_V8_COVERAGE,
  } = env
  return (
    [EXECUTABLE, BUILT, node, cli, wrapper, NODE_OPTIONS, NODE_V8_COVERAGE].some(
      (each) => each !== undefined,
    ) || NODE_EXTRA_CA_CERTS !== process.env.NODE_EXTRA_CA_CERTS
  )
}

/** Runs the built command line. */
export async function runBuilt(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { cwd, env = {}, stdin = '', node = [], wrapper = [], cli = CLI } = options
  const program = EXECUTABLE && cli === CLI ? [EXECUTABLE] : [process.execPath, ...node, cli]
  const [command = process.execPath, ...rest] = [...wrapper, ...program, ...args]
  const environment = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env }
  const outcome = await execute(command, rest, environment, cwd, stdin)
  return options.isWaitShown ? outcome : { ...outcome, stderr: outcome.stderr.replace(WAIT, '') }
}

/** Runs a program with only the variables in `env`. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
  stdin = '',
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env })
  // A program may exit before it reads its input.
  child.stdin.on('error', () => undefined).end(stdin)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

/** Creates a folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
