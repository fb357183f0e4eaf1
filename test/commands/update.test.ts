import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import { REGIONS } from '../mock-servers/aws-images.ts'
import type { AzureMockServer } from '../mock-servers/azure.ts'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../mock-servers/demonstration-builds.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor, withoutLogin } from '../support/azure.ts'
import { ALL_BUILDS, buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { cloudsFor } from '../support/clouds.ts'
import { type Files, readFiles, writeFiles } from '../support/files.ts'
import { git } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const { name, release, architectures } = DEMONSTRATION
const emptyBuild = ({ release, architecture }: { release: string; architecture: string }) =>
  JSON.stringify({ buildid: release, 'coreos-assembler.basearch': architecture, images: {} })
/** A region that the new build does not have. */
const LOST = 'us-east-2'
const OLD = Object.fromEntries(architectures.map((arch) => [arch, '418.94.202409162337-0']))

let folder: string
const at = (file: string) => join(folder, file)
const read = (file: string) => readFile(at(file), 'utf8')
const readJson = async (file: string) => JSON.parse(await read(file))

async function write(file: string, content: string | object): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true })
  await writeFile(at(file), typeof content === 'string' ? content : JSON.stringify(content))
}

const state = () => readFiles(folder)
/** Runs update against a mock server. */
const updateFrom = ({ url, environment: env }: AzureMockServer, ...words: string[]) =>
  run(['update', '--azure-endpoint', url, ...words], { cwd: folder, env })
const call = (...args: string[]) => run(args, { cwd: folder })

async function writeStreams(streams: Readonly<Record<string, object>>): Promise<void> {
  const all = Object.entries(streams).map(([each, keys]) => [
    each,
    { snapshot: `snapshots/${each}.json`, target: `${each}.json`, ...keys },
  ])
  await write('stream-snapshot.json', { clouds: ['azure'], streams: Object.fromEntries(all) })
}

beforeEach(async () => {
  folder = await temporaryFolder()
  await git(folder, 'init', '--quiet')
})

describe('update of two streams', () => {
  /** The files of the first capture, which all tests start with. */
  let captured: Files | undefined

  const update = async (images: Parameters<typeof azureFor>[0], ...args: string[]) => {
    const azure = await azureFor(images, { locations: ['eastus', 'westus'] })
    const options = { cwd: folder, env: azure.environment }
    return run(['update', '--azure-endpoint', azure.url, ...args], options)
  }

  beforeEach(async () => {
    if (captured) return writeFiles(folder, captured)
    await writeStreams({ one: {}, two: {} })
    for (const each of ['one', 'two']) await write(`${each}.json`, smallStream(EXAMPLE))
    expect(await update(imagesBeforeBump())).toMatchObject({ status: 0 })
    captured = await readFiles(folder)
  })

  it('reports the losses of both streams before it writes any file', async () => {
    const before = await state()
    const { status, stdout, stderr } = await update([])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('stream-snapshot: 2 streams refused\n')
    for (const each of ['one', 'two']) {
      expect(stderr).toMatch(
        new RegExp(
          `^ {2}${each}: the target would lose 4 marketplace images\\n {4}- {2}azure`,
          'm',
        ),
      )
    }
    expect(stderr).toMatch(/\n[A-Z].*--allow-regression.*\n$/)
    expect(await state()).toEqual(before)
    expect(await update([], '--allow-regression')).toMatchObject({ status: 0 })
  })

  it('distinguishes images in another location from images that are no longer listed', async () => {
    const images = imagesBeforeBump().filter(({ sku }) => sku !== '418-v2')
    const { status, stderr } = await update(images, 'one', '--location', 'westus')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^ {2}~ .*418-v2:.* \(\S+ was not queried\)/m)
    expect(stderr).not.toContain('no longer listed')
    const allowed = await update(images, 'one', '--location', 'westus', '--allow-regression')
    expect(allowed.status).toBe(0)
    expect(allowed.stderr).toMatch(/^ +no longer queried: azureopenshift:aro4:418-v2:/m)
    expect(allowed.stderr).not.toContain('no longer listed')
  })

  it('replaces an edited snapshot, but refuses if a tracked snapshot is missing', async () => {
    const text = await read('snapshots/one.json')
    await write('snapshots/one.json', text.replace('"active"', '"deprecated"'))
    expect(await update(imagesBeforeBump())).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('warning: snapshots/one.json: was changed after the capture'),
    })
    expect(await call('check')).toMatchObject({ status: 0 })
    await git(folder, 'add', '--all')
    await rm(at('snapshots/one.json'))
    expect(await update(imagesBeforeBump())).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: one: snapshots/one.json: tracked by git, but missing\n' +
        'Restore it with git checkout -- snapshots/one.json snapshots/one.recording.json, or remove it with git rm.\n',
    })
    await git(folder, 'rm', '--quiet', '--force', '--ignore-unmatch', 'snapshots/one.json')
    expect(await update(imagesBeforeBump())).toMatchObject({ status: 0 })
  })

  it('refuses another OCP version with --cloud none', async () => {
    const before = await state()
    const other = ['update', 'one', '--ocp', '4.19', '--cloud', 'none']
    expect(await run(other, { cwd: folder })).toMatchObject({ status: 2 })
    expect(await state()).toEqual(before)
  })

  it('prints the changes, and exits 1 with --check and 0 with --dry-run', async () => {
    const before = await state()
    const none = await update(imagesBeforeBump(), '--check')
    expect(none).toMatchObject({ status: 0 })
    expect(none.stderr).toMatch(/all files: up to date\n$/)
    const check = await update(imagesAfterBump(), '--check')
    expect(check.status).toBe(1)
    expect(check.stderr).toContain('\none.json: would be written\n')
    expect(await update(imagesAfterBump(), '--dry-run')).toMatchObject({ status: 0 })
    expect(await state()).toEqual(before)
  })

  it.each([
    [['--ocp', '4.18'], '--ocp: applies to one stream', 'stream-snapshot update one --ocp 4.18\n'],
    [
      ['--cloud', 'aws'],
      '--cloud aws: not one of the clouds in',
      'Add it to clouds in stream-snap',
    ],
    [['one', '9.6.1', '9.6.2'], 'one: two versions, 9.6.1 and 9.6.2\n', 'Use only one of them.\n'],
    [
      ['one', 'x86_64=418.94.202410090804-0', 'x86_64=418.94.202409162337-0'],
      'x86_64=418.94.202409162337-0: a second build for x86_64\n',
      'Specify one build for each architecture.\n',
    ],
    [
      ['one', 'https://a.example/x=y/meta.json'],
      'stream-snapshot.json: no stream "https://a.example/x=y/meta.json"\n',
      'Use one of one',
    ],
    [
      ['--drop', 'gcp'],
      '--drop gcp: not in the snapshots of these streams',
      'Use one or more of azure.\n',
    ],
  ])('refuses %j', async (args, message, remedy) => {
    const { status, stderr } = await update(imagesBeforeBump(), ...args)
    expect(status).toBe(2)
    expect(stderr).toContain(`stream-snapshot: ${message}`)
    expect(stderr).toContain(remedy)
  })
})

describe('update --cloud none', () => {
  it('updates builds without credentials and keeps marketplace images', async () => {
    const server = await buildServer()
    const place = { name, url: server.streams, signatures: false }
    await writeStreams({ one: { ...place, marketplaceFile: 'm.json' } })
    await write('one.json', smallStream(OLD))
    const azure = await azureFor(imagesBeforeBump())
    expect(await updateFrom(azure)).toMatchObject({ status: 0 })
    const images = await read('m.json')
    const { status, stderr } = await call('update', '--cloud', 'none', 'one', release)
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stderr).toMatch(/^ {2}azure: not queried, \d+ images unchanged$/m)
    // The build is added to the snapshot and changes in the file: one change, printed once.
    expect(stderr.match(/^ {2}[+~] {2}build /gm)).toHaveLength(1)
    expect(await read('m.json')).toBe(images)
    const stream = await readJson('one.json')
    expect(stream.architectures.s390x.artifacts.metal.release).toBe(release)
    const { streams } = await readJson('stream-snapshot.json')
    expect(streams.one.builds).toEqual(Object.fromEntries(architectures.map((a) => [a, release])))
    expect(await call('check')).toMatchObject({ status: 0 })
    const checked = await updateFrom(azure, '--check')
    expect(checked.status).toBe(1)
    expect(checked.stderr).toMatch(/^ {2}- {2}criteria\.selectedFor {2}removed /m)
  })

  it('keeps images whose deprecation date has passed', async () => {
    const server = await buildServer({}, emptyBuild)
    await writeStreams({ one: { name, url: server.streams, signatures: false } })
    await write('one.json', smallStream(OLD))
    const azure = await azureFor(
      imagesBeforeBump().map((image) => ({
        ...image,
        imageState: 'ScheduledForDeprecation' as const,
        scheduledDeprecationTime: '2025-03-01T00:00:00Z',
      })),
    )
    await updateFrom(azure)
    const { integrity: _, ...content } = await readJson('snapshots/one.json')
    const earlier = sealSnapshot({ ...content, capturedAt: '2025-02-01T00:00:00Z' })
    await write('snapshots/one.json', printSnapshot(earlier))
    expect(await call('regenerate', 'one')).toMatchObject({ status: 0 })
    const getImages = async () => {
      const { architectures } = await readJson('one.json')
      return architectures.x86_64['rhel-coreos-extensions']
    }
    const images = await getImages()
    expect(images['azure-marketplace']).toBeDefined()
    const bump = await call('update', '--cloud', 'none', 'one', release)
    expect(bump).toMatchObject({ status: 0 })
    expect(await getImages()).toEqual(images)
    expect(await call('check')).toMatchObject({ status: 0 })
    const queried = await updateFrom(azure)
    expect(queried.status).toBe(1)
    expect(queried.stderr).toMatch(/would lose \d+ marketplace images/)
  })

  it('prints no removal of an image that --keep-lost keeps', async () => {
    const server = await buildServer({}, async (build) => {
      const meta = await demonstrationBuilds({ ...build, release })
      const text = meta?.replaceAll(release, build.release)
      const { amis = [], ...rest } = JSON.parse(text ?? '{}')
      const isKept = (ami: { name: string }) => !isLost || ami.name !== LOST
      return JSON.stringify({ ...rest, amis: amis.filter(isKept) })
    })
    let isLost = false
    await writeStreams({ one: { name, url: server.streams, signatures: false } })
    await write('one.json', smallStream({ x86_64: OLD.x86_64 ?? '' }))
    const update = (...args: string[]) => call('update', '--cloud', 'none', ...args)
    expect(await update('one', OLD.x86_64 ?? '')).toMatchObject({ status: 0 })
    isLost = true
    for (const words of [['--quiet'], ['--dry-run']]) {
      const { status, stderr } = await update('one', release, '--keep-lost', ...words)
      expect(status).toBe(0)
      expect(stderr).not.toMatch(/^.*- {2}image aws /m)
    }
    const { architectures } = await readJson('one.json')
    expect(architectures.x86_64.images.aws.regions[LOST].release).toBe(OLD.x86_64)
    expect(await call('check')).toMatchObject({ status: 0 })
    // The image has the release of the earlier build, which does not have it either.
    const back = await update('one', OLD.x86_64 ?? '', '--allow-regression')
    expect(back.stderr).toMatch(/^ {2}- {2}image aws x86_64 · us-east-2 /m)
    expect(await call('check')).toMatchObject({ status: 0 })
    expect(await update('one')).toMatchObject({ status: 0 })
  })
})

describe('marketplace images that were not queried for the new build', () => {
  const between = (sku: string) => ({
    ...{ publisher: 'azureopenshift', offer: 'aro4', sku, version: '418.94.20241001' },
    ...{ architecture: 'x64' as const, hyperVGeneration: 'V2' as const },
  })
  const images = () => [...imagesAfterBump(), between('418-v2')]
  const readSelectedFor = async () => (await readJson('snapshots/one.json')).criteria.selectedFor

  const start = async (keys: object, releases: Record<string, string> = OLD) => {
    const server = await buildServer({}, emptyBuild)
    await writeStreams({
      one: { name, url: server.streams, signatures: false, marketplaceFile: 'm.json', ...keys },
    })
    await write('one.json', smallStream(releases))
    const azure = await azureFor(images())
    const update = (...args: string[]) => updateFrom(azure, ...args)
    expect(await update()).toMatchObject({ status: 0 })
    return update
  }

  it.each([
    ['of the target', {}],
    ['of the workspace', { builds: OLD }],
  ])('are kept from the previous build %s', async (_, keys) => {
    const update = await start(keys)
    const before = await read('m.json')
    expect(before).toContain('418.94.20240916')
    expect(before).not.toContain('418.94.20241001')
    const bump = await call('update', '--cloud', 'none', release)
    expect(bump).toMatchObject({ status: 0 })
    expect(bump.stderr).toMatch(/^ {2}azure: not queried, \d+ images unchanged$/m)
    expect(await read('m.json')).toBe(before)
    expect(await readSelectedFor()).toEqual({ azure: OLD })
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
    expect(await call('regenerate', 'one', '--check')).toMatchObject({ status: 0 })
    expect(await call('verify', 'snapshots/one.json')).toMatchObject({ status: 0 })
    const skew = await call('skew', 'one', '-o', 'json', '--all')
    const slots = JSON.parse(skew.stdout).filter(
      ({ plan }: { plan: string }) => plan === 'no-purchase-plan',
    )
    // The image of the new build is published already.
    for (const slot of slots) expect(slot).toMatchObject({ grade: 'older-build', expected: null })
    expect(slots).toHaveLength(3)

    const snapshot = await read('snapshots/one.json')
    const replay = await call('capture', 'one', '--replay', '--check')
    expect(replay).toMatchObject({ status: 0 })
    expect(await call('update', '--cloud', 'none')).toMatchObject({ status: 0 })
    expect(await read('snapshots/one.json')).toBe(snapshot)

    expect(await update('--allow-regression')).toMatchObject({ status: 0 })
    expect(await readSelectedFor()).toBeUndefined()
    expect(await read('m.json')).not.toBe(before)
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
  })

  it('are kept from the previous OCP version', async () => {
    const update = await start({})
    const before = await read('m.json')
    const later = '419.96.202505231200-0'
    const refused = await call('update', '--cloud', 'none', '--ocp', '4.19', later)
    expect(refused).toMatchObject({ status: 1 })
    expect(refused.stderr).toContain('azure was captured for OCP 4.18, not 4.19\n')
    const bump = await call('update', '--cloud', 'none', later)
    expect(bump).toMatchObject({ status: 0 })
    expect(await read('m.json')).toBe(before)
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
    expect(await call('verify', 'snapshots/one.json')).toMatchObject({ status: 0 })
    expect(await update('--allow-regression')).toMatchObject({ status: 0 })
    expect((await readJson('snapshots/one.json')).stream.ocp).toBe('4.19')
    expect(await readSelectedFor()).toBeUndefined()
  })

  it('are not selected for a new architecture', async () => {
    const { x86_64: _, ...others } = OLD
    await start({ builds: others }, others)
    const before = await read('m.json')
    expect(before).not.toContain('x86_64')
    const bump = await call('update', '--cloud', 'none', `x86_64=${release}`)
    expect(bump).toMatchObject({ status: 0 })
    expect(await read('m.json')).toBe(before)
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
  })

  it('are selected per region', async () => {
    const server = await buildServer({}, emptyBuild)
    const aws = await awsFor()
    const one = { snapshot: 's.json', target: 'one.json', name, url: server.streams }
    await write('stream-snapshot.json', { clouds: ['aws'], streams: { one } })
    await write('one.json', smallStream(OLD))
    const update = (...args: string[]) =>
      run(['update', ...args], { cwd: folder, env: aws.environment })
    expect(await update()).toMatchObject({ status: 0 })
    expect(await update('--regions', 'us-east-1', release)).toMatchObject({ status: 0 })
    const others = REGIONS.filter((region) => region !== 'us-east-1')
    const { selectedFor } = (await readJson('s.json')).criteria
    expect(selectedFor).toEqual(Object.fromEntries(others.map((region) => [region, OLD])))
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
    expect(await update()).toMatchObject({ status: 0 })
    expect((await readJson('s.json')).criteria.selectedFor).toBeUndefined()
  })

  it('are unchanged after a return to the previous build', async () => {
    await start({})
    expect(await call('update', '--cloud', 'none', release)).toMatchObject({ status: 0 })
    const text = await read('m.json')
    const back = await call(
      ...['update', '--cloud', 'none', '--allow-regression'],
      ...Object.entries(OLD).map(([arch, each]) => `${arch}=${each}`),
    )
    expect(back).toMatchObject({ status: 0 })
    expect(await readSelectedFor()).toBeUndefined()
    expect(await read('m.json')).toBe(text)
  })
})

describe('update', () => {
  it('reports that no snapshot was written with --cloud none and no builds', async () => {
    await writeStreams({ one: {} })
    await write('one.json', smallStream(EXAMPLE))
    const { status, stderr } = await call('update', '--cloud', 'none')
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: [
        'one:',
        '  snapshots/one.json: not written, as there are no builds and no cloud was queried',
        '  Run stream-snapshot update one, or specify a build: stream-snapshot update --cloud none one VERSION',
        'no file was changed',
        '',
      ].join('\n'),
    })
  })

  it('refuses an OCP version that has another RHEL version', async () => {
    const nine = smallStream({ x86_64: '9.8.20260428-0' }, 'rhel-9')
    await writeStreams({ 'rhel-9': {} })
    await write('rhel-9.json', nine)
    const before = await state()
    const cause =
      '--ocp 4.21: OCP 4.21 has RHEL 9.6, not RHEL 9.8 of 9.8.20260428-0\nUse 4.22, 4.23, 5.0 or 5.1.\n'
    const other = ['--ocp', '4.21', '--cloud', 'none']
    expect(await call('update', 'rhel-9', ...other)).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: rhel-9: ${cause}`,
    })
    expect(await call('capture', 's.json', '--stream', 'rhel-9.json', ...other)).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: ${cause}`,
    })
    expect(await state()).toEqual(before)
    await write('new/rhel-9.json', nine)
    await git(at('new'), 'init', '--quiet')
    const init = await run(['init', '--ocp', '4.21', 'rhel-9.json'], { cwd: at('new') })
    expect(init).toMatchObject({ status: 2, stderr: `stream-snapshot: ${cause}` })
  })

  it('refuses an unknown OCP version, unless it is later than all known versions', async () => {
    await writeStreams({ 'rhel-9': {} })
    await write('rhel-9.json', smallStream({ x86_64: '9.8.20260428-0' }, 'rhel-9'))
    const update = (version: string) =>
      call('update', 'rhel-9', '--ocp', version, '--cloud', 'none')
    for (const version of ['4.5', '4.24', '4.99']) {
      const { status, stderr } = await update(version)
      expect(status).toBe(2)
      expect(stderr).toMatch(
        /: --ocp 4\.\d+: unknown OCP version\nUse 4\.6, .* 5\.0, 5\.1, or a later version\.\n$/,
      )
    }
    expect(await update('6.0')).toMatchObject({ status: 0 })
  })

  it('writes no snapshot and no recording if there is nothing to query', async () => {
    await writeStreams({ scos: { layouts: ['none'] } })
    await write('scos.json', smallStream({ x86_64: '10.0.20251103-0' }, 'c10s'))
    const { status, stderr } = await call('update')
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'scos:\n  nothing to query\nall files: up to date\n',
    })
    expect(existsSync(at('snapshots'))).toBe(false)
  })

  it('suggests a command that works if the OCP version is unknown', async () => {
    const azure = await azureFor(imagesBeforeBump())
    await writeStreams({ 'rhel-9': {}, other: { layouts: ['none'] } })
    await write('rhel-9.json', smallStream({ x86_64: '9.6.20250513-0' }, 'rhel-9'))
    await write('other.json', smallStream(EXAMPLE))
    const update = (...args: string[]) => updateFrom(azure, ...args)
    const { status, stderr } = await update()
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: [
        'stream-snapshot: rhel-9: rhel-9.json: unknown OCP version: RHEL 9.6 is used by OCP 4.19, 4.20 or 4.21',
        'Specify the OCP version with stream-snapshot update rhel-9 --ocp X.Y, or query no cloud with --cloud none.',
        '',
      ].join('\n'),
    })
    expect(await update('rhel-9', '--ocp', '4.20')).toMatchObject({ status: 0 })
    expect((await readJson('stream-snapshot.json')).streams['rhel-9'].ocp).toBe('4.20')
    expect((await readJson('snapshots/rhel-9.json')).stream.ocp).toBe('4.20')
    expect(await update()).toMatchObject({ status: 0 })
  })

  it('suggests the workspace key if an image is not of the required grade', async () => {
    const server = await buildServer({}, emptyBuild)
    await writeStreams({ one: { name, url: server.streams, require: 'exact' } })
    await write('one.json', smallStream(OLD))
    const { status, stderr } = await updateFrom(await azureFor(imagesBeforeBump()), release)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^stream-snapshot: one: require exact: \d+ slots without an image\n/m)
    expect(stderr).toContain('use a less strict require of one in stream-snapshot.json; ')
  })

  it('suggests keys of the workspace file, not options, if it cannot find the builds', async () => {
    const server = await buildServer()
    await writeStreams({ one: { url: server.streams } })
    await write('one.json', smallStream(OLD))
    const nameless = await call('update', '--cloud', 'none', release)
    expect(nameless.status).toBe(2)
    expect(nameless.stderr).toMatch(
      /\nSet name of one in stream-snapshot\.json to a name such as 4\.18-9\.4\.\n$/,
    )
    await writeStreams({ one: { name, url: server.streams } })
    const words = ['update', '--cloud', 'none', '418.94.209901010000-0']
    const missing = await call(...words)
    expect(missing.status).toBe(3)
    expect(missing.stderr).toContain(
      '\nCheck the version, and name and url of one in stream-snapshot.json: the URL is ',
    )
    expect(missing.stderr).not.toMatch(/--(name|url)/)
  })

  it('reports the architectures without a build, and the file that has their version', async () => {
    const server = await buildServer({}, (build) =>
      ['x86_64', 'aarch64'].includes(build.architecture) ? emptyBuild(build) : undefined,
    )
    await writeStreams({ one: { name, url: server.streams } })
    await write('one.json', smallStream(OLD))
    const update = (...words: string[]) => call('update', '--cloud', 'none', 'one', ...words)
    const all = await update(release)
    expect(all.status).toBe(3)
    expect(all.stderr).toMatch(
      /: returned 404: the build server has \S+ for aarch64 and x86_64, not for (ppc64le and s390x|s390x and ppc64le)\nSpecify a version for each architecture as ARCH=VERSION\.\n$/,
    )
    const typed = await update(`x86_64=${release}`, `aarch64=${release}`)
    expect(typed.stderr).toContain(
      `: the build server does not have this build; ${OLD.s390x} is from one.json\nSpecify other versions: stream-snapshot update one ARCH=VERSION ...\n`,
    )
  })

  it('refuses the version of another stream before any query', async () => {
    const server = await buildServer({}, emptyBuild)
    const url = server.streams
    await writeStreams({ 'rhel-9': { name, url }, 'rhel-10': { name, url } })
    await write('rhel-9.json', smallStream({ x86_64: '9.8.20260403-0' }))
    await write('rhel-10.json', smallStream({ x86_64: '10.2.20260405-0' }))
    const swapped = ['rhel-9', '10.2.20260428-0', 'rhel-10', '9.8.20260428-0']
    expect(await call('update', '--cloud', 'none', ...swapped)).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: rhel-9: 10.2.20260428-0 is a build of RHEL 10, as those of stream rhel-10\nPut it after its stream: rhel-10 10.2.20260428-0\n',
    })
    expect(server.requests).toEqual([])
    const { stderr } = await call('update', 'rhel-9', '9.8.20260428-0', '--ocp', '4.22')
    expect(stderr).toMatch(
      /^stream-snapshot: rhel-9: azure: no credentials found\n.* To update builds only, add --cloud none\.\n$/,
    )
    expect(await run(['update', '--url', url], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'unknown option: --url; set url of the stream in stream-snapshot.json\n',
      ),
    })
  })
})

describe('update --drop', () => {
  it('removes a cloud, a region and an architecture from all files', async () => {
    const server = await buildServer()
    const clouds = await cloudsFor(folder)
    const update = (...args: string[]) =>
      run(['update', ...clouds.args.slice(2), ...args], { cwd: folder, env: clouds.environment })
    const place = { name, url: server.streams, signatures: false, layouts: ['stream-metadata'] }
    const one = { snapshot: 's.json', target: 'one.json', ...place }
    const all = ['azure', 'aws', 'gcp']
    await write('stream-snapshot.json', { clouds: all, streams: { one } })
    await write('one.json', smallStream(OLD))
    expect(await update('one', release)).toMatchObject({ status: 0 })
    expect(await read('one.json')).toContain('redhat-marketplace-public')
    const before = await state()
    const words = ['--cloud', 'none', '--drop', 'gcp,us-east-1,ppc64le']
    const refused = await update(...words)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/- {2}build ppc64le .*\(removed by --drop\)$/m)
    expect(refused.stderr).toMatch(/- {2}gcp .*\(removed by --drop\)$/m)
    expect(refused.stderr).toMatch(/- {2}aws .* us-east-1 .*\(removed by --drop\)$/m)
    expect(refused.stderr).not.toContain('not queried)')
    for (const [word, suggestion] of [
      ['us-east-11', 'us-east-1'],
      ['ppc64', 'ppc64le'],
      ['x86_64/quemu', 'x86_64/qemu'],
    ]) {
      const unknown = await update('--allow-regression', '--cloud', 'none', '--drop', String(word))
      expect(unknown.status).toBe(2)
      expect(unknown.stderr).toMatch(
        new RegExp(
          `--drop ${word}: not in .*\nDid you mean ${suggestion}\\? Use one or more of .*, x86_64\\.\n$`,
        ),
      )
    }
    expect(await state()).toEqual(before)
    const { status, stderr } = await update('--allow-regression', ...words)
    expect(status).toBe(0)
    expect(stderr).not.toContain('unchanged: ')
    expect(stderr).toContain(
      '  warning: s.json: gcp was not queried\n    Run stream-snapshot update one, or remove gcp from clouds in stream-snapshot.json.\n',
    )
    const { builds } = (await readJson('stream-snapshot.json')).streams.one
    expect(Object.keys(builds)).toEqual(architectures.filter((each) => each !== 'ppc64le'))
    await write('stream-snapshot.json', {
      clouds: ['azure', 'aws'],
      streams: { one: { ...one, builds } },
    })
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
    const stream = await readJson('one.json')
    expect(Object.keys(stream.architectures)).not.toContain('ppc64le')
    const { marketplace } = stream.architectures.x86_64['rhel-coreos-extensions']
    expect(Object.keys(marketplace)).toEqual(['azure', 'aws'])
  })
})

describe('update --cloud none with images of another OCP version', () => {
  it('suggests commands that work', async () => {
    const server = await buildServer({}, emptyBuild)
    const azure = await azureFor(imagesBeforeBump())
    const builds = { x86_64: '9.6.20250513-0' }
    const one = { name, url: server.streams, ocp: '4.20', builds }
    await writeStreams({ one: { ...one, marketplaceFile: 'm.json' } })
    await write('one.json', smallStream(builds))
    expect(await updateFrom(azure)).toMatchObject({ status: 0 })
    const update = (...words: string[]) => call('update', 'one', '--cloud', 'none', ...words)
    expect(await update('--ocp', '4.19')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/, not 4\.19\nRemove --cloud to query it too\.\n$/),
    })
    const dropped = await update('--drop', 'azure', '--allow-regression')
    expect(dropped.status).toBe(0)
    expect(dropped.stderr).not.toContain('not queried')
    expect(dropped.stderr).toContain(
      'Set layouts of one to ["none"] and remove its marketplaceFile in stream-snapshot.json.\n',
    )
    await writeStreams({ one: { ...one, layouts: ['none'] } })
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('cosa2stream with a target in the workspace', () => {
  it('keeps marketplace images without credentials', async () => {
    const server = await buildServer({}, emptyBuild)
    const azure = await azureFor(imagesAfterBump())
    await writeStreams({ one: { name, url: server.streams, marketplaceFile: 'm.json' } })
    await write('one.json', smallStream(OLD))
    const words = ['update', '--azure-endpoint', azure.url]
    const first = await run(words, { cwd: folder, env: azure.environment })
    expect(first).toMatchObject({ status: 0 })
    const before = await read('m.json')
    expect(before).toContain('418.94.20240916')
    const withoutCredentials = await run(cosa2streamArgs(server.streams), {
      cwd: folder,
      env: withoutLogin(azure),
    })
    expect(withoutCredentials).toMatchObject({ status: 0 })
    expect(withoutCredentials.stderr).toMatch(/^azure: not queried, \d+ images unchanged$/m)
    expect(await read('m.json')).toBe(before)
  })

  const cosa2streamArgs = (url: string) => [
    ...['cosa2stream', '--target', 'one.json', '--distro', 'rhcos', '--no-signatures'],
    ...['--name', name, '--url', url],
    ...ALL_BUILDS,
  ]

  it('updates builds without credentials, and also images with credentials', async () => {
    const server = await buildServer()
    const azure = await azureFor(imagesBeforeBump())
    await writeStreams({ one: { marketplaceFile: 'm.json', signatures: false } })
    await write('one.json', smallStream(OLD))
    await write('m.json', '{}\n')
    const withoutCredentials = await run(cosa2streamArgs(server.streams), {
      cwd: folder,
      env: withoutLogin(azure),
    })
    expect(withoutCredentials).toMatchObject({ status: 0, stdout: '' })
    const skipped = withoutCredentials.stderr
      .split('\n')
      .filter((line) => line.includes('queried: azure'))
    expect(skipped).toHaveLength(1)
    expect(skipped[0]).toMatch(/^warning: marketplace images not queried: azure: no .*; .*az login/)
    expect(await read('m.json')).toBe('{}\n')
    expect(await read('one.json')).not.toContain('azure-marketplace')
    const { streams } = await readJson('stream-snapshot.json')
    expect(streams.one.builds).toEqual(Object.fromEntries(architectures.map((a) => [a, release])))
    expect(Object.keys((await readJson('snapshots/one.json')).builds)).toEqual(architectures)
    expect(existsSync(at(`snapshots/${name}.json`))).toBe(false)

    const words = [...cosa2streamArgs(server.streams), '--azure-endpoint', azure.url]
    const signedIn = await run(words, { cwd: folder, env: azure.environment })
    expect(signedIn).toMatchObject({ status: 0, stdout: '' })
    expect((await readJson('m.json')).x86_64.azure['no-purchase-plan']).toBeDefined()
    expect(await read('one.json')).not.toContain('marketplace')
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
    const other = await call(...words, '--snapshot', 'other.json')
    expect(other).toMatchObject({ status: 2 })
    expect(other.stderr).toContain('stream one in stream-snapshot.json has snapshots/one.json\n')
    for (const file of ['m.json', 'snapshots/one.json']) {
      expect(await run(words.with(2, file), { cwd: folder })).toMatchObject({
        status: 2,
        stderr: `stream-snapshot: --target ${file}: stream one in stream-snapshot.json has one.json\nUse --target one.json.\n`,
      })
    }
    expect(await call(...words, '--marketplace-file', 'one.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('stream one in stream-snapshot.json has m.json\n'),
    })
  })

  it('keeps the builds of other architectures', async () => {
    const server = await buildServer({}, emptyBuild)
    await writeStreams({ one: { name, url: server.streams, builds: OLD } })
    await write('one.json', smallStream(OLD))
    const first = await call('update', '--cloud', 'none')
    expect(first).toMatchObject({ status: 0 })
    const bump = ['cosa2stream', '--target', 'one.json', `x86_64=${release}`, '--cloud', 'none']
    expect(await call(...bump)).toMatchObject({ status: 0 })
    const { streams } = await readJson('stream-snapshot.json')
    expect(streams.one.builds).toEqual({ ...OLD, x86_64: release })
    const drop = [...bump, '--drop', 's390x', '--allow-regression']
    expect(await call(...drop)).toMatchObject({ status: 0 })
    const { s390x: _, ...others } = OLD
    expect((await readJson('stream-snapshot.json')).streams.one.builds).toEqual({
      ...others,
      x86_64: release,
    })
  })

  it('suggests an option for the OCP version that works', async () => {
    const server = await buildServer({}, emptyBuild)
    const azure = await azureFor(imagesBeforeBump())
    await writeStreams({ one: { layouts: ['stream-metadata'] } })
    await write('one.json', smallStream({ x86_64: '9.6.20250513-0' }, 'rhel-9'))
    const bump = (...args: string[]) =>
      run(
        [
          ...['cosa2stream', '--target', 'one.json', '--name', 'rhel-9', '--url', server.streams],
          ...['--azure-endpoint', azure.url, ...args, 'x86_64=9.6.20250523-0'],
        ],
        { cwd: folder, env: azure.environment },
      )
    const { status, stderr } = await bump()
    expect(status).toBe(0)
    expect(stderr).toContain(
      'warning: marketplace images unchanged: unknown OCP version: RHEL 9.6 is used by OCP 4.19, 4.20 or 4.21; add --ocp X.Y\n',
    )
    const named = await bump('--ocp', '4.20')
    expect(named.status).toBe(0)
    expect((await readJson('snapshots/one.json')).images.azure.length).toBeGreaterThan(0)
    expect((await readJson('stream-snapshot.json')).streams.one.ocp).toBe('4.20')
  })
})
