import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('../clients/reader/', import.meta.url))

export interface ReaderResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export type Reader = (input: string, ...args: string[]) => Promise<ReaderResult>

async function start(
  command: string,
  args: readonly string[],
  input: string,
  more = {},
): Promise<ReaderResult> {
  const child = spawn(command, args, more)
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? -1))
  })
  const [status, stdout, stderr] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ])
  return { status, stdout, stderr }
}

/** Compiles the reader in Go with Debian's packages, without network access. */
export async function goReader(): Promise<{ read: Reader; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'reader-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const program = join(folder, 'reader')
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' }
  const built = await start('go', ['build', '-o', program, '.'], '', { cwd: SOURCE, env })
  if (built.status !== 0) throw new Error(built.stderr)
  return { read: (input, ...args) => start(program, args, input), remove }
}

/** The reader in Python, run with Debian's Python and its packages. */
export const pythonReader: Reader = (input) =>
  start('/usr/bin/python3', [`${SOURCE}reader.py`], input)
