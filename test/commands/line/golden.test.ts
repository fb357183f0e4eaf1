import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../support/cli.ts'
import { commitAt, git } from '../../support/git.ts'
import { azureImage, snapshotText } from '../../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../../support/streams.ts'

const DEMONSTRATION = fileURLToPath(new URL('../../../snapshots/rhcos-4.18.json', import.meta.url))
const BUILD = {
  location: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/a',
  meta: {},
}
const builds = (release: string) => ({ builds: { x86_64: { ...BUILD, release } } })

const OLD = [
  azureImage('418-v2', '418.94.20240916'),
  azureImage('aro_418', '418.94.20240916'),
  azureImage('418-arm', '418.94.20240916'),
  azureImage('rh-ocp-worker', '4.17.2024100419'),
]
const NEW = [
  ...OLD,
  azureImage('418-v2', '418.94.20241009'),
  azureImage('418-arm', '418.94.20241009'),
]

let folder: string
/** The abbreviated hash of the commit, which changes with the content of its files. */
let commit: string
const at = (name: string) => join(folder, name)
const TARGET = ['--target', 'rhcos.json']

/** Creates a repository with a committed snapshot and uncommitted changes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-'))
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('s.json'), snapshotText(OLD, builds('418.94.202409162337-0')))
  await commitAt(folder, '2024-09-20T12:00:00Z', 'Capture the images of 418.94.202409162337-0')
  await writeFile(at('old.json'), snapshotText(OLD))
  await writeFile(at('new.json'), snapshotText(NEW))
  await run(['regenerate', 'old.json', ...TARGET], { cwd: folder })
  await writeFile(at('s.json'), snapshotText(NEW, builds(EXAMPLE.x86_64)))
  commit = (await git(folder, 'rev-parse', '--short', 'HEAD')).trim()
  await copyFile(DEMONSTRATION, at('three-clouds.json'))
})

afterAll(() => rm(folder, { recursive: true }))

const CASES: Readonly<Record<string, readonly string[]>> = {
  help: ['--help'],
  'help-diff': ['help', 'diff'],
  'list-gcp': ['list', 'three-clouds.json', '--cloud', 'gcp'],
  diff: ['diff', 'old.json', 'new.json', ...TARGET],
  'skew-fails': ['skew', 'three-clouds.json', '--cloud', 'gcp', '--fail-on', 'older-build'],
  'history-full': ['history', 's.json', '--full'],
  regenerate: ['regenerate', 'new.json', ...TARGET, '--check'],
  explain: ['regenerate', 'new.json', ...TARGET, '--check', '--explain'],
}

async function show(name: string, width: number, isColored = false) {
  const env = { COLUMNS: String(width), ...(isColored && { FORCE_COLOR: '1' }) }
  const { status, stdout: output, stderr } = await run(CASES[name] ?? [], { cwd: folder, env })
  const stdout = output.replaceAll(commit, COMMIT.slice(0, commit.length))
  return {
    text: `$ stream-snapshot ${CASES[name]?.join(' ')}\n${stdout}${stderr}exit ${status}\n`,
    // Lines of changed files are not folded.
    lines: `${name === 'regenerate' || name === 'explain' ? '' : stdout}${stderr}`,
  }
}

describe.each(Object.keys(CASES))('%s', (name) => {
  it('has the expected output', async () => {
    const { text } = await show(name, 80)
    await expect(text).toMatchFileSnapshot(`../../golden/${name}.80.txt`)
  })

  it.each([80, 40])('fits %d columns', async (width) => {
    const { lines } = await show(name, width)
    expect(lines.split('\n').filter((line) => stringWidth(line) > width)).toEqual([])
  })

  it('has the same text with and without colors', async () => {
    const [plain, colored] = [await show(name, 80), await show(name, 80, true)]
    expect(stripVTControlCharacters(colored.text)).toBe(plain.text)
    expect(plain.text).not.toContain('\u001b')
    expect(colored.text.includes('\u001b')).toBe(HAS_COLOR.includes(name))
  })
})

const COMMIT = '0123456789abcdef'

const HAS_COLOR = ['diff', 'history-full', 'regenerate', 'explain', 'skew-fails']

it('regenerate reports two changed images in at most eight lines', async () => {
  const { stderr } = await run(['regenerate', 'new.json', ...TARGET], { cwd: folder })
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(8)
  expect(stderr).toContain('2 images changed')
})

it('skew does not fold lines in a pipe', async () => {
  const { stdout } = await run(['skew', 'three-clouds.json'], { cwd: folder })
  expect(stdout.split('\n')[3]).toMatch(/^Slots {3,}Image {3,}Grade {3,}Lag$/)
})
