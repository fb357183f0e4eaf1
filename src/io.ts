import fs from 'node:fs'
import { fileError } from './files/error.ts'
import { type Folder, openFolder } from './files/folder.ts'

/** The process of a command. No other code reads `process`. */
export interface Io {
  readonly env: NodeJS.ProcessEnv
  readonly folder: Folder
  readonly stdout: Output
  readonly stderr: Output
  now(): Date
}

export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  /** In columns, for a terminal. */
  readonly width: number | undefined
  /** The stream of a progress line; later lines are written to it as well. */
  stream(): NodeJS.WriteStream | undefined
}

export type OutputName = 'stdout' | 'stderr'

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** The exit code if the reader of stdout has closed it. */
const CLOSED = 141

export function processIo(): Io {
  const { env } = process
  return {
    env,
    folder: openFolder(process.cwd(), { env, stdin: () => process.stdin }),
    stdout: processOutput('stdout'),
    stderr: processOutput('stderr'),
    now: () => new Date(),
  }
}

/** Exits with the exit code that shells expect for a signal. */
export function exitOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => process.exit(code))
  }
}

/**
 * Writes without the streams of Node, which load slowly. Exits if the reader of stdout has closed it,
 * for example `head`.
 */
export function processOutput(name: OutputName): Output {
  const descriptor = DESCRIPTORS[name]
  let isStream = false
  const useStream = () => {
    if (!isStream && name === 'stdout') process.stdout.on('error', () => process.exit(CLOSED))
    isStream = true
    return process[name]
  }
  const isTerminal = () =>
    fs.fstatSync(descriptor).isCharacterDevice() && process[name].isTTY === true
  return {
    get isTerminal() {
      return isTerminal()
    },
    get width() {
      return isTerminal() ? process[name].columns || 80 : undefined
    },
    stream: useStream,
    write(text) {
      if (isStream) return void process[name].write(text)
      const bytes = Buffer.from(text)
      let written = 0
      try {
        while (written < bytes.length) written += fs.writeSync(descriptor, bytes, written)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // The pipe is full and non-blocking.
        if (code === 'EAGAIN') useStream().write(bytes.subarray(written))
        else if (name === 'stdout' && code === 'EPIPE') process.exit(CLOSED)
        else if (name === 'stdout') throw fileError(name, error)
      }
    },
  }
}
