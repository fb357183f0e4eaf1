import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { git } from '../support/git.ts'
import { azureImage, makeSnapshot, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const init = (...args: string[]) => run(['init', ...args], { cwd: folder })
const readStreams = async () => JSON.parse(await read('stream-snapshot.json')).streams

async function write(name: string, content: string | object): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true })
  await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content))
}

const NINE = smallStream({ x86_64: '9.8.20260428-0' }, 'rhcos-4.21')
const TEN = smallStream({ x86_64: '10.2.20260423-0' }, 'rhcos-4.22')

/** A marketplace file with one Azure image. */
const marketplace = (sku: string) => ({
  x86_64: {
    azure: {
      'no-purchase-plan': {
        hyperVGen2: { publisher: 'azureopenshift', offer: 'aro4', sku, version: '9.8.20260428' },
      },
    },
  },
})

beforeEach(async () => {
  folder = await temporaryFolder()
  await git(folder, 'init', '--quiet', '--initial-branch', 'main')
})

describe('init', () => {
  it('refuses a malformed stream file, and ignores other malformed files', async () => {
    await write('tsconfig.json', '{ // comment\n}\n')
    await write('data/data/coreos/coreos-rhel-9.json', NINE)
    await write('data/data/coreos/coreos-rhel-10.json', TEN.slice(0, -3))
    const { status, stderr } = await init('--ocp', '4.22')
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^stream-snapshot: data\/data\/coreos\/coreos-rhel-10\.json:\d+:\d+: expected .*\n/,
    )
    await write('data/data/coreos/coreos-rhel-10.json', `${TEN}<<<<<<< HEAD\n`)
    expect((await init('--ocp', '4.22')).stderr).toContain('merge conflict marker <<<<<<<\n')
    await write('data/data/coreos/coreos-rhel-10.json', TEN)
    expect(await init('--ocp', '4.22')).toMatchObject({ status: 0 })
    expect(Object.keys(await readStreams())).toEqual(['rhel-9', 'rhel-10'])
  })

  it('finds streams by their content, and writes their properties to the workspace file', async () => {
    const published = smallStream(EXAMPLE).replaceAll(
      '"formats": {}',
      '"formats": { "raw.gz": { "disk": { "location": "https://example.com/streams/4.18-9.4/builds/418.94.202410090804-0/x86_64/a.raw.gz", "sha256": "00" } } }',
    )
    await write('rhcos.json', published)
    await write('marketplace-rhcos.json', '{ "x86_64": { "azure": {} } }\n')
    await write('streams/coreos-stable.json', smallStream({ x86_64: '35.20220327.3.0' }, 'stable'))
    await write('package.json', {})
    await write('.gitattributes', '*.sh text')
    const { status, stdout, stderr } = await init()
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toBe(
      [
        'rhcos: rhcos.json with marketplace-rhcos.json, 418.94.202410090804-0, OCP 4.18',
        'stable: streams/coreos-stable.json, 35.20220327.3.0, no marketplace images',
        'stream-snapshot.json and .gitattributes: written',
        'Next: stream-snapshot update    queries the clouds and writes the files',
        '      stream-snapshot update --cloud none STREAM VERSION',
        '                                updates builds, without credentials',
        '      stream-snapshot check     verifies them offline, for example in CI',
        '',
      ].join('\n'),
    )
    expect(JSON.parse(await read('stream-snapshot.json'))).toEqual({
      clouds: ['azure'],
      streams: {
        rhcos: {
          snapshot: 'snapshots/rhcos.json',
          target: 'rhcos.json',
          marketplaceFile: 'marketplace-rhcos.json',
          name: '4.18-9.4',
          url: 'https://example.com/streams',
          signatures: false,
        },
        stable: {
          snapshot: 'snapshots/stable.json',
          target: 'streams/coreos-stable.json',
          layouts: ['none'],
        },
      },
    })
    expect(await read('.gitattributes')).toBe(
      '*.sh text\nsnapshots/*.json text eol=lf -merge linguist-generated\n',
    )
  })

  it('does not replace the workspace file, and adds a line to .gitattributes only once', async () => {
    await write('odd/place.json', smallStream(EXAMPLE))
    const none = await init()
    expect(none).toMatchObject({ status: 2 })
    expect(none.stderr).toBe(
      'stream-snapshot: no stream file in ., data/data/coreos, data/data, data, streams, coreos, demo\nSpecify the files: stream-snapshot init STREAM_FILE ...\n',
    )
    expect(await init('odd/place.json')).toMatchObject({ status: 0 })
    const [workspace, attributes] = [
      await read('stream-snapshot.json'),
      await read('.gitattributes'),
    ]
    const again = await init('odd/place.json')
    expect(again).toMatchObject({ status: 2 })
    expect(again.stderr).toContain('stream-snapshot.json: already exists\n')
    expect(await read('stream-snapshot.json')).toBe(workspace)
    await rm(at('stream-snapshot.json'))
    const third = await init('odd/place.json')
    expect(third.stderr).toContain('\nstream-snapshot.json: written\n')
    expect(await read('.gitattributes')).toBe(attributes)
  })

  it.each([
    [
      ['data/y.json', 'data-y.json', 'y.json'],
      ['data-y', 'y', 'data-y-2'],
    ],
    [
      ['streams/a.json', 'coreos/a.json'],
      ['coreos-a', 'streams-a'],
    ],
    [
      ['A.json', 'a.json'],
      ['A', 'a-2'],
    ],
  ])('gives each of %j a unique name', async (files, names) => {
    for (const file of files) await write(file, smallStream(EXAMPLE))
    expect(await init()).toMatchObject({ status: 0 })
    const found = await readStreams()
    expect(Object.keys(found).sort()).toEqual([...names].sort())
    expect(
      Object.values<{ target: string }>(found)
        .map(({ target }) => target)
        .sort(),
    ).toEqual([...files].sort())
    const snapshots = Object.values<{ snapshot: string }>(found).map(({ snapshot }) => snapshot)
    expect(new Set(snapshots.map((each) => each.toLowerCase())).size).toBe(files.length)
  })

  it('refuses a .gitattributes link and a stream outside of the repository', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, 'attributes'), '*.sh text\n')
    await symlink(join(other, 'attributes'), at('.gitattributes'))
    await write('rhcos.json', smallStream(EXAMPLE))
    const { status, stderr } = await init()
    expect(status).toBe(2)
    expect(stderr).toMatch(/^stream-snapshot: \.gitattributes: /)
    expect(await readFile(join(other, 'attributes'), 'utf8')).toBe('*.sh text\n')
    await expect(read('stream-snapshot.json')).rejects.toThrow('ENOENT')
    await writeFile(join(other, 'rhcos.json'), smallStream(EXAMPLE))
    const outside = await init(join(other, 'rhcos.json'))
    expect(outside.stderr).toMatch(/rhcos\.json: outside of the repository\n/)
  })
})

describe('init', () => {
  it.each<[string, object]>([
    [
      'data/data/coreos/marketplace',
      { marketplaceFile: 'data/data/coreos/marketplace/coreos-rhel-10.json' },
    ],
    ['data/data/coreos', { marketplaceFile: 'data/data/coreos/marketplace-coreos-rhel-10.json' }],
    ['', { layouts: ['stream-metadata'] }],
  ])('uses the naming of the marketplace files in %j', async (place, expected) => {
    await write('data/data/coreos/coreos-rhel-9.json', NINE)
    await write('data/data/coreos/coreos-rhel-10.json', TEN)
    await write('data/data/coreos/scos.json', smallStream({ x86_64: '9.0.20250411-0' }, 'c9s'))
    if (place) {
      const name = place.endsWith('marketplace') ? 'coreos-rhel-9' : 'marketplace-coreos-rhel-9'
      await write(`${place}/${name}.json`, marketplace('aro_422-v2'))
    }
    expect(await init('--ocp', '4.22')).toMatchObject({ status: 0 })
    const found = await readStreams()
    expect(found['rhel-10']).toMatchObject(expected)
    expect(found.scos.layouts).toEqual(['none'])
  })

  it('uses the layout of the stream', async () => {
    const stream = JSON.parse(smallStream(EXAMPLE))
    stream.architectures.x86_64['rhel-coreos-extensions'] = { 'aws-marketplace': { ocp: {} } }
    await write('rhcos.json', stream)
    await init()
    expect((await readStreams()).rhcos.layouts).toEqual(['enhancement'])
  })
})

describe('the OCP version from init', () => {
  const writeTwoStreams = async (...skus: readonly [string, string]) => {
    await write('data/data/coreos/coreos-rhel-9.json', NINE)
    await write('data/data/coreos/coreos-rhel-10.json', TEN)
    await write('data/data/coreos/marketplace/coreos-rhel-9.json', marketplace(skus[0]))
    await write('data/data/coreos/marketplace/coreos-rhel-10.json', marketplace(skus[1]))
  }
  const readVersions = async () => {
    const found = await readStreams()
    return [found['rhel-9'].ocp, found['rhel-10'].ocp]
  }

  it('is refused with the candidates if it is unknown', async () => {
    await write('rhcos.json', NINE)
    expect(await init()).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: rhcos.json: unknown OCP version: RHEL 9.8 is used by OCP 4.22, 4.23, 5.0 or 5.1\nSpecify the version: stream-snapshot init --ocp X.Y\n',
    })
    await write('coreos-other.json', NINE)
    const both = await init()
    expect(both.stderr).toMatch(
      /^stream-snapshot: unknown OCP version of 2 streams\n {2}coreos-other\.json: unknown .*\n {2}rhcos\.json: unknown .*\nSpecify the version: /,
    )
    expect(await init('--ocp', '4.22')).toMatchObject({ status: 0 })
    expect((await readStreams()).rhcos.ocp).toBe('4.22')
  })

  it('comes from the SKUs rather than an outdated name, and is marked as a guess', async () => {
    await writeTwoStreams('aro_5-0_x64_gen2', 'aro_5-0_x64_gen2')
    const { stderr } = await init()
    expect(stderr).toContain('OCP 5.0 from SKU aro_5-0_x64_gen2 (a guess)\n')
    expect(stderr).toContain(
      'warning: rhel-10: OCP 5.0 from SKU aro_5-0_x64_gen2, but OCP 4.22 from stream name rhcos-4.22\n',
    )
    expect(await readVersions()).toEqual(['5.0', '5.0'])
  })

  it('comes from the git branch, and contradictions are reported', async () => {
    await writeTwoStreams('aro_422-v2', 'aro_5-0_x64_gen2')
    await git(folder, 'checkout', '--quiet', '-b', 'release-4.22')
    const { stderr } = await init()
    expect(await readVersions()).toEqual(['4.22', '4.22'])
    expect(stderr).toContain('OCP 4.22 from git branch release-4.22\n')
    expect(stderr).toContain(
      'warning: rhel-10: OCP 4.22 from git branch release-4.22, but OCP 5.0 from SKU aro_5-0_x64_gen2\n',
    )
  })

  it('is reported if it differs between two streams of one folder', async () => {
    await writeTwoStreams('aro_422-v2', 'aro_5-0_x64_gen2')
    const { stderr } = await init()
    expect(await readVersions()).toEqual(['4.22', '5.0'])
    expect(stderr).toContain(
      'warning: data/data/coreos: different OCP versions: rhel-9 is OCP 4.22 from SKU aro_422-v2, rhel-10 is OCP 5.0 from SKU aro_5-0_x64_gen2\n',
    )
  })

  it('comes from an existing snapshot, as do the builds', async () => {
    await write('rhcos.json', NINE)
    const base = makeSnapshot([azureImage('422-v2', '9.8.20260428')])
    const build = {
      release: '9.8.20260428-0',
      location: `${base.stream.url}/rhel-9.8/builds/9.8.20260428-0/x86_64`,
      meta: {},
    }
    const text = snapshotText([], {
      stream: { ...base.stream, ocp: '5.1' },
      builds: { x86_64: build },
    })
    await write('snapshots/rhcos.json', text)
    expect((await init()).stderr).toContain('OCP 5.1 from the existing snapshot')
    expect((await readStreams()).rhcos).toMatchObject({
      ocp: '5.1',
      builds: { x86_64: '9.8.20260428-0' },
    })
  })
})
