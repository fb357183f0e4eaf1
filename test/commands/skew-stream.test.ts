import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { smallStream } from '../support/streams.ts'

const RELEASE = '9.8.20260428-0'
const repeat = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
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
  it('measures a stream with an image without a SKU', async () => {
    const { sku: _, ...image } = azure.ocp.hyperVGen2
    const images = { ...azure, ocp: { hyperVGen1: image, hyperVGen2: image } }
    await write('rhcos.json', streamWith(images))
    const { status, stdout, stderr } = await skew('rhcos.json', '--all', '--ocp', '4.22')
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stdout).toContain('azure ocp x86_64')
  })

  it.each([
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
  ])('grades %s', async (_, source, files) => {
    for (const [name, value] of Object.entries(files)) await write(name, value)
    const { status, stdout, stderr } = await skew('--max-days', '30', source)
    expect(status).toBe(1)
    expect(stdout).toMatch(/^azure ocp x86_64 gen2 .* older-release +56 days$/m)
    expect(stdout).toMatch(/redhat +rh-ocp-worker +rh-ocp-worker +9\.8\.2026042801 or later/)
    expect(stderr).toBe(
      [
        'stream-snapshot: 13 of 14 slots are more than 30 days behind or without an image',
        '  azure no-purchase-plan, ocp, opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen1: no image',
        '  azure opp, oke, ocp-emea, opp-emea, oke-emea x86_64 gen2: no image',
        '  azure ocp x86_64 gen2: older-release by 56 days',
        '',
      ].join('\n'),
    )
    const json = JSON.parse((await skew(source, '-o', 'json')).stdout)
    expect(json).toHaveLength(14)
    expect(json.map(({ grade, days }: Record<string, unknown>) => [grade, days])).toEqual([
      ['exact', 0],
      ['older-release', 56],
      ...repeat(12, ['none', null]),
    ])
  })

  it('counts architectures and plans without an image, in clouds with images', async () => {
    const ami = { release: RELEASE, image: 'ami-0123456789abcdef0' }
    const aws = { ocp: { regions: { 'us-east-1': ami } } }
    await write('rhcos.json', smallStream({ aarch64: RELEASE, x86_64: RELEASE }))
    await write('marketplace-rhcos.json', { x86_64: { azure, aws } })
    const { status, stderr } = await skew('rhcos.json', '--fail-on', 'none', '--ocp', '4.22')
    expect(status).toBe(1)
    expect(stderr).toContain('22 of 25 slots are without an image')
    expect(stderr).toContain('  azure no-purchase-plan aarch64 gen2: no image')
    expect(stderr).toContain('  aws ocp, opp, oke aarch64 · us-east-1: no image')
    expect(stderr).toMatch(/aws opp, .*rosa x86_64 · us-east-1: no image/)
    expect(stderr).not.toContain('gcp')
  })

  it('counts only the slots of the layout and of the criteria of the workspace', async () => {
    const stream = streamWith(undefined)
    const images = { 'no-purchase-plan': entry('aro_422-v2', '9.8.20260428') }
    Object.assign(stream, { stream: 'rhcos-4.22' })
    await write('s.json', stream)
    const value = JSON.parse(await readFile(join(folder, 's.json'), 'utf8'))
    value.architectures.x86_64['rhel-coreos-extensions'] = { 'azure-marketplace': images }
    await write('s.json', value)
    const summary = async () => (await skew('s.json')).stdout.split('\n')[0]
    expect(await summary()).toBe(
      '0 of 3 slots are behind the build, 2 without an image, 2 images to publish',
    )
    const { 'no-purchase-plan': free, ocp } = BUILT_IN.azure?.plans ?? {}
    const plans = { 'no-purchase-plan': free, ocp }
    await write('c.json', { ...BUILT_IN, azure: { ...BUILT_IN.azure, plans } })
    await write('stream-snapshot.json', {
      streams: { a: { snapshot: 'snapshots/a.json', target: 's.json', criteria: 'c.json' } },
    })
    expect(await summary()).toBe(
      '0 of 2 slots are behind the build, 1 without an image, 1 image to publish',
    )
  })

  it('reports that slots are not counted if the OCP version is unknown', async () => {
    await write('s.json', streamWith({ ocp: azure.ocp }))
    const note = 's.json: OCP version unknown, so'
    expect(await skew('s.json', '--max-days', '60')).toMatchObject({
      status: 0,
      stderr: `${note} slots without an image are not counted; add --ocp X.Y\n`,
    })
    expect(await skew('s.json', '--fail-on', 'none')).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: ${note} images have no grade\nSpecify the OCP version with --ocp.\n`,
    })
  })

  it('ignores images that do not have the required grade', async () => {
    await write('s.json', streamWith(azure))
    const { stdout, stderr } = await skew('s.json', '--require', 'exact', '--max-days', '60')
    expect(stdout).toContain('13 without an image of a required grade, 13 images to publish')
    expect(stdout).toMatch(/rh-ocp-worker +rh-ocp-worker +9\.8\.20260428$/m)
    expect(stderr).toContain('60 days behind or without an image of a required grade')
  })

  it('refuses an OCP version that contradicts the releases or the snapshot', async () => {
    await write('s.json', streamWith(azure))
    await write('418.json', smallStream({ x86_64: '418.94.202410090804-0' }))
    await write('snapshot.json', snapshotText([azureImage('418-v2', '418.94.20240916')]))
    const refusals = [
      [['s.json', '4.21'], 'OCP 4.21 has RHEL 9.6, not RHEL 9.8 of 9.8.20260428-0'],
      [['418.json', '4.17'], 'the OCP version of 418.json is 4.18'],
      [
        ['snapshot.json', '4.17', '--target', '418.json'],
        'the OCP version of snapshot.json is 4.18',
      ],
    ] as const
    for (const [[file, ocp, ...more], cause] of refusals) {
      const { status, stderr } = await skew(file, '--ocp', ocp, ...more)
      expect(status).toBe(2)
      expect(stderr).toContain(`stream-snapshot: --ocp ${ocp}: ${cause}\n`)
    }
  })

  it('reports later builds of an earlier release, which --max-days does not count', async () => {
    const stream = smallStream({ aarch64: '10.2.20260423-0' }, 'rhcos-4.22')
    await write('rhcos.json', stream)
    const arm = { 'no-purchase-plan': { hyperVGen2: entry('aro_422-arm', '9.8.20260428') } }
    await write('marketplace-rhcos.json', { aarch64: { azure: arm } })
    expect(await skew('rhcos.json', '--max-days', '5')).toMatchObject({
      status: 0,
      stderr:
        'rhcos.json: --max-days does not count later builds of an earlier release (1 slot); --fail-on older-release does\n',
    })
    expect((await skew('rhcos.json', '--fail-on', 'older-release')).status).toBe(1)
  })

  it('grades RHEL 9 and RHEL 10 images in the same plan', async () => {
    const images = {
      hyperVGen1: entry('aro_422', '9.8.20260428'),
      hyperVGen2: entry('aro_422-v2', '10.2.20260423'),
    }
    await write('rhcos.json', smallStream({ x86_64: '10.2.20260423-0' }, 'rhcos-4.22'))
    await write('marketplace-rhcos.json', { x86_64: { azure: { 'no-purchase-plan': images } } })
    const slots = JSON.parse((await skew('rhcos.json', '-o', 'json')).stdout)
    const grades = slots.map(({ grade }: { grade: string }) => grade)
    expect(grades.slice(0, 2)).toEqual(['older-rhel-major', 'exact'])
  })

  it('suggests a command for files without images', async () => {
    await write('s.json', streamWith(undefined))
    expect((await skew('s.json')).stderr).toBe(
      'stream-snapshot: s.json: no images\nQuery them: stream-snapshot capture snapshot.json --stream s.json --ocp X.Y, then stream-snapshot skew snapshot.json --target s.json\n',
    )
    const stdin = await run(['skew', '-'], { cwd: folder, stdin: smallStream({ x86_64: RELEASE }) })
    expect(stdin.stderr).toBe(
      'stream-snapshot: -: no images\nUse a file with marketplace images.\n',
    )
  })

  it('requires the stream of a marketplace file', async () => {
    await write('m.json', { x86_64: { azure } })
    expect(await skew('m.json')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: m.json: no releases in this file\nSpecify the stream with --target.\n',
    })
    await write('s.json', streamWith(undefined))
    expect((await skew('m.json', '--target', 's.json')).status).toBe(0)
  })

  it('refuses a cloud without images', async () => {
    await write('s.json', streamWith(azure))
    expect(await skew('s.json', '--cloud', 'aws')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^stream-snapshot: s\.json: no images of aws\nQuery them: /),
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

  it('uses the required grade of each stream, and prints one JSON document', async () => {
    const { stdout } = await skew('-o', 'json')
    const value = JSON.parse(stdout)
    const getGrade = (name: string) =>
      value[name].find(({ image }: { image: unknown }) => image !== null).grade
    expect(Object.keys(value)).toEqual(['a', 'b'])
    expect([getGrade('a'), getGrade('b')]).toEqual(['newer-build', 'older-build'])
  })

  it('suggests a change of the workspace for a cloud that was not queried', async () => {
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

  it('uses the images of the stream if the snapshot has none, and continues after a failure', async () => {
    const notQueried = { images: {}, queries: {} }
    await write('snapshots/a.json', snapshotText([], notQueried))
    const advice = (what: string) => ({
      status: 2,
      stderr: `stream-snapshot: ${what}\nRun stream-snapshot update a.\n`,
    })
    expect(await skew('a')).toMatchObject(advice('a.json: no images'))
    const list = await run(['list', 'a'], { cwd: folder })
    expect(list.stderr).toBe(
      'stream-snapshot: snapshots/a.json: no cloud was queried\nQuery azure: run stream-snapshot update a.\n',
    )
    const all = await skew()
    expect(all).toMatchObject(advice('a: a.json: no images'))
    expect(all.stdout).toMatch(/^b:\n1 of 14 slots/)
    await write('snapshots/b.json', snapshotText([], notQueried))
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
