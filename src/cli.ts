#!/usr/bin/env node
/**
 * The way in, which loads as little as there is to do: the version and the help are texts, and a
 * quick command is one file. `main.ts` does the rest.
 */
import fs from 'node:fs'
import { QUICK } from './command-line/names.ts'
import { emit, isTerminal } from './terminal/emit.ts'
import { VERSION } from './version.ts'

const words = process.argv.slice(2)
const [first = ''] = words

if (words.length === 1 && first === '--version') emit('stdout', `${VERSION}\n`)
else if (!printHelp() && !(await runQuick())) await import(beside('main.js'))

/** Prints the help as yargs wrote it when this was built, unless the terminal is narrower. */
function printHelp(): boolean {
  const [name, option] = words.length === 1 ? ['stream-snapshot', first] : words
  if (words.length > 2 || !/^(--help|-h)$/.test(option ?? '')) return false
  if (isTerminal('stdout') && process.stdout.columns < 100) return false
  const page = new URL(beside(`help/${encodeURIComponent(name ?? '')}.txt`))
  if (!fs.existsSync(page)) return false
  emit('stdout', fs.readFileSync(page, 'utf8'))
  return true
}

async function runQuick(): Promise<boolean> {
  if (!QUICK.includes(first)) return false
  const { run } = await import(beside(`quick/${first}.js`))
  return run(words)
}

/** A file of the package, by a name that the bundler does not follow. */
function beside(name: string): string {
  return new URL(name, import.meta.url).href
}
