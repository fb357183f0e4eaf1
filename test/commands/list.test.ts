import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'

let folder: string
const list = (...args: string[]) => run(['list', ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
  const images = [
    azureImage('417-v2', '417.94.20240701'),
    azureImage('418-v2', '418.94.20240916'),
    azureImage('418-arm', '418.94.20240916', { state: 'deprecated' }),
    azureImage('rh-ocp-worker', '4.8.2021122100'),
    azureImage('rh-ocp-worker', '4.18.2024100419'),
  ]
  await writeFile(join(folder, 's.json'), snapshotText(images))
})

describe('list', () => {
  it('prints the same table as az', async () => {
    expect(await list('s.json', '--sku', '418-v2')).toEqual({
      status: 0,
      stdout: [
        'Architecture    Offer    Publisher       Sku     Urn                                         Version',
        '--------------  -------  --------------  ------  ------------------------------------------  ---------------',
        'x64             aro4     azureopenshift  418-v2  azureopenshift:aro4:418-v2:418.94.20240916  418.94.20240916',
        '',
      ].join('\n'),
      stderr: '',
    })
  })

  it('adds the state if a listed image cannot be selected', async () => {
    expect(await list('s.json', '--sku', '418')).toMatchObject({
      stdout: [
        'Architecture    Offer    Publisher       Sku      Urn                                          Version          State',
        '--------------  -------  --------------  -------  -------------------------------------------  ---------------  ----------',
        'Arm64           aro4     azureopenshift  418-arm  azureopenshift:aro4:418-arm:418.94.20240916  418.94.20240916  deprecated',
        'x64             aro4     azureopenshift  418-v2   azureopenshift:aro4:418-v2:418.94.20240916   418.94.20240916  active',
        '',
      ].join('\n'),
    })
  })

  it('prints tab-separated values, earlier OCP versions first', async () => {
    const { stdout } = await list('s.json', '--publisher', 'REDHAT', '-o', 'tsv')
    expect(stdout.split('\n').map((line) => line.split('\t'))).toEqual([
      ...['4.8.2021122100', '4.18.2024100419'].map((version) => [
        'x64',
        '',
        'rh-ocp-worker',
        'redhat',
        'rh-ocp-worker',
        `redhat:rh-ocp-worker:rh-ocp-worker:${version}`,
        version,
      ]),
      [''],
    ])
  })

  it('adds the state, with the reason if a version is unreadable', async () => {
    const images = [azureImage('418-v2', '418.94.20240916'), azureImage('418-v2', 'latest')]
    await writeFile(join(folder, 's.json'), snapshotText(images))
    const { stdout } = await list('s.json', '-o', 'tsv')
    expect(stdout).toMatch(/\t418\.94\.20240916\n.*\tlatest\tunreadable version\n$/)
  })

  it('suggests the command that captures missing snapshots of a workspace', async () => {
    const stream = (name: string) => ({
      snapshot: `snapshots/${name}.json`,
      target: `${name}.json`,
    })
    const streams = { a: stream('a'), b: stream('b') }
    await writeFile(join(folder, 'stream-snapshot.json'), JSON.stringify({ streams }))
    expect(await list()).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        'stream-snapshot: failed for 2 of 2 streams',
        '  a: snapshots/a.json: no such file',
        '    Run stream-snapshot update a.',
        '  b: snapshots/b.json: no such file',
        '    Run stream-snapshot update b.',
        '',
      ].join('\n'),
    })
  })

  it('prints the same JSON as az', async () => {
    const { stdout } = await list('s.json', '--arch', 'arm64', '-o', 'json')
    expect(JSON.parse(stdout)).toEqual([
      {
        architecture: 'Arm64',
        imageDeprecationStatus: { imageState: 'Deprecated' },
        offer: 'aro4',
        publisher: 'azureopenshift',
        sku: '418-arm',
        urn: 'azureopenshift:aro4:418-arm:418.94.20240916',
        version: '418.94.20240916',
      },
    ])
  })

  it.each([
    [['--arch', 'aarch64'], 1],
    [['--offer', 'OCP'], 2],
    [['--cloud', 'azure'], 5],
    [['--sku', 'nothing'], 0],
  ])('filters by %j', async (filter, count) => {
    const { status, stdout } = await list('s.json', ...filter, '-o', 'json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(count)
  })

  it('reports that no image matches', async () => {
    expect(await list('s.json', '--sku', 'nothing')).toEqual({
      status: 0,
      stdout: '',
      stderr: 's.json: no images found\n',
    })
  })
})
