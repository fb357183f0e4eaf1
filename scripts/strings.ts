/**
 * Prints every text that a user can read, one per line with its file and line: the string and template
 * literals of src/ that contain words, the descriptions of the JSON Schemas, and the golden outputs.
 *
 * usage: npm run strings
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** A quoted text on one line, or a template, which may span lines. */
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g

for (const file of files('src', /\.(ts|json)$/)) {
  const text = readFileSync(join(ROOT, file), 'utf8')
  for (const { 0: all, 1: single, 2: double, 3: template, index } of text.matchAll(LITERAL)) {
    const words = (single ?? double ?? template ?? '').replace(/\s*\n\s*/g, ' ')
    const line = text.slice(0, index).split('\n').length
    const start = text.lastIndexOf('\n', index) + 1
    const before = text.slice(start, index)
    if (/^\s*(import|export) .*from $|^\s*(\/\/|\*|\/\*\*)/.test(before)) continue
    if (/[a-z]{2,} [a-z(]/i.test(words) && !all.includes('\\s')) print(`${file}:${line}`, words)
  }
}
for (const file of files('test/golden', /\.txt$/)) {
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .forEach((words, at) => {
      if (/[a-z]{2,} [a-z]{2,}/.test(words)) print(`${file}:${at + 1}`, words)
    })
}

function print(place: string, words: string): void {
  process.stdout.write(`${place}: ${words}\n`)
}

function files(folder: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((each) => name.test(each))
    .map((each) => join(folder, each))
    .sort()
}
