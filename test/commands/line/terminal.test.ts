import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../../support/cli.ts'
import { azureImage, snapshotText } from '../../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../../support/streams.ts'
import { runOnTerminal } from '../../support/terminal.ts'

/** Writes the clipboard, sets the title, clears the screen, and reads backwards. */
const ORDERS = '\u001b]52;c;b3duZWQ=\u0007\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e'

/** Ends a line, moves to another column, and is not seen: a zero width, a tag, a selector, a filler. */
const FORGERY = 'x\ns.json: replay: ok\r\nfine\tcolumn\u200b\u{e0041}\ufe0f\u3164\u2028'

let folder: string
const at = (name: string) => join(folder, name)

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a colour begins
const COLOUR = /\u001b\[[0-9;]*m/g

/** What a terminal is told beside text and our colours. */
const ordersIn = (shown: string) => shown.replace(COLOUR, '').match(/[^\P{Cc}\t\n\r]|\p{Cf}/gu)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** Two snapshots that differ, with a text in each of the places where a file can have any. */
async function writePair(text: string): Promise<void> {
  const image = (version: string) =>
    azureImage(`418-v2${text}`, version, { offer: `aro4${text}`, publisher: `a${text}` })
  await writeFile(at('old.json'), snapshotText([image(`418.94.20241001${text}`)]))
  await writeFile(
    at('s.json'),
    snapshotText([azureImage('418-v2', `418.94.20241002${text}`), image('418.94.20241009')]),
  )
}

describe('on a terminal', () => {
  it.each([
    ['diff', 'old.json', 's.json'],
    ['diff', 'old.json', 's.json', '--format', 'json'],
    ['diff', 'old.json', 's.json', '--format', 'markdown'],
    ['list', 's.json'],
    ['list', 's.json', '-o', 'tsv'],
    ['list', 's.json', '-o', 'json'],
    ['skew', 's.json', '--target', 'rhcos.json'],
    ['regenerate', 's.json', '--target', 'rhcos.json', '--check', '--explain'],
    ['regenerate', 's.json', '--target', 'rhcos.json', '--explain'],
    ['verify', 's.json'],
  ])('%j: nothing of a file is an order', async (...args) => {
    await writePair(ORDERS)
    const { stdout } = await runOnTerminal(args, { cwd: folder })
    expect(stdout.length).toBeGreaterThan(20)
    expect(ordersIn(stdout)).toBe(null)
  })

  it('colours a difference, and shows what it holds as JSON would', async () => {
    await writePair(ORDERS)
    const { stdout } = await runOnTerminal(['diff', 'old.json', 's.json'], { cwd: folder })
    expect(stdout).toContain('\u001b[3')
    expect(stripVTControlCharacters(stdout)).toContain('\\u001b]52;c;b3duZWQ=\\u0007')
  })
})

describe('a name that has line ends, tabs and what is not seen', () => {
  it.each([
    ['list', 's.json'],
    ['list', 's.json', '-o', 'tsv'],
    ['diff', 'old.json', 's.json'],
    ['skew', 's.json', '--target', 'rhcos.json'],
  ])('%j: makes no line', async (...args) => {
    await writePair('')
    const plain = await run(args, { cwd: folder })
    await writePair(FORGERY)
    const { stdout } = await run(args, { cwd: folder })
    expect(stdout.split('\n')).toHaveLength(plain.stdout.split('\n').length)
    expect(stdout).not.toMatch(/[\r\p{Cf}\p{Zl}\p{DI}]/u)
    expect(stdout).not.toMatch(/^s\.json: replay/m)
    if (!args.includes('skew')) {
      expect(stdout).toContain('x\\u000as.json: replay: ok\\u000d\\u000afine\\u0009column\\u200b')
      expect(stdout).toContain('\\udb40\\udc41\\ufe0f\\u3164\\u2028')
    }
  })

  it('of a file makes no line of verify', async () => {
    const name = `${FORGERY.replace('\r', '')}.json`
    await writeFile(at(name), '{}')
    const { stdout } = await run(['verify', name], { cwd: folder })
    expect(stdout).not.toMatch(/^s\.json: replay: ok/m)
    expect(stdout.trimEnd().split('\n')).toHaveLength(6)
  })
})
