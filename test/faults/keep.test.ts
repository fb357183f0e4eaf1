import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { REGIONS } from '../mock-servers/aws-images.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { startBuilds } from '../mock-servers/builds.ts'
import { type Clouds, startClouds } from '../mock-servers/clouds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../mock-servers/demonstration-builds.ts'
import { ALL_BUILDS, buildServer, withMeta } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { smallStream } from '../support/streams.ts'

let folder: string
let clouds: Clouds
let identity: readonly string[]
const at = (name: string) => join(folder, name)
const readText = (name: string) => readFile(at(name), 'utf8')
const readSnapshot = async () => JSON.parse(await readText('s.json'))
const call = (...args: string[]) => run(args, { cwd: folder, env: clouds.environment })
/** Returns the endpoint options without --cloud. */
const getEndpoints = () => clouds.args.slice(2)
const capture = (...args: string[]) => call('capture', 's.json', ...getEndpoints(), ...args)
const getCounts = async () => {
  const { images, builds } = await readSnapshot()
  const clouds = Object.entries<unknown[]>(images).map(([cloud, list]) => [cloud, list.length])
  return {
    clouds: Object.fromEntries(clouds) as Record<string, number>,
    builds: Object.keys(builds),
  }
}
const verify = async () => {
  const { status, stdout } = await run(['verify', 's.json'], { cwd: folder })
  return { status, failed: stdout.split('\n').filter((line) => line && !line.endsWith(': ok')) }
}
const VERIFIED = { status: 0, failed: [] }

let fullFiles: Readonly<Record<string, string>>
let fullCounts: Awaited<ReturnType<typeof getCounts>>
let close: () => Promise<unknown>

/** Captures a snapshot of three clouds and four architectures. */
beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'keep-'))
  clouds = await startClouds(home, { azure: { images: imagesBeforeBump() } })
  const server = await startBuilds(demonstrationBuilds)
  close = () => Promise.all([clouds.close(), server.close(), rm(home, { recursive: true })])
  folder = home
  identity = ['--name', DEMONSTRATION.name, '--url', server.streams, '--no-signatures']
  const outcome = await capture('--cloud', 'azure,aws,gcp', ...identity, ...ALL_BUILDS)
  expect(outcome).toMatchObject({ status: 0 })
  fullCounts = await getCounts()
  expect(Object.keys(fullCounts.clouds).sort()).toEqual(['aws', 'azure', 'gcp'])
  expect(Math.min(...Object.values(fullCounts.clouds))).toBeGreaterThan(0)
  expect(fullCounts.builds).toEqual(['aarch64', 'ppc64le', 's390x', 'x86_64'])
  const names = ['s.json', 's.recording.json']
  fullFiles = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readText(name)] as const)),
  )
}, 60_000)

afterAll(() => close())

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const [name, content] of Object.entries(fullFiles)) await writeFile(at(name), content)
  clouds.azure.setImages(imagesBeforeBump())
  clouds.aws.setRegions(REGIONS)
})

describe('capture of some parts', () => {
  it('keeps the other clouds and their recorded responses', async () => {
    const before = await readSnapshot()
    const sent = clouds.aws.queries.length
    const { status, stderr } = await capture('--cloud', 'aws')
    expect({ status, stderr: stderr.replace(/\(.* s\)/, '') }).toEqual({
      status: 0,
      stderr: expect.stringContaining(
        `azure: not queried, ${fullCounts.clouds.azure} images unchanged\n`,
      ),
    })
    expect(clouds.aws.queries.length).toBeGreaterThan(sent)
    expect(await getCounts()).toEqual(fullCounts)
    expect(await verify()).toEqual(VERIFIED)
    expect(await readSnapshot()).toEqual(before)
  })

  it('keeps the other builds', async () => {
    const { status } = await capture(...identity, `x86_64=${DEMONSTRATION.release}`)
    expect(status).toBe(0)
    expect(await getCounts()).toEqual(fullCounts)
    expect(await verify()).toEqual(VERIFIED)
  })

  it.each([
    [
      'the OCP version',
      ['--cloud', 'aws', '--ocp', '4.17'],
      /^stream-snapshot: s\.json: 6 parts of the snapshot were captured with different settings$/,
      '  azure was captured for OCP 4.18, not 4.17\n',
    ],
    [
      'the stream name',
      ['--cloud', 'aws', '--name', 'other'],
      /^stream-snapshot: s\.json: 6 parts of the snapshot were captured with different settings$/,
      'Correct the name other, query them too, or remove them with --drop azure,gcp,aarch64,ppc64le,s390x,x86_64.\n',
    ],
  ])('refuses to keep the other parts when %s differs', async (_, args, message, remedy) => {
    const before = await readText('s.json')
    const { status, stderr } = await capture(...args)
    expect(status).toBe(1)
    expect(stderr.split('\n')[0]).toMatch(message)
    expect(stderr).toContain(remedy)
    expect(await readText('s.json')).toBe(before)
  })

  it('removes parts with --drop and prints their size', async () => {
    const { status, stderr } = await capture('--cloud', 'azure', '--drop', 'aws,s390x')
    expect(status).toBe(0)
    expect(stderr).toContain(`dropped aws: ${fullCounts.clouds.aws} images in `)
    expect(stderr).toContain(`dropped s390x: build ${DEMONSTRATION.release}\n`)
    expect(await getCounts()).toEqual({
      clouds: { azure: fullCounts.clouds.azure, gcp: fullCounts.clouds.gcp },
      builds: ['aarch64', 'ppc64le', 'x86_64'],
    })
    expect(await verify()).toEqual(VERIFIED)
  })

  it('refuses to keep the other parts when the recording has no responses for them', async () => {
    await writeFile(at('s.recording.json'), '[]\n')
    const before = await readText('s.json')
    const { status, stderr } = await capture('--cloud', 'aws')
    expect(status).toBe(1)
    expect(stderr).toContain('stream-snapshot: s.recording.json: the recording has no response to ')
    expect(stderr).toContain(
      'Query all parts, or remove the parts that are not queried with --drop azure,gcp,aarch64,ppc64le,s390x,x86_64.\n',
    )
    expect(await readText('s.json')).toBe(before)
    expect(await capture()).toMatchObject({ status: 0 })
    expect(await verify()).toEqual(VERIFIED)
  })
})

describe('capture', () => {
  it('refuses to keep builds of other releases than in the stream', async () => {
    const { architectures, release: aarch64, name } = DEMONSTRATION
    const captured = Object.fromEntries(architectures.map((arch) => [arch, aarch64]))
    const releases = { ...captured, aarch64: '418.94.202409162337-0' }
    await writeFile(at('rhcos.json'), smallStream(releases, name))
    const before = await readText('s.json')
    const { status, stderr } = await capture('--stream', 'rhcos.json')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `stream-snapshot: s.json: aarch64 was captured for release ${aarch64}, and rhcos.json has 418.94.202409162337-0\nQuery it too, or remove it with --drop aarch64.\n`,
    })
    expect(await readText('s.json')).toBe(before)
    await writeFile(at('rhcos.json'), smallStream(captured, name))
    expect(await capture('--stream', 'rhcos.json')).toMatchObject({ status: 0 })
    expect(await getCounts()).toEqual(fullCounts)
    const drop = ['--drop', 'aarch64,ppc64le,s390x,x86_64']
    expect(await capture('--stream', 'rhcos.json', ...drop)).toMatchObject({ status: 0 })
    expect(await getCounts()).toEqual({ ...fullCounts, builds: [] })
  })

  it('refuses to lose a platform and an image of the same build', async () => {
    const server = await buildServer(
      {},
      withMeta('x86_64', (meta) => {
        const { qemu: _, ...images } = meta.images as Record<string, unknown>
        const amis = (meta.amis as unknown[]).slice(1)
        return { ...meta, images, amis }
      }),
    )
    const options = ['--name', DEMONSTRATION.name, '--url', server.streams, '--no-signatures']
    const before = await readText('s.json')
    const { status, stderr } = await capture(...options, ...ALL_BUILDS)
    expect(status).toBe(1)
    expect(stderr.split('\n')[0]).toBe('stream-snapshot: s.json: would lose 2 parts of builds')
    expect(stderr).toContain('-  artifact qemu x86_64')
    expect(stderr).toContain('-  image aws x86_64 · ')
    const parts = /Allow the removal with --drop (x86_64\/qemu,x86_64\/aws\/[a-z0-9-]+)\.\n/.exec(
      stderr,
    )?.[1]
    expect(await readText('s.json')).toBe(before)
    const allowed = await capture(...options, ...ALL_BUILDS, '--drop', String(parts))
    expect(allowed).toMatchObject({ status: 0 })
    const { builds, images } = await readSnapshot()
    expect(Object.keys(builds)).toEqual(fullCounts.builds)
    expect(Object.keys(images)).toEqual(['aws', 'azure', 'gcp'])
    const removed = allowed.stderr.match(/^- {2}(artifact qemu|image aws) x86_64/gm)
    expect(removed).toHaveLength(2)
  })

  it('lists up to ten images that are no longer listed by a cloud', async () => {
    clouds.azure.setImages(imagesBeforeBump().filter(({ sku }) => !sku.includes('rh-')))
    const { status, stderr } = await capture('--cloud', 'azure')
    expect(status).toBe(0)
    const lines = stderr.split('\n').filter((line) => line.startsWith('  no longer listed: '))
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatch(/^ {2}no longer listed: redhat:rh-ocp-worker:/)
    expect(lines[10]).toMatch(/^ {2}no longer listed: \d+ more$/)
    expect(stderr).toMatch(/^azure: \d+ images, 0 new/m)
  })
})

describe('a region that is not queried', () => {
  const getRegions = async (): Promise<string[]> =>
    (await readSnapshot()).queries.aws.map(({ region }: { region: string }) => region)
  const getImages = async (region: string) =>
    (await readSnapshot()).images.aws.filter((image: { region: string }) => image.region === region)

  it('is kept with its recorded responses when --regions names the other regions', async () => {
    const [region = '', ...rest] = (await getRegions()).sort((a) => (a === 'us-east-1' ? 1 : -1))
    const before = await getImages(region)
    const sent = clouds.aws.queries.length
    const { status, stderr } = await capture('--cloud', 'aws', '--regions', rest.join(','))
    expect(status).toBe(0)
    expect(stderr).toContain(`aws ${region}: not queried, ${before.length} images unchanged\n`)
    expect(stderr).not.toContain('no longer listed')
    const queried = clouds.aws.queries.slice(sent).map((query) => query.region)
    expect(queried).not.toContain(region)
    expect(await getImages(region)).toEqual(before)
    expect(await getCounts()).toEqual(fullCounts)
    expect(await verify()).toEqual(VERIFIED)
    expect(await capture('--check')).toMatchObject({ status: 0, stdout: '' })
  })

  it('is removed by --drop and reported despite --quiet', async () => {
    const [region = '', ...rest] = (await getRegions()).sort((a) => (a === 'us-east-1' ? 1 : -1))
    const { length } = await getImages(region)
    const { status, stderr } = await capture('--quiet', '--cloud', 'aws', '--drop', region)
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `stream-snapshot: dropped aws: ${length} images in ${region}\n`,
    })
    expect((await getRegions()).sort()).toEqual(rest.sort())
    expect(await verify()).toEqual(VERIFIED)
    const again = await capture('--cloud', 'none', '--drop', rest[0] ?? '')
    expect(again).toMatchObject({ status: 0 })
    expect(await getRegions()).toHaveLength(rest.length - 1)
    expect(await verify()).toEqual(VERIFIED)
    const unknown = await capture('--drop', region)
    expect(unknown.status).toBe(2)
    expect(unknown.stderr).toContain(`stream-snapshot: --drop ${region}: not in s.json\n`)
  })
})

describe('a snapshot that was edited after the capture', () => {
  beforeEach(async () => {
    const edited = (await readText('s.json')).replace('"state":"active"', '"state":"deprecated"')
    await writeFile(at('s.json'), edited)
  })

  it('is replaced with a warning when all parts are queried', async () => {
    const { status, stderr } = await capture()
    expect(status).toBe(0)
    expect(stderr).toContain('warning: s.json: was changed after the capture, and is replaced\n')
    expect(await verify()).toEqual(VERIFIED)
  })

  it('is refused when some parts would be kept', async () => {
    const edited = await readText('s.json')
    const sent = clouds.azure.requests.length
    const { status, stderr } = await capture('--cloud', 'azure')
    expect(status).toBe(1)
    expect(clouds.azure.requests).toHaveLength(sent)
    expect(stderr).toBe(
      'stream-snapshot: s.json: was changed after the capture, and aws, gcp, aarch64, ppc64le, s390x, x86_64 would be kept\n' +
        'Query all parts.\n',
    )
    expect(await readText('s.json')).toBe(edited)
    await commitAll(folder, 'edited')
    expect((await capture('--cloud', 'azure')).stderr).toContain(
      '\nRestore it with git checkout COMMIT -- s.json s.recording.json, where COMMIT is before the change, or query all parts.\n',
    )
  })
})

it('capture refuses to keep parts without a recording', async () => {
  await rm(at('s.recording.json'))
  const sent = clouds.azure.requests.length
  const { status, stderr } = await capture('--cloud', 'azure')
  expect(status).toBe(1)
  expect(clouds.azure.requests).toHaveLength(sent)
  expect(stderr).toMatch(
    /^stream-snapshot: s\.recording\.json: no such file, and aws, gcp, .* would be kept\nQuery all parts\.\n$/m,
  )
})
