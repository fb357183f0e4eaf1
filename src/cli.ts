#!/usr/bin/env node
/** The way in: the version is told before anything else is loaded. */
import nodeModule from 'node:module'
import { processOutput } from './io.ts'
import { VERSION } from './version.ts'

const words = process.argv.slice(2)

start().catch(({ message, exitCode = 70 }) => {
  process.stderr.write(`stream-snapshot: ${message}\n`)
  process.exit(exitCode)
})

async function start(): Promise<void> {
  if (words.length === 1 && words[0] === '--version')
    return processOutput('stdout').write(`${VERSION}\n`)
    // Node 22.1 and later keep what they compile.
  ;(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.()
  // Before anything is loaded that is to be found in its source.
  if (words.includes('--debug')) process.setSourceMapsEnabled(true)
  await import('./main.ts')
}
