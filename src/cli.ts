#!/usr/bin/env node
/** The entry, which prints the version before it loads other modules. */
import nodeModule from 'node:module'
import { join } from 'node:path'
import { processOutput } from './io.ts'
import { VERSION } from './version.ts'

/** Causes and remedies if the program cannot be loaded. */
const LIMITS: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files\nRaise the limit with ulimit -n.',
  uv_cwd: 'the working folder was removed\nChange to another folder.',
  ENFILE: 'too many open files on this machine\nTry again later.',
}

const words = process.argv.slice(2)

start().catch(({ code, syscall, message, remedy = '', exitCode = 70 }) => {
  const limit = LIMITS[syscall] ?? LIMITS[code]
  processOutput('stderr').write(`stream-snapshot: ${limit ?? `${message}\n${remedy}`.trimEnd()}\n`)
  process.exit(limit === undefined ? exitCode : 2)
})

async function start(): Promise<void> {
  const [first] = words
  if (words.length === 1 && (first === '--version' || first === '-V')) {
    return processOutput('stdout').write(`${VERSION}\n`)
  }
  const { XDG_CACHE_HOME, HOME } = process.env
  const cache = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  // Node 22.1 and later.
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => void }
  if (cache) enableCompileCache?.(join(cache, 'stream-snapshot'))
  if (words.includes('--debug')) process.setSourceMapsEnabled(true)
  const { main } = await import('./main.ts')
  await main(words)
}
