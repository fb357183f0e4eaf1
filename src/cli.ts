#!/usr/bin/env node
/**
 * The way in, which loads as little as there is to do: the version and the help are texts, and a
 * quick command is one script. `main.ts` does the rest.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { emit, isTerminal } from './commands/line/emit.ts'
import { OF_STREAMS, QUICK } from './commands/line/names.ts'
import { loadQuick } from './commands/line/script.ts'
import { VERSION } from './version.ts'

const words = process.argv.slice(2)
const [first = ''] = words

// All else tells its failures itself.
start().catch(({ message, exitCode = 70 }) => {
  emit('stderr', `stream-snapshot: ${message}\n`)
  process.exit(exitCode)
})

async function start(): Promise<void> {
  if (words.length === 1 && first === '--version') emit('stdout', `${VERSION}\n`)
  else if (!printHelp()) await run()
}

/** Prints the help as yargs wrote it when this was built, unless the terminal is narrower. */
function printHelp(): boolean {
  const [name, option] = words.length === 1 ? ['stream-snapshot', first] : words
  if (words.length > 2 || !/^(--help|-h)$/.test(option ?? '')) return false
  if (isTerminal('stdout') && process.stdout.columns < 100) return false
  const page = beside(`help/${encodeURIComponent(name ?? '')}.txt`)
  if (!fs.existsSync(page)) return false
  emit('stdout', fs.readFileSync(page, 'utf8'))
  return true
}

async function run(): Promise<void> {
  const isDebugged = words.includes('--debug')
  if (!isDebugged && (await runQuick())) return
  // Before anything is loaded that is to be found in its source.
  if (isDebugged) process.setSourceMapsEnabled(true)
  await import(pathToFileURL(beside('main.js')).href)
}

async function runQuick(): Promise<boolean> {
  if (!QUICK.includes(first)) return false
  if (OF_STREAMS.includes(first) && !isOfFile(words[1])) return false
  return loadQuick(beside(`quick/${first}.cjs`)).exports.run(words)
}

/** In the place of a file there may be a stream of the workspace, or nothing for all of them. */
function isOfFile(word: string | undefined): boolean {
  return word !== undefined && (/^-|:/.test(word) || fs.existsSync(word))
}

/** A file of the package, by a name that the bundler does not follow. */
function beside(name: string): string {
  return join(import.meta.dirname, name)
}
