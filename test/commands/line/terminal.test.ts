import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../../support/cli.ts'
import { azureImage, snapshotText } from '../../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../../support/streams.ts'
import { runOnTerminal } from '../../support/terminal.ts'

/** Writes the clipboard, sets the title, clears the screen, sets a color, and reverses the text direction. */
const CONTROL_SEQUENCES = '\u001b]52;c;b3duZWQ=\u0007\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e'

/** Line ends, a tab, and invisible characters: a zero-width space, a tag, a variation selector, a filler. */
const FORGERY = 'x\ns.json: replay: ok\r\nfine\tcolumn\u200b\u{e0041}\ufe0f\u3164\u2028'

let folder: string
const at = (name: string) => join(folder, name)

// biome-ignore lint/suspicious/noControlCharactersInRegex: color sequences start with ESC
const COLOR = /\u001b\[[0-9;]*m/g

/** Returns the control and format characters in the output that are not part of a color sequence. */
const findControls = (shown: string) => shown.replace(COLOR, '').match(/[^\P{Cc}\t\n\r]|\p{Cf}/gu)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

async function writeSnapshot(file: string, offer = 'aro4'): Promise<void> {
  const images = [
    azureImage('418-v2', '418.94.20241002'),
    azureImage('420-v2', '418.94.20241009', { offer }),
  ]
  await writeFile(at(file), snapshotText(images))
}

/** Writes a target that has `text` at the end of each string of its images. */
async function writeTarget(text: string): Promise<void> {
  const stream = JSON.parse(smallStream(EXAMPLE))
  const entry = { publisher: `a${text}`, offer: `b${text}`, sku: `c${text}`, version: `1.0${text}` }
  stream.metadata.generator = `by hand${text}`
  stream.architectures.x86_64['rhel-coreos-extensions'] = {
    'azure-marketplace': { 'no-purchase-plan': entry, 'purchase-plan-emea': entry },
  }
  await writeFile(at('target.json'), `${JSON.stringify(stream, undefined, 2)}\n`)
}

const READERS = [
  ['diff', 's.json', 'plain.json'],
  ['diff', 's.json', 'plain.json', '-o', 'markdown'],
  ['list', 's.json', '-o', 'json'],
  ['regenerate', 's.json', '--target', 'rhcos.json', '--check', '--explain'],
  ['verify', 's.json'],
]

describe('a snapshot with terminal control sequences', () => {
  it.each(READERS)('is refused by %j without printing them', async (...args) => {
    await writeSnapshot('plain.json')
    await writeSnapshot('s.json', `aro4${CONTROL_SEQUENCES}`)
    const env = { COLUMNS: '200' }
    const { stdout, stderr, status } = await run(args, { cwd: folder, env, isTerminal: true })
    const shown = `${stdout}${stderr}`
    const fault = '.images.azure[1].offer: must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$"'
    expect(findControls(shown)).toBe(null)
    expect(shown).not.toContain('owned')
    const lines = stripVTControlCharacters(shown).split('\n')
    if (args[0] === 'verify') {
      expect(status).toBe(1)
      expect(lines[0]).toBe(`s.json: schema: FAILED: ${fault}`)
    } else {
      expect(status).toBe(2)
      expect(lines).toEqual([
        `stream-snapshot: s.json: ${fault}`,
        'Correct the file, or use another file.',
        '',
      ])
    }
  })
})

const TARGET_READERS = [
  ['regenerate', 's.json', '--target', 'target.json', '--check', '--explain'],
  ['regenerate', 's.json', '--target', 'target.json', '--allow-regression'],
  ['verify', 's.json', '--target', 'target.json'],
  ['image', 'target.json', '--plan', 'no-purchase-plan', '--arch', 'x86_64'],
]

describe('a target with terminal control sequences', () => {
  it.each(TARGET_READERS)('is read by %j without printing them', async (...args) => {
    await writeSnapshot('s.json')
    await writeTarget(CONTROL_SEQUENCES)
    const { stdout, stderr } = await run(args, { cwd: folder, isTerminal: true })
    expect(stdout.length + stderr.length).toBeGreaterThan(20)
    expect(findControls(`${stdout}${stderr}`)).toBe(null)
  })

  it('is shown with colors, and with its control characters escaped as in JSON', async () => {
    await writeSnapshot('s.json')
    await writeTarget(CONTROL_SEQUENCES)
    const args = [
      'regenerate',
      's.json',
      '--target',
      'target.json',
      '--check',
      '--allow-regression',
    ]
    const { stdout } = await runOnTerminal(args, { cwd: folder, env: { COLUMNS: '200' } })
    expect(stdout).toContain('\u001b[3')
    expect(stripVTControlCharacters(stdout)).toContain('\\u001b]52;c;b3duZWQ=\\u0007')
  })

  it.each(TARGET_READERS.filter(([command]) => command !== 'image'))(
    'is read by %j without additional lines for line ends and tabs',
    async (...args) => {
      await writeSnapshot('s.json')
      await writeTarget('')
      const plain = await run(args, { cwd: folder })
      await writeTarget(FORGERY)
      const { stdout, stderr } = await run(args, { cwd: folder })
      const lines = `${stdout}${stderr}`.split('\n')
      expect(lines).toHaveLength(`${plain.stdout}${plain.stderr}`.split('\n').length)
      expect(`${stdout}${stderr}`).not.toMatch(/[\r\p{Cf}\p{Zl}\p{DI}]/u)
      expect(lines.filter((line) => /^s\.json: replay: ok/.test(line))).toEqual([])
    },
  )
})

describe('a file name with line ends, tabs and invisible characters', () => {
  it('adds no line to the output of verify', async () => {
    const name = `${FORGERY.replace('\r', '')}.json`
    await writeFile(at(name), '{}')
    const { stdout } = await run(['verify', name], { cwd: folder })
    expect(stdout).not.toMatch(/^s\.json: replay: ok/m)
    expect(stdout.trimEnd().split('\n')).toHaveLength(6)
  })
})
