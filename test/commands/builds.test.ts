import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { DEMONSTRATION, demonstrationMeta } from '../mock-servers/demonstration-builds.ts'
import { ALL_BUILDS, buildServer, withMeta } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { makeSnapshot } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const { name, release } = DEMONSTRATION
const ONE_BUILD = [`x86_64=${release}`]

let folder: string
const read = (file: string) => readFile(join(folder, file), 'utf8')
const call = (...args: string[]) => run(args, { cwd: folder })
const capture = (url: string, ...args: string[]) =>
  call('capture', 's.json', '--cloud', 'none', '--name', name, '--url', url, ...args)

beforeEach(async () => {
  folder = await temporaryFolder()
})

describe('capture of builds', () => {
  it('queries all architectures concurrently', async () => {
    const server = await buildServer({ latencyMs: 150 })
    const outcome = await capture(server.streams, ...ALL_BUILDS)
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect(server.requests).toHaveLength(4)
    expect(Math.max(...server.requests.map(({ concurrency }) => concurrency))).toBe(4)
    const { builds, stream } = JSON.parse(await read('s.json'))
    expect(Object.keys(builds)).toEqual([...DEMONSTRATION.architectures])
    const { streams: url } = server
    expect(stream).toEqual({ name, distro: 'rhcos', ocp: null, url, signatures: true })
    const verified = await call('verify', 's.json')
    expect(verified).toMatchObject({ status: 0 })
  })

  it('records only the metadata that streams use and the content type, as readable JSON', async () => {
    const server = await buildServer({ gzip: true })
    await capture(server.streams, ...ONE_BUILD)
    const recording = JSON.parse(await read('s.recording.json'))
    expect(recording).toHaveLength(1)
    const [{ scope, path, status, rawHeaders, response }] = recording
    expect({ scope, path, status, rawHeaders }).toEqual({
      scope: server.url,
      path: `/art/storage/prod/streams/${name}/builds/${release}/x86_64/meta.json`,
      status: 200,
      rawHeaders: { 'content-type': 'application/json' },
    })
    const { buildid, amis } = response
    expect({ buildid, ami: Object.keys(amis[0]) }).toEqual({
      buildid: release,
      ami: ['name', 'hvm'],
    })
    expect(JSON.stringify(response)).not.toMatch(/pkgdiff|size|snap-|ostree/)
  })

  it('is replayed without the server, and changes no byte on a second run', async () => {
    const server = await buildServer()
    await capture(server.streams, ...ALL_BUILDS)
    const before = [await read('s.json'), await read('s.recording.json')]
    expect(await call('capture', 's.json')).toMatchObject({ status: 0 })
    expect(server.requests).toHaveLength(8)
    await server.close()
    expect(await call('capture', 's.json', '--replay')).toMatchObject({ status: 0 })
    expect(await capture(server.streams, ...ALL_BUILDS, '--replay')).toMatchObject({ status: 0 })
    expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
    const again = await call('capture', 'copy.json', '--replay', 's.recording.json')
    expect(again).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing to capture is specified'),
    })

    const other = await call('capture', 's.json', '--replay', '--name', 'other')
    expect(other.stderr).toMatch(/the recording has no response to GET .*\/other\/builds\//)
    expect(other.status).toBe(3)
  })

  it('generates a new stream, and keeps unrelated members of an existing target', async () => {
    const server = await buildServer()
    await capture(server.streams, ...ALL_BUILDS, '--no-signatures')
    const { stdout } = await call('regenerate', 's.json')
    const stream = JSON.parse(stdout)
    expect(stream.stream).toBe(name)
    expect(Object.keys(stream.architectures)).toEqual([...DEMONSTRATION.architectures])
    expect(stdout).not.toContain('signature')
    expect(stream.architectures.x86_64.artifacts.qemu.formats['qcow2.gz'].disk.location).toBe(
      `${server.streams}/${name}/builds/${release}/x86_64/rhcos-${release}-qemu.x86_64.qcow2.gz`,
    )

    const target = JSON.parse(smallStream(EXAMPLE, 'rhcos-4.16'))
    target.architectures.x86_64.artifacts.moonbase = { release: '1' }
    target.architectures.riscv64 = { artifacts: {}, images: {} }
    target.note = 'kept'
    await writeFile(join(folder, 'target.json'), `${JSON.stringify(target, undefined, 4)}\n\n`)
    expect(await call('regenerate', 's.json', '--target', 'target.json')).toMatchObject({
      status: 0,
    })
    const text = await read('target.json')
    const updated = JSON.parse(text)
    expect(updated).toMatchObject({ stream: 'rhcos-4.16', note: 'kept' })
    expect(text.startsWith('{\n    "stream"') && text.endsWith('}\n\n')).toBe(true)
    expect(updated.architectures.riscv64).toEqual(target.architectures.riscv64)
    const { artifacts } = updated.architectures.x86_64
    expect(artifacts.moonbase).toEqual({ release: '1' })
    expect(artifacts.qemu).toEqual(stream.architectures.x86_64.artifacts.qemu)
  })

  it('reports changed parts of a build by name, and equal changes once', async () => {
    const server = await buildServer()
    await capture(server.streams, ...ALL_BUILDS)
    expect((await call('regenerate', 's.json', '--target', 'new.json')).status).toBe(0)
    const target = JSON.parse(await read('new.json'))
    for (const arch of ['aarch64', 'x86_64']) {
      const { disk } = target.architectures[arch].artifacts.qemu.formats['qcow2.gz']
      Object.assign(disk, { location: `https://example.com/${arch}`, sha256: '0'.repeat(64) })
    }
    target.architectures.x86_64.images.gcp.name = 'another'
    await writeFile(join(folder, 'new.json'), JSON.stringify(target, undefined, 2))
    const { stderr } = await call('regenerate', 's.json', '--target', 'new.json')
    const lines = stderr.split('\n').map((line) => line.replace(/ {2,}/g, '  '))
    expect(lines.slice(0, 2)).toEqual([
      '~  artifact qemu aarch64, x86_64 · qcow2.gz  other location and sha256',
      expect.stringMatching(/^~ {2}image gcp x86_64 {2}name: another -> rhcos-/),
    ])
  })

  it('records the URL of the artifacts if the build comes from another server', async () => {
    const server = await buildServer()
    const meta = `${server.streams}/${name}/builds/${release}/s390x/meta.json`
    const url = 'https://builds.example/streams'
    expect(await capture(url, meta)).toMatchObject({ status: 0 })
    const files = (await read('s.json')) + (await read('s.recording.json'))
    expect(files).not.toContain('127.0.0.1')
    expect(files).toContain('https://builds.example:443')
    await server.close()
    expect(await call('verify', 's.json')).toMatchObject({ status: 0 })
  })

  it('warns about different builds and about unknown platforms', async () => {
    const server = await buildServer({}, ({ architecture, release: wanted }) => {
      const meta = demonstrationMeta(architecture)
      const images = { ...(meta.images as object), moonbase: {} }
      return JSON.stringify({ ...meta, images, buildid: wanted })
    })
    const outcome = await capture(server.streams, ...ONE_BUILD, 's390x=418.94.202410100000-0')
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect(outcome.stderr).toContain(
      `warning: the architectures have different builds: s390x=418.94.202410100000-0 x86_64=${release}\n`,
    )
    expect(outcome.stderr).toContain(
      'warning: x86_64: unknown platform images.moonbase is not recorded\n',
    )
    const quiet = await capture(server.streams, ...ONE_BUILD, '--quiet')
    expect(quiet).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('lists the parts that are missing in a new build, also with --quiet', async () => {
    const later = '418.94.202411010000-0'
    const server = await buildServer({}, ({ architecture, release: wanted }) => {
      const { images, kubevirt: _, ...meta } = demonstrationMeta(architecture)
      const { qemu, ...others } = images as Record<string, unknown>
      const own = wanted === later ? others : { qemu, ...others }
      return JSON.stringify({ ...meta, images: own, buildid: wanted })
    })
    expect(await capture(server.streams, ...ONE_BUILD)).toMatchObject({ status: 0 })
    expect(await capture(server.streams, `x86_64=${later}`, '--quiet')).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^stream-snapshot: - {2}artifact qemu x86_64 .*\n$/),
    })
  })

  it('writes nothing if the build server returns another build', async () => {
    const buildid = '418.94.202410090804-1'
    const server = await buildServer(
      {},
      withMeta('s390x', (meta) => ({ ...meta, buildid })),
    )
    const outcome = await capture(server.streams, ...ALL_BUILDS)
    expect(outcome).toMatchObject({ status: 3, stdout: '' })
    expect(outcome.stderr).toContain(
      `s390x/meta.json: .buildid: expected ${release}, found ${buildid}\n`,
    )
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a snapshot', () => {
  it.each([
    ['a host that has the same prefix', 'https://builds.example.org/a'],
    ['a ".." segment', 'https://builds.example/a/../../x'],
    ['credentials', 'https://a:b@builds.example/a'],
    ['plain http', 'http://builds.example/a'],
  ])('is refused if a build location has %s', async (_, location) => {
    const snapshot = makeSnapshot([], {
      builds: { x86_64: { release, location, meta: {} } },
    })
    const stream = { ...snapshot.stream, url: 'https://builds.example' }
    await writeFile(join(folder, 's.json'), JSON.stringify({ ...snapshot, stream }))
    for (const command of ['regenerate', 'verify', 'list']) {
      const { status, stdout, stderr } = await call(command, 's.json')
      expect(status).toBe(command === 'verify' ? 1 : 2)
      expect(stdout + stderr).toMatch(
        /\.builds\.x86_64\.location: expected a folder of \.stream\.url, found \S/,
      )
    }
  })

  it.each(['http://builds.example', 'https://a@b.example'])(
    'is refused if its build server is %s',
    async (url) => {
      const snapshot = makeSnapshot([])
      const stream = { ...snapshot.stream, url }
      await writeFile(join(folder, 's.json'), JSON.stringify({ ...snapshot, stream }))
      const { status, stderr } = await call('list', 's.json')
      expect(status).toBe(2)
      expect(stderr).toContain('s.json: .stream.url: ')
    },
  )
})
