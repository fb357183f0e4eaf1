import { execFileSync, execSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { LAYOUT_NAMES } from '../../src/core/stream/layouts.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const regenerate = (...args: string[]) => run(['regenerate', 's.json', ...args], { cwd: folder })

const V2 = azureImage('418-v2', '418.94.20240916')
const GEN1 = azureImage('aro_418', '418.94.20240916')
const ARM = azureImage('418-arm', '418.94.20240916')
const PAID = azureImage('rh-ocp-worker', '4.18.2025031114')
const IMAGES = [V2, GEN1, ARM, PAID]

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('s.json'), snapshotText(IMAGES))
})

const marketplace = async (arch: string, file = 'rhcos.json') =>
  JSON.parse(await read(file)).architectures[arch]['rhel-coreos-extensions']

describe('regenerate', () => {
  it('writes the enhancement layout, and changes no byte on a second run', async () => {
    const first = await regenerate('--target', 'rhcos.json')
    expect(first).toMatchObject({ status: 0, stdout: '' })
    expect(first.stderr).toContain('rhcos.json: updated')
    expect(await marketplace('x86_64')).toEqual({
      'azure-marketplace': {
        'no-purchase-plan': {
          publisher: 'azureopenshift',
          offer: 'aro4',
          sku: '418-v2',
          version: '418.94.20240916',
        },
        'purchase-plan-north-america': {
          publisher: 'redhat',
          offer: 'rh-ocp-worker',
          sku: 'rh-ocp-worker',
          version: '4.18.2025031114',
        },
      },
    })
    expect(Object.keys((await marketplace('aarch64'))['azure-marketplace'])).toEqual([
      'no-purchase-plan',
    ])
    expect(JSON.parse(await read('rhcos.json')).metadata).toEqual({
      'last-modified': '2024-10-20T12:00:00Z',
      generator: 'stream-snapshot test',
    })
    const written = await read('rhcos.json')
    const second = await regenerate('--target', 'rhcos.json')
    expect(second.stderr).toContain('rhcos.json: unchanged')
    expect(await read('rhcos.json')).toBe(written)
  })

  it('requires a target if the snapshot has no builds', async () => {
    const outcome = await regenerate()
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toContain('--target')
  })

  it('writes both layouts, in the order of stream-metadata-go', async () => {
    const layouts = ['--layout', 'enhancement', '--layout', 'stream-metadata']
    await regenerate('--target', 'rhcos.json', ...layouts)
    const extensions = await marketplace('x86_64')
    expect(Object.keys(extensions)).toEqual(['azure-marketplace', 'marketplace'])
    expect(Object.keys(extensions.marketplace.azure)).toEqual(['no-purchase-plan', 'ocp'])
    expect(extensions.marketplace.azure['no-purchase-plan']).toEqual({
      hyperVGen1: {
        publisher: 'azureopenshift',
        offer: 'aro4',
        sku: 'aro_418',
        version: '418.94.20240916',
      },
      hyperVGen2: {
        publisher: 'azureopenshift',
        offer: 'aro4',
        sku: '418-v2',
        version: '418.94.20240916',
      },
    })
  })

  it('keeps other layouts, and reports them', async () => {
    await regenerate('--target', 'rhcos.json', '--layout', 'stream-metadata')
    const { stderr } = await regenerate('--target', 'rhcos.json', '--layout', 'enhancement')
    expect(stderr).toContain('in the layout stream-metadata, which is not generated: ')
    expect(Object.keys(await marketplace('x86_64'))).toEqual(['azure-marketplace', 'marketplace'])
  })

  it('changes nothing with --layout none and no builds', async () => {
    const { stderr } = await regenerate('--target', 'rhcos.json', '--layout', 'none')
    expect(await read('rhcos.json')).toBe(smallStream(EXAMPLE))
    expect(stderr).toBe('no build changed\nrhcos.json: unchanged\n')
  })

  it('writes the layouts that the target has by default', async () => {
    await regenerate('--target', 'rhcos.json', '--layout', 'stream-metadata')
    const written = await read('rhcos.json')
    await regenerate('--target', 'rhcos.json')
    expect(await read('rhcos.json')).toBe(written)
    await writeFile(
      at('s.json'),
      snapshotText([...IMAGES, azureImage('418-v2', '418.94.20241009')]),
    )
    await regenerate('--target', 'rhcos.json')
    expect(Object.keys(await marketplace('x86_64'))).toEqual(['marketplace'])
    expect(await read('rhcos.json')).toContain('"418.94.20241009"')
  })

  it('writes a separate marketplace file, indented by four spaces', async () => {
    const words = ['--target', 'rhcos.json', '--marketplace-file', 'm.json']
    await regenerate(...words, '--layout', 'stream-metadata')
    const text = await read('m.json')
    expect(text).toMatch(/^\{\n {4}"aarch64": \{\n {8}"azure": \{\n/)
    expect(Object.keys(JSON.parse(text))).toEqual(['aarch64', 'x86_64'])
    expect(await marketplace('x86_64')).toBeUndefined()
    expect(await regenerate(...words, '--check')).toMatchObject({ status: 0, stdout: '' })
    await writeFile(at('s.json'), snapshotText([ARM]))
    expect(await regenerate(...words)).toMatchObject({ status: 1 })
  })

  it('prints the selections as JSON', async () => {
    const { stdout } = await regenerate('--target', 'rhcos.json', '-o', 'json')
    expect(JSON.parse(stdout).selections[0]).toMatchObject({
      cloud: 'azure',
      plan: 'no-purchase-plan',
      architecture: 'aarch64',
      generation: 2,
      release: '418.94.202410090804-0',
      grade: 'older-build',
      image: { sku: '418-arm' },
    })
  })

  it('reports that the snapshot was captured for another OCP version', async () => {
    await writeFile(at('old.json'), smallStream({ x86_64: '415.92.202402201450-0' }))
    await writeFile(
      at('mixed.json'),
      smallStream({ aarch64: '415.92.202402201450-0', x86_64: '418.94.202410090804-0' }),
    )
    const mixed = await regenerate('--target', 'mixed.json')
    expect(mixed.status).toBe(0)
    expect(mixed.stderr).toContain(
      'captured for OCP 4.18, and release 415.92.202402201450-0 is for 4.15',
    )
    const { status, stderr } = await regenerate('--target', 'old.json')
    expect(status).toBe(2)
    expect(stderr).toContain(
      "the snapshot's images are for OCP 4.18, and the target has 415.92.202402201450-0",
    )
  })

  it('prints nothing with --quiet', async () => {
    expect(await regenerate('--target', 'rhcos.json', '--quiet')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })
})

describe('regenerate --check', () => {
  it('shows the differences and writes nothing', async () => {
    await regenerate('--target', 'rhcos.json')
    expect(await regenerate('--target', 'rhcos.json', '--check')).toMatchObject({
      status: 0,
      stdout: '',
    })
    const edited = (await read('rhcos.json')).replace('"sku": "418-v2"', '"sku": "417-v2"')
    await writeFile(at('rhcos.json'), edited)
    const { status, stdout } = await regenerate('--target', 'rhcos.json', '--check')
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /^~ {2}azure no-purchase-plan x86_64 gen2 {2}azureopenshift:aro4:417-v2:\S+ -> azureopenshift:aro4:418-v2:/,
    )
    expect(await read('rhcos.json')).toBe(edited)
    const dry = await regenerate('--target', 'rhcos.json', '--dry-run')
    expect(dry).toMatchObject({ status: 0, stdout })
    expect(await read('rhcos.json')).toBe(edited)
  })
})

describe('regenerate', () => {
  it('refuses to replace an image by an older image', async () => {
    await regenerate('--target', 'rhcos.json')
    const before = await read('rhcos.json')
    const older = azureImage('418-v2', '418.94.20240101')
    await writeFile(at('s.json'), snapshotText([older, GEN1, ARM, PAID]))
    const { status, stderr } = await regenerate('--target', 'rhcos.json')
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /~ {2}azure no-purchase-plan x86_64 gen2 {2}azureopenshift:aro4:418-v2:418\.94\.20240916 -> 418\.94\.20240101/,
    )
    expect(stderr).toContain('--allow-regression')
    expect(await regenerate('--target', 'rhcos.json', '--dry-run')).toMatchObject({ status: 0 })
    const json = await regenerate('--target', 'rhcos.json', '--check', '-o', 'json')
    expect(json.status).toBe(1)
    expect(JSON.parse(json.stdout).changes[0]).toMatchObject({ loss: 'older' })
    expect(await read('rhcos.json')).toBe(before)
    const allowed = await regenerate('--target', 'rhcos.json', '--allow-regression', '--quiet')
    expect(allowed.stderr).toMatch(
      /^stream-snapshot: ~ {2}azure no-purchase-plan x86_64 gen2 {2}azureopenshift:aro4:418-v2:418\.94\.20240916 .*\n$/,
    )
  })

  it('suggests the command that reverts an edit of the target', async () => {
    await regenerate('--target', 'rhcos.json')
    await commitAll(folder, 'the generated stream')
    const generated = await read('rhcos.json')
    await writeFile(at('rhcos.json'), generated.replace('418.94.20240916', '418.94.20240926'))
    const { status, stderr } = await regenerate('--target', 'rhcos.json')
    expect(status).toBe(1)
    const undo = 'git checkout -- rhcos.json'
    expect(stderr).toContain(
      `\nAllow this with --allow-regression. To undo your edits, run ${undo}\n`,
    )
    execSync(undo, { cwd: folder })
    expect(await regenerate('--target', 'rhcos.json', '--check')).toMatchObject({ status: 0 })
  })
})

describe('regenerate --require', () => {
  // The release is 418.94.202410090804-0.
  const candidates = ['4.18.2025031114', '4.17.2024100419', '4.8.2021122100']
  it.each([
    ['any', candidates, '4.18.2025031114'],
    ['not-newer', candidates, '4.17.2024100419'],
    ['same-rhel-major', candidates, '4.18.2025031114'],
    ['same-rhel-major', candidates.slice(2), undefined],
    ['not-newer', candidates.slice(2), '4.8.2021122100'],
  ])('%s selects from %j the image %s', async (requirement, versions, selected) => {
    const paid = versions.map((version) => azureImage('rh-ocp-worker', version))
    await writeFile(at('s.json'), snapshotText(paid))
    const words = ['--target', 'rhcos.json', '--require', requirement, '--explain', '--dry-run']
    const { stderr } = await regenerate(...words)
    const [, found] = /^azure ocp x86_64 gen2, .*\n.*\n {2}\* .*:([0-9.]+) /m.exec(stderr) ?? []
    expect(found).toBe(selected)
  })

  it('refuses a slot without an image of the required grade', async () => {
    const { status, stderr } = await regenerate('--target', 'rhcos.json', '--require', 'exact')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^stream-snapshot: --require exact: 4 slots without an image\n/)
    expect(stderr).toContain('\n  azure no-purchase-plan, ocp, ocp-emea x86_64 gen2\n')
    expect(await read('rhcos.json')).toBe(smallStream(EXAMPLE))
  })

  it('explains a refused image with --explain', async () => {
    const { stderr } = await regenerate('--target', 'rhcos.json', '--require', 'exact', '--explain')
    expect(stderr).toMatch(/418-v2:418\.94\.20240916 +2024-09-16 +no: exact is required/)
  })

  it('explains each candidate with its release, date, grade and older version', async () => {
    const snapshot = fileURLToPath(new URL('../../snapshots/rhcos-4.18.json', import.meta.url))
    const words = ['regenerate', snapshot, '--target', 'rhcos.json', '--explain', '--dry-run']
    const { stderr } = await run(words, { cwd: folder })
    for (const row of [
      / {4}azureopenshift:aro4:417-arm:417\.94\.20240701 +2024-07-01 +older-release: OCP 4\.17\n/,
      /rh-ocp-worker:4\.8\.2021122100 +2021-12-21 +older-rhel-major: RHEL 8\.4\n/,
      / {2}\* ami-[0-9a-f]{17} +418\.94\.202410090804-0 +2024-10-09 +exact\n/,
    ]) {
      expect(stderr).toMatch(row)
    }
  })
})

describe('regenerate with invalid input', () => {
  it.each([
    ['a snapshot of another shape', '{"schemaVersion":1}', /s\.json: /],
    ['a changed snapshot', snapshotText(IMAGES).replace('20240916', '20240917'), /\.integrity/],
  ])('reports %s in one line and exits 2', async (_, snapshot, message) => {
    await writeFile(at('s.json'), snapshot)
    const { status, stdout, stderr } = await regenerate('--target', 'rhcos.json')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toMatch(message)
    expect(stderr.split('\n')[0]).toMatch(/^stream-snapshot: /)
  })

  it.each([
    [['--check=yes'], '--check: unexpected value "yes"'],
    [['--layout', 'enhanced'], `--layout: expected one of ${LAYOUT_NAMES.join(', ')}, none`],
    [['--require', 'exactly'], '--require: expected one of exact, not-newer, same-rhel-major, any'],
    [['-o', 'json'], '--output json: without --target the stream is printed'],
    [['--check'], '--check: nothing to compare with'],
    [['--dry-run'], '--dry-run: nothing to compare with'],
    [['--target', 'a', '--target', 'b'], '--target: given more than once'],
    [['--targt', 'rhcos.json'], 'unknown option: --targt'],
    [['rhcos.json'], 'unexpected argument: rhcos.json'],
    [['--', '--target', 'rhcos.json'], 'unexpected argument after --: "--target"'],
    [['--target', 'pipe'], 'pipe: is not a regular file'],
    [
      ['--target', 'rhcos.json/x'],
      'rhcos.json/x: no such file: a part of its path is not a directory',
    ],
    [['--layout', 'enhancement', '--marketplace-file', 'm.json'], '--marketplace-file'],
    [
      ['--target', 'rhcos.json', '--marketplace-file', './rhcos.json'],
      '--marketplace-file ./rhcos.json: the same file as --target',
    ],
    [['--target', 's.json'], '--target s.json: the same file as the snapshot'],
    [['--layout', 'none', '--layout', 'enhancement', '--target', 'rhcos.json'], '--layout none'],
  ])('refuses %s', async (args, message) => {
    if (args.includes('pipe')) execFileSync('mkfifo', [at('pipe')])
    const { status, stdout, stderr } = await regenerate(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(await read('rhcos.json')).toBe(smallStream(EXAMPLE))
  })
})
