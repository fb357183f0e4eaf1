import { fstatSync } from 'node:fs'

/** The lines that give a shell these variables. */
export function exportsOf(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  )
}

const WATCH_EVERY = 500

/**
 * Closes a mock server, once, when its process is told to end or when whoever started it is gone: npm,
 * a shell and a terminal may all end without a word to their children.
 */
export function closeAtTheEnd(close: () => Promise<void>): void {
  const parent = process.ppid
  let isOver = false
  const end = async () => {
    if (isOver) return
    isOver = true
    await close()
    process.exit()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  setInterval(() => process.ppid === parent || end(), WATCH_EVERY).unref()
  if (!isPipe(0)) return
  process.stdin.once('close', end).resume()
}

/** A file or /dev/null as input ends at once, and says nothing of whoever gave it. */
function isPipe(descriptor: number): boolean {
  try {
    const input = fstatSync(descriptor)
    return input.isFIFO() || input.isSocket()
  } catch {
    return false
  }
}
