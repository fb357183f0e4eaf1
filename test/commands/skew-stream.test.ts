import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { smallStream } from '../support/streams.ts'

const RELEASE = '9.8.20260428-0'
const entry = (sku: string, version: string) => {
  const { publisher, offer } = azureImage(sku, version)
  return { publisher, offer, sku, version }
}
const azure = {
  'no-purchase-plan': { hyperVGen2: entry('aro_422-v2', '9.8.20260428') },
  ocp: { hyperVGen2: entry('rh-ocp-worker', '9.6.2026030314') },
}

let folder: string
const skew = (...args: string[]) => run(['skew', ...args], { cwd: folder })
async function write(name: string, value: unknown): Promise<void> {
  const file = join(folder, name)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
}

function streamWith(images: object | undefined): object {
  const value = JSON.parse(smallStream({ x86_64: RELEASE }, 'rhel-9.8'))
  if (images) {
    value.architectures.x86_64['rhel-coreos-extensions'] = { marketplace: { azure: images } }
  }
  return value
}

beforeEach(async () => {
  folder = await temporaryFolder()
})

describe('skew without a snapshot', () => {
  it.each([
    ['a stream with its images', 'coreos-rhel-9.json', { 'coreos-rhel-9.json': streamWith(azure) }],
    [
      'a stream and the marketplace file next to it',
      'coreos-rhel-9.json',
      {
        'coreos-rhel-9.json': streamWith(undefined),
        'marketplace/coreos-rhel-9.json': { x86_64: { azure } },
      },
    ],
    [
      'a marketplace file and the stream next to it',
      'marketplace-rhcos.json',
      { 'rhcos.json': streamWith(undefined), 'marketplace-rhcos.json': { x86_64: { azure } } },
    ],
  ])('measures %s', async (_, source, files) => {
    for (const [name, value] of Object.entries(files)) await write(name, value)
    const { status, stdout, stderr } = await skew('--max-days', '30', source)
    expect(status).toBe(1)
    expect(stdout).toMatch(/^azure ocp x86_64 gen2 .* older-release +56 days$/m)
    expect(stdout).toMatch(/redhat +rh-ocp-worker +rh-ocp-worker +9\.8\.2026042800 or later/)
    expect(stderr).toBe(
      'stream-snapshot: 1 of 2 slots is more than 30 days behind or without an image\n  azure ocp x86_64 gen2: older-release by 56 days\n',
    )
    expect((await skew('--max-days', '60', source)).status).toBe(0)
    const json = JSON.parse((await skew(source, '-o', 'json')).stdout)
    expect(json.map(({ grade, days }: Record<string, unknown>) => [grade, days])).toEqual([
      ['exact', 0],
      ['older-release', 56],
    ])
  })

  it('needs the stream of a marketplace file', async () => {
    await write('m.json', { x86_64: { azure } })
    expect(await skew('m.json')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: m.json: no releases in this file\nName its stream with --target.\n',
    })
    await write('s.json', streamWith(undefined))
    expect((await skew('m.json', '--target', 's.json')).status).toBe(0)
  })

  it('refuses a cloud without images', async () => {
    await write('s.json', streamWith(azure))
    expect(await skew('s.json', '--cloud', 'aws')).toMatchObject({
      status: 2,
      stderr: 'stream-snapshot: s.json: no images of aws\nChoose a cloud with images: azure.\n',
    })
  })
})

describe('skew of a workspace', () => {
  const stream = (name: string, more = {}) => ({
    snapshot: `snapshots/${name}.json`,
    target: `${name}.json`,
    ...more,
  })
  const images = [azureImage('418-v2', '418.94.20240916'), azureImage('418-v2', '418.94.20250101')]

  beforeEach(async () => {
    const streams = { a: stream('a'), b: stream('b', { require: 'not-newer' }) }
    await write('stream-snapshot.json', { streams })
    for (const name of ['a', 'b']) {
      await write(`${name}.json`, smallStream({ x86_64: '418.94.202410090804-0' }))
      await write(`snapshots/${name}.json`, snapshotText(images))
    }
  })

  it('honors the required grade, and prints one JSON document', async () => {
    const { stdout } = await skew('-o', 'json')
    const value = JSON.parse(stdout)
    const gradeOf = (name: string) =>
      value[name].find(({ image }: { image: unknown }) => image !== null).grade
    expect(Object.keys(value)).toEqual(['a', 'b'])
    expect([gradeOf('a'), gradeOf('b')]).toEqual(['newer-build', 'older-build'])
  })

  it('names a change of the workspace for a cloud that it does not query', async () => {
    for (const command of ['skew', 'list']) {
      const outcome = await run([command, 'a', '--cloud', 'gcp'], { cwd: folder })
      expect(outcome).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'stream-snapshot: snapshots/a.json: gcp was not queried\nAdd gcp to clouds in stream-snapshot.json, then run stream-snapshot update a.\n',
      })
    }
  })
  it('takes the images of the stream where the snapshot has none, and goes on without it', async () => {
    const bare = { images: {}, queries: {} }
    await write('snapshots/a.json', snapshotText([], bare))
    const advice = (what: string) => ({
      status: 2,
      stderr: `stream-snapshot: ${what}\nRun stream-snapshot update a.\n`,
    })
    expect(await skew('a')).toMatchObject(advice('a.json: no images'))
    const list = await run(['list', 'a'], { cwd: folder })
    expect(list).toMatchObject(advice('snapshots/a.json: no cloud was queried'))
    const all = await skew()
    expect(all).toMatchObject(advice('a: a.json: no images'))
    expect(all.stdout).toMatch(/^a:\nb:\n1 of 14 slots/)
    await write('snapshots/b.json', snapshotText([], bare))
    expect((await skew()).stderr).toBe(
      [
        'stream-snapshot: failed for 2 of 2 streams',
        '  a: a.json: no images',
        '    Run stream-snapshot update a.',
        '  b: b.json: no images',
        '    Run stream-snapshot update b.',
        '',
      ].join('\n'),
    )
    await write('b.json', streamWith(azure))
    expect((await skew('b')).stdout).toContain('azure ocp x86_64 gen2')
  })
})
