import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { isDiff } from '../../src/core/schemas/generated.js'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { commitAll, git } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const OLD = azureImage('418-v2', '418.94.20240916')
const GEN1 = azureImage('aro_418', '418.94.20240916')
const ARM = azureImage('418-arm', '418.94.20240916')
const QUERIES = {
  azure: [OLD, GEN1, ARM].map(({ publisher, offer, sku }) => ({
    publisher,
    offer,
    sku,
    images: 1,
  })),
}
const A = snapshotText([OLD, ARM, GEN1], { queries: QUERIES })
const B = snapshotText(
  [OLD, azureImage('418-v2', '418.94.20241009'), { ...GEN1, state: 'deprecated' }],
  { queries: QUERIES },
)

let folder: string
const at = (name: string) => join(folder, name)
const diff = (...args: string[]) => run(['diff', ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(at('snapshots'))
  await writeFile(at('snapshots/a.json'), A)
  await writeFile(at('snapshots/b.json'), B)
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

const PAIR = ['snapshots/a.json', 'snapshots/b.json'] as const

describe('diff', () => {
  it('names the three images and the slots that they move, as text', async () => {
    const { status, stdout, stderr } = await diff(...PAIR, '--target', 'rhcos.json')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toBe(
      [
        'rhcos-4.18: 1 image came, 1 image went, 1 image changed, 3 slots moved',
        'images',
        '  +  azure no-purchase-plan x86_64 gen2   azureopenshift:aro4:418-v2:418.94.20241009                                2024-10-09',
        '  ~  azure no-purchase-plan x86_64 gen1   azureopenshift:aro4:aro_418:418.94.20240916: state: active -> deprecated  2024-09-16',
        '  -  azure no-purchase-plan aarch64 gen2  azureopenshift:aro4:418-arm:418.94.20240916 (no longer listed)',
        'slots',
        '  ~  azure no-purchase-plan x86_64 gen2   azureopenshift:aro4:418-v2:418.94.20240916 -> 418.94.20241009   2024-10-09  exact',
        '  -  azure no-purchase-plan aarch64 gen2  azureopenshift:aro4:418-arm:418.94.20240916 (no longer listed)',
        '  -  azure no-purchase-plan x86_64 gen1   azureopenshift:aro4:aro_418:418.94.20240916',
        '',
      ].join('\n'),
    )
  })

  it('says the same as JSON and as markdown', async () => {
    const json = await diff(...PAIR, '-o', 'json')
    const value = JSON.parse(json.stdout)
    expect(json.status).toBe(1)
    expect(isDiff(value), JSON.stringify(isDiff.errors)).toBe(true)
    expect(value.images).toHaveLength(1)
    const [{ added, removed, changed }] = value.images
    expect([added.length, removed.length, changed.length]).toEqual([1, 1, 1])
    expect(value.slots.changes).toHaveLength(3)

    const markdown = await diff(...PAIR, '-o', 'markdown')
    expect(markdown.status).toBe(1)
    const rows = markdown.stdout.split('\n').filter((line) => line.startsWith('| '))
    const first = rows.map((row) => row.split(' ')[1])
    // Three slots in sight, three images folded.
    expect(first.filter((cell) => /^[-+~]$/.test(cell ?? ''))).toHaveLength(6)
  })

  it('says nothing of equal snapshots', async () => {
    for (const format of ['text', 'markdown']) {
      const outcome = await diff('snapshots/a.json', 'snapshots/a.json', '-o', format)
      expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
    }
    const json = await diff('snapshots/a.json', 'snapshots/a.json', '-o', 'json')
    expect(json.status).toBe(0)
    expect(JSON.parse(json.stdout)).toMatchObject({ equal: true, images: [] })
  })

  it('has no escape sequences but on a terminal', async () => {
    const { stdout } = await diff(...PAIR)
    expect(stdout).not.toContain('\u001b')
  })

  it('says which file is missing, or what is wrong with it', async () => {
    const missing = await diff('snapshots/a.json', 'snapshots/c.json')
    expect(missing).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: snapshots/c.json: no such file\n',
    })
    const other = await diff('snapshots/a.json', 'rhcos.json')
    expect(other.status).toBe(2)
    expect(other.stderr).toMatch(/^stream-snapshot: rhcos\.json: /)
    const format = await diff(...PAIR, '-o', 'html')
    expect(format.status).toBe(2)
    expect(format.stderr).toMatch(/^stream-snapshot: .*format/)
  })
})

describe('diff with revisions', () => {
  beforeEach(async () => {
    await writeFile(at('snapshots/x.json'), A)
    await commitAll(folder, 'a')
    await writeFile(at('snapshots/x.json'), B)
  })

  const inFolder = (cwd: string, ...args: string[]) => run(['diff', ...args], { cwd: at(cwd) })

  it('reads a path from the root, from anywhere in the repository', async () => {
    expect(await inFolder('.', 'HEAD:snapshots/x.json', 'snapshots/x.json')).toMatchObject({
      status: 1,
    })
    expect(await inFolder('snapshots', 'HEAD:snapshots/x.json', 'x.json')).toMatchObject({
      status: 1,
    })
  })

  it('reads a path from the current folder, with a dot or without', async () => {
    expect(await inFolder('snapshots', 'HEAD:./x.json', 'x.json')).toMatchObject({ status: 1 })
    expect(await inFolder('snapshots', 'HEAD:x.json', 'x.json')).toMatchObject({ status: 1 })
    expect(await inFolder('snapshots', 'HEAD:x.json', 'a.json')).toMatchObject({ status: 0 })
    expect(await inFolder('snapshots', 'HEAD:../snapshots/x.json', 'a.json')).toMatchObject({
      status: 0,
    })
  })

  it('knows two revisions, a message with a colon in it, and the index', async () => {
    await git(folder, 'commit', '--quiet', '--all', '--message', 'fix: b')
    expect(await inFolder('.', 'HEAD~1:snapshots/x.json', 'HEAD:snapshots/x.json')).toMatchObject({
      status: 1,
    })
    const message = await inFolder('.', 'HEAD^{/fix: b}:snapshots/x.json', 'snapshots/b.json')
    expect(message).toMatchObject({ status: 0, stderr: '' })
    expect(await inFolder('.', ':snapshots/x.json', 'snapshots/b.json')).toMatchObject({
      status: 0,
    })
  })

  it('prefers a file that has that very name', async () => {
    await writeFile(at('HEAD:snapshots'), B)
    expect(await diff('HEAD:snapshots', 'snapshots/b.json')).toMatchObject({ status: 0 })
  })

  it.each([
    ['HEAD~9:snapshots/x.json', 'git knows no revision HEAD~9'],
    ['HEAD:snapshots', 'is a directory, expected a file'],
  ])('says what is wrong with %s', async (name, fault) => {
    const { status, stdout, stderr } = await diff(name, 'snapshots/b.json')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`stream-snapshot: ${name}: ${fault}\n`)
  })

  it('takes a side that its revision has not for an empty one, and says so', async () => {
    const { status, stdout, stderr } = await diff('HEAD:snapshots/nope.json', 'snapshots/b.json')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^rhcos-4\.18: 3 images came, /)
    expect(stderr).toBe('HEAD:snapshots/nope.json: not there, so it counts as empty\n')
    const neither = await diff('HEAD:nope.json', ':nope.json')
    expect(neither).toMatchObject({ status: 2, stdout: '' })
    expect(neither.stderr).toContain('HEAD:nope.json and :nope.json: expected a snapshot')
  })

  it('says so where there is no repository', async () => {
    const outside = await temporaryFolder()
    const { status, stderr } = await run(['diff', 'HEAD:x.json', 'HEAD:y.json'], { cwd: outside })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^stream-snapshot: HEAD:x\.json: no such file, and no git repository/)
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('as a git diff driver', () => {
  beforeEach(async () => {
    await writeFile(at('.gitattributes'), 'snapshots/*.json diff=snapshot\n')
    await writeFile(at('snapshots/x.json'), A)
    await commitAll(folder, 'a')
  })

  it('shows what changed, came and went, and lets git go on', async () => {
    await writeFile(at('snapshots/x.json'), B)
    await writeFile(at('snapshots/new.json'), A)
    await writeFile(at('z.txt'), 'the last\n')
    await git(folder, 'rm', '--quiet', 'snapshots/a.json')
    await git(folder, 'add', '--all')
    const command = `f() { '${process.execPath}' '${CLI}' diff --exit-zero "$2" "$5"; }; f`
    const shown = await git(
      folder,
      '-c',
      `diff.snapshot.command=${command}`,
      'diff',
      '--cached',
      '--no-renames',
    )
    const heads = shown.split('\n').filter((line) => line.startsWith('rhcos-4.18: '))
    expect(heads).toEqual([
      'rhcos-4.18: 3 images went, 3 slots moved, 3 questions answered otherwise',
      'rhcos-4.18: 3 images came, 3 slots moved, 3 questions answered otherwise',
      'rhcos-4.18: 1 image came, 1 image went, 1 image changed, 3 slots moved',
    ])
    expect(shown).toContain('+the last')
  })

  it('shows the list line by line through textconv', async () => {
    await writeFile(at('snapshots/x.json'), B)
    const shown = await git(
      folder,
      '-c',
      `diff.snapshot.textconv='${process.execPath}' '${CLI}' list -o tsv`,
      'diff',
    )
    const lines = shown.split('\n').filter((line) => /^[-+][^-+]/.test(line))
    expect(lines).toEqual([
      '-Arm64\t\taro4\tazureopenshift\t418-arm\tazureopenshift:aro4:418-arm:418.94.20240916\t418.94.20240916',
      '+x64\t\taro4\tazureopenshift\t418-v2\tazureopenshift:aro4:418-v2:418.94.20241009\t418.94.20241009',
    ])
  })
})
