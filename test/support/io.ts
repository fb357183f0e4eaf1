import { type Folder, openFolder } from '../../src/files/folder.ts'
import type { Io } from '../../src/io.ts'

export interface IoOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string
  readonly now?: () => Date
  /** Whether stdout and stderr are a terminal. */
  readonly isTerminal?: boolean
  /** Called before each read, write and lock, and when a command waits for a lock. */
  readonly onFile?: (event: 'file' | 'wait') => Promise<void>
}

/** The environment of a command with its captured output. */
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
  { env = {}, stdin = '', onFile }: Pick<IoOptions, 'env' | 'stdin' | 'onFile'> = {},
): Folder {
  const own = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env }
  const folder = openFolder(path, { env: own, stdin: () => toChunks(stdin) })
  return onFile ? withFileEvents(folder, onFile) : folder
}

function withFileEvents(folder: Folder, onFile: NonNullable<IoOptions['onFile']>): Folder {
  const after =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A) => {
      await onFile('file')
      return work(...args)
    }
  return {
    ...folder,
    read: after(folder.read),
    readIfExists: after(folder.readIfExists),
    readSibling: after(folder.readSibling),
    write: after(folder.write),
    async lock(files, onWait, work) {
      await onFile('file')
      const wait = (text: string) => {
        void onFile('wait')
        onWait(text)
      }
      return folder.lock(files, wait, work)
    },
  }
}

async function* toChunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
