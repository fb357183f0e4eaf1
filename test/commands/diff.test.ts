import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { isDiff } from '../../src/core/schemas/generated-diff.js'
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

describe('diff of two snapshots', () => {
  it('prints the images of the slots, then the images that the clouds list', async () => {
    const { status, stdout, stderr } = await diff(...PAIR, '--target', 'rhcos.json')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toBe(
      [
        'rhcos-4.18: 418.94.202410090804-0; 1 exact, 2 removed',
        '  3 images changed',
        '  ~  azure no-purchase-plan x86_64 gen2   azureopenshift:aro4:418-v2:418.94.20240916 -> 418.94.20241009   2024-10-09  exact',
        '  -  azure no-purchase-plan aarch64 gen2  azureopenshift:aro4:418-arm:418.94.20240916 (no longer listed)',
        '  -  azure no-purchase-plan x86_64 gen1   azureopenshift:aro4:aro_418:418.94.20240916',
        'listed images',
        '  +  azure no-purchase-plan x86_64 gen2   azureopenshift:aro4:418-v2:418.94.20241009                                2024-10-09',
        '  ~  azure no-purchase-plan x86_64 gen1   azureopenshift:aro4:aro_418:418.94.20240916: state: active -> deprecated  2024-09-16',
        '  -  azure no-purchase-plan aarch64 gen2  azureopenshift:aro4:418-arm:418.94.20240916 (no longer listed)',
        '',
      ].join('\n'),
    )
  })

  it('prints the same as JSON and as Markdown', async () => {
    const json = await diff(...PAIR, '-o', 'json')
    const value = JSON.parse(json.stdout)
    expect(json.status).toBe(1)
    expect(isDiff(value), JSON.stringify(isDiff.errors)).toBe(true)
    const { changes } = value.streams['rhcos-4.18']
    const counts = ['listing', 'slot'].map(
      (kind) => changes.filter((change: { kind: string }) => change.kind === kind).length,
    )
    expect(counts).toEqual([3, 3])

    const markdown = await diff(...PAIR, '--output', 'markdown')
    expect(markdown.status).toBe(1)
    const rows = markdown.stdout.split('\n').filter((line) => line.startsWith('| '))
    const first = rows.map((row) => row.split(' ')[1])
    expect(first.filter((cell) => /^[-+~]$/.test(cell ?? ''))).toHaveLength(6)
  })

  it('prints nothing on stdout for equal snapshots', async () => {
    for (const output of ['text', 'markdown']) {
      expect(await diff('snapshots/a.json', 'snapshots/a.json', '-o', output)).toEqual({
        status: 0,
        stdout: '',
        stderr: 'rhcos-4.18: no changes\n',
      })
    }
    const json = await diff('snapshots/a.json', 'snapshots/a.json', '-o', 'json')
    expect(json).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(json.stdout)).toMatchObject({ equal: true })
  })

  it.each([
    [['snapshots/a.json', 'snapshots/c.json'], 'snapshots/c.json: no such file'],
    [['snapshots/a.json', 'rhcos.json'], 'rhcos.json: a CoreOS stream, expected a snapshot'],
    [[...PAIR, '-o', 'html'], ''],
    [[...PAIR, 'third'], 'unexpected argument: "third"'],
    [['--base', 'HEAD', ...PAIR], 'unexpected argument: "snapshots/b.json"'],
  ])('refuses %j', async (args, fault) => {
    for (const more of [[], ['--exit-zero']]) {
      const { status, stdout, stderr } = await diff(...args, ...more)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr.split('\n')[0]).toContain(`stream-snapshot: ${fault}`)
    }
  })

  it('exits 0 instead of 1 with --exit-zero', async () => {
    const { status, stdout } = await diff(...PAIR, '--exit-zero')
    expect(status).toBe(0)
    expect(stdout).toBe((await diff(...PAIR)).stdout)
  })
})

it('diff outside of a git repository suggests one', async () => {
  for (const words of [[], ['--base', 'main']]) {
    expect((await diff(...words)).stderr).toMatch(/\nRun the command in a git repository\.\n$/)
  }
  await git(folder, 'init', '--quiet')
  const { stderr } = await run(['history', 'snapshots/a.json'], { cwd: folder })
  expect(stderr).toMatch(/\nCommit the file first\.\n$/)
})

describe('diff with revisions', () => {
  beforeEach(async () => {
    await writeFile(at('snapshots/x.json'), A)
    await commitAll(folder, 'a')
    await writeFile(at('snapshots/x.json'), B)
  })

  it.each([
    ['.', 'HEAD:snapshots/x.json snapshots/x.json', 1],
    ['snapshots', 'HEAD:snapshots/x.json x.json', 1],
    ['snapshots', 'HEAD:./x.json x.json', 1],
    ['snapshots', 'HEAD:x.json a.json', 0],
    ['snapshots', 'HEAD:../snapshots/x.json a.json', 0],
    ['.', ':snapshots/x.json snapshots/a.json', 0],
  ])(
    'reads a path from the root or from the current folder: %s, %s',
    async (cwd, words, status) => {
      expect(await run(['diff', ...words.split(' ')], { cwd: at(cwd) })).toMatchObject({ status })
    },
  )

  it('supports two revisions, and a commit message with a colon', async () => {
    await git(folder, 'commit', '--quiet', '--all', '--message', 'fix: b')
    const [before, after] = ['HEAD~1:snapshots/x.json', 'HEAD^{/fix: b}:snapshots/x.json'] as const
    expect(await diff(before, 'HEAD:snapshots/x.json')).toMatchObject({ status: 1 })
    expect(await diff(after, 'snapshots/b.json')).toMatchObject({ status: 0, stdout: '' })
    expect(await diff(before)).toMatchObject({ status: 1 })
    expect(await diff(after)).toMatchObject({ status: 0 })
  })

  it('prefers a file with this exact name', async () => {
    await writeFile(at('HEAD:snapshots'), B)
    expect(await diff('HEAD:snapshots', 'snapshots/b.json')).toMatchObject({ status: 0 })
  })

  it.each([
    [
      'HEAD~9:snapshots/x.json',
      'HEAD~9: unknown revision\nList the revisions with git log --oneline.',
    ],
    ['HEAD:snapshots', 'HEAD:snapshots: is a directory, expected a file\nUse another file.'],
  ])('refuses %s', async (name, message) => {
    const { status, stdout, stderr } = await diff(name, 'snapshots/b.json')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`stream-snapshot: ${message}\n`)
  })

  it('compares a file that is missing in its revision as empty', async () => {
    const { status, stdout, stderr } = await diff('HEAD:snapshots/nope.json', 'snapshots/b.json')
    expect(status).toBe(1)
    expect(stdout).toContain('  +  cloud azure  3 images\n')
    expect(stderr).toBe(
      'HEAD:snapshots/nope.json: no such file in this revision, compared as empty\n',
    )
    const neither = await diff('HEAD:nope.json', ':nope.json')
    expect(neither).toMatchObject({ status: 2, stdout: '' })
    expect(neither.stderr).toContain('HEAD:nope.json and :nope.json: no such files')
    expect((await diff('HEAD:nope.json')).stderr).toBe(
      'HEAD:nope.json: no such file in this revision, compared as empty\n'.repeat(2) +
        'stream-snapshot: HEAD:nope.json: no such file in this revision or in HEAD\nUse the path of a snapshot in this revision.\n',
    )
  })
})

describe('diff --git-driver', () => {
  const command = `'${process.execPath}' '${CLI}' diff --git-driver`
  const gitWithDriver = (...args: string[]) =>
    git(folder, '-c', `diff.snapshot.command=${command}`, ...args)

  beforeEach(async () => {
    await writeFile(at('.gitattributes'), 'snapshots/*.json diff=snapshot\n')
    await writeFile(at('snapshots/x.json'), A)
    await commitAll(folder, 'a')
  })

  it('prints changed, added, renamed and removed files', async () => {
    await writeFile(at('snapshots/x.json'), B)
    await writeFile(at('snapshots/new.json'), A)
    await writeFile(at('z.txt'), 'the last\n')
    await git(folder, 'rm', '--quiet', 'snapshots/a.json')
    await git(folder, 'add', '--all')
    const shown = await gitWithDriver('diff', '--cached', '--no-renames')
    const heads = shown.split('\n').filter((line) => line.startsWith('rhcos-4.18: '))
    expect(heads).toEqual([
      'rhcos-4.18: release unknown; no marketplace images, 3 removed',
      'rhcos-4.18: release unknown; 3 images, 0 removed',
      'rhcos-4.18: release unknown; 1 image, 2 removed',
    ])
    expect(shown).toContain('+the last')
    expect(await gitWithDriver('diff', '--cached', '--find-renames')).toContain('+the last')
  })

  it('reports an invalid file, and lets git continue', async () => {
    await writeFile(at('snapshots/x.json'), '<<<<<<< ours\n')
    await writeFile(at('z.txt'), 'the last\n')
    await commitAll(folder, 'broken')
    const shown = await gitWithDriver('log', '--patch', '--ext-diff')
    expect(shown).toContain('\nsnapshots/x.json:1:1: merge conflict marker <<<<<<<\n')
    expect(shown).toContain('+the last')
    expect(shown).toContain('    broken')
    expect(shown).toMatch(/^ {4}a$/m)
  })

  it('prints an unmerged path', async () => {
    await git(folder, 'checkout', '--quiet', '-b', 'other')
    await writeFile(at('snapshots/x.json'), B)
    await commitAll(folder, 'theirs')
    await git(folder, 'checkout', '--quiet', '-')
    await writeFile(at('snapshots/x.json'), snapshotText([OLD]))
    await commitAll(folder, 'ours')
    await git(folder, 'merge', 'other').catch(() => undefined)
    const shown = await gitWithDriver('diff', '--cached')
    expect(shown).toContain('snapshots/x.json')
    expect(await run(['diff', '--git-driver', 'snapshots/x.json'], { cwd: folder })).toEqual({
      status: 0,
      stdout: 'snapshots/x.json: unmerged, resolve the conflict first\n',
      stderr: '',
    })
  })

  it('can be replaced by list as a textconv command', async () => {
    await writeFile(at('snapshots/x.json'), B)
    const list = `'${process.execPath}' '${CLI}' list -o tsv "$1" || true`
    const textconv = `diff.snapshot.textconv=f() { ${list}; }; f`
    const shown = await git(folder, '-c', textconv, 'diff')
    const lines = shown.split('\n').filter((line) => /^[-+][^-+]/.test(line))
    expect(lines).toEqual([
      '-Arm64\t\taro4\tazureopenshift\t418-arm\tazureopenshift:aro4:418-arm:418.94.20240916\t418.94.20240916',
      '-x64\t\taro4\tazureopenshift\taro_418\tazureopenshift:aro4:aro_418:418.94.20240916\t418.94.20240916',
      '+x64\t\taro4\tazureopenshift\t418-v2\tazureopenshift:aro4:418-v2:418.94.20241009\t418.94.20241009',
      '+x64\t\taro4\tazureopenshift\taro_418\tazureopenshift:aro4:aro_418:418.94.20240916\t418.94.20240916\tdeprecated',
    ])
    // A snapshot of builds alone has no list.
    await writeFile(at('snapshots/x.json'), snapshotText([], { images: {}, queries: {} }))
    expect(await git(folder, '-c', textconv, 'diff')).toContain('-Arm64\t')
  })
})
