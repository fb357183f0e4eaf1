import { type Folder, openFolder } from '../../src/files/folder.ts'
import type { Io } from '../../src/io.ts'

export interface IoOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string
  readonly now?: () => Date
  /** Whether stdout and stderr are a terminal. */
  readonly isTerminal?: boolean
}

/** A process's surroundings, and what a command wrote there. */
export interface CapturedIo extends Io {
  output(): { readonly stdout: string; readonly stderr: string }
}

export function captureIo({
  now = () => new Date(),
  isTerminal = false,
  ...options
}: IoOptions): CapturedIo {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    isTerminal,
    width: isTerminal ? 80 : undefined,
    stream: () => undefined,
    write(text: string) {
      written[name] += text
    },
  })
  const folder = folderAt(options.cwd, options)
  return {
    env: folder.env,
    folder,
    stdout: output('stdout'),
    stderr: output('stderr'),
    now,
    output: () => ({ ...written }),
  }
}

export function folderAt(
  path: string,
  { env = {}, stdin = '' }: Pick<IoOptions, 'env' | 'stdin'> = {},
): Folder {
  const own = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env }
  return openFolder(path, { env: own, stdin: () => chunksOf(stdin) })
}

async function* chunksOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
