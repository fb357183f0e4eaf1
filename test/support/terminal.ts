import { spawn } from 'node:child_process'
import { CLI, type Outcome, type RunOptions } from './cli.ts'

/** Runs the built command line in a terminal of `script`. Both streams are returned as stdout. */
export function runOnTerminal(
  args: readonly string[],
  { cwd, env = {} }: Pick<RunOptions, 'cwd' | 'env'> = {},
): Promise<Outcome> {
  const words = [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  const child = spawn('script', ['-qec', words.join(' '), '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      resolve({ status, stdout: Buffer.concat(chunks).toString('utf8'), stderr: '' }),
    )
  })
}
