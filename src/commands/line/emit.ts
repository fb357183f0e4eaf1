import fs from 'node:fs'
import { fileError } from '../../files/error.ts'

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const
export type StandardStream = keyof typeof DESCRIPTORS

/** The streams that node has to write, as their reader was too slow once. */
const slow = new Set<StandardStream>()

/**
 * Writes to stdout or stderr, at once and without node's streams, which take longer to load than a
 * short command takes to run. Exits where nobody reads stdout any more, such as `head`.
 */
export function emit(stream: StandardStream, text: string): void {
  if (slow.has(stream)) {
    process[stream].write(text)
    return
  }
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.length) {
      written += fs.writeSync(DESCRIPTORS[stream], bytes, written)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') {
      if (stream === 'stdout') process.exit(141)
    } else if (code === 'EAGAIN') {
      slow.add(stream)
      if (stream === 'stdout') process.stdout.on('error', () => process.exit(141))
      process[stream].write(bytes.subarray(written))
    } else if (stream === 'stdout') {
      // What cannot be said on stderr can be said nowhere.
      throw fileError(stream, error)
    }
  }
}

/** In columns: that of the terminal, or what `COLUMNS` says; undefined where lines are to be whole. */
export function widthOf(stream: StandardStream): number | undefined {
  const told = Number(process.env.COLUMNS)
  if (Number.isSafeInteger(told) && told > 0) return Math.max(told, NARROWEST)
  return isTerminal(stream) ? Math.max(process[stream].columns || 80, NARROWEST) : undefined
}

/** Below it lines are not folded any further. */
const NARROWEST = 20

/** Whether a person is there; asked of node only where it can be. */
export function isTerminal(stream: StandardStream): boolean {
  return fs.fstatSync(DESCRIPTORS[stream]).isCharacterDevice() && process[stream].isTTY === true
}
