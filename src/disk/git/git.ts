import { spawn } from 'node:child_process'
import { InputError } from '../../errors.ts'

/** What a run of git gave. */
export interface GitResult {
  readonly status: number
  readonly stdout: Buffer
  /** In the user's language. */
  readonly stderr: string
}

/**
 * Runs git with these very arguments, no shell between.
 *
 * @throws InputError where git is not installed
 */
export function runGit(args: readonly string[], cwd: string): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (cause) =>
      reject(new InputError('git cannot be run', 'Is it installed?', { cause })),
    )
    child.on('close', (status) =>
      resolve({
        status: status ?? 1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    )
  })
}
