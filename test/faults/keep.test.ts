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
const text = (name: string) => readFile(at(name), 'utf8')
const snapshot = async () => JSON.parse(await text('s.json'))
const call = (...args: string[]) => run(args, { cwd: folder, env: clouds.environment })
/** Where the mock servers are, without a word on which of them to ask. */
const endpoints = () => clouds.args.slice(2)
const capture = (...args: string[]) => call('capture', 's.json', ...endpoints(), ...args)
const counts = async () => {
  const { images, builds } = await snapshot()
  const clouds = Object.entries<unknown[]>(images).map(([cloud, list]) => [cloud, list.length])
  return {
    clouds: Object.fromEntries(clouds) as Record<string, number>,
    builds: Object.keys(builds),
  }
}
const verified = async () => {
  const { status, stdout } = await run(['verify', 's.json'], { cwd: folder })
  return { status, failed: stdout.split('\n').filter((line) => line && !line.endsWith(': ok')) }
}
const HOLDS = { status: 0, failed: [] }

let whole: Readonly<Record<string, string>>
/** How many images of each cloud are in it, and which builds. */
let WHOLE: Awaited<ReturnType<typeof counts>>
let close: () => Promise<unknown>

/** A snapshot of three clouds and four architectures. */
beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'keep-'))
  clouds = await startClouds(home, { azure: { images: imagesBeforeBump() } })
  const server = await startBuilds(demonstrationBuilds)
  close = () => Promise.all([clouds.close(), server.close(), rm(home, { recursive: true })])
  folder = home
  identity = ['--name', DEMONSTRATION.name, '--url', server.streams, '--no-signatures']
  const outcome = await capture('--cloud', 'azure,aws,gcp', ...identity, ...ALL_BUILDS)
  expect(outcome).toMatchObject({ status: 0 })
  WHOLE = await counts()
  expect(Object.keys(WHOLE.clouds).sort()).toEqual(['aws', 'azure', 'gcp'])
  expect(Math.min(...Object.values(WHOLE.clouds))).toBeGreaterThan(0)
  expect(WHOLE.builds).toEqual(['aarch64', 'ppc64le', 's390x', 'x86_64'])
  const names = ['s.json', 's.recording.json']
  whole = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await text(name)] as const)),
  )
}, 60_000)

afterAll(() => close())

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const [name, each] of Object.entries(whole)) await writeFile(at(name), each)
  clouds.azure.setImages(imagesBeforeBump())
  clouds.aws.setRegions(REGIONS)
})

describe('what a capture does not ask for', () => {
  it('stays where one cloud is named, with the evidence', async () => {
    const before = await snapshot()
    const asked = clouds.aws.questions.length
    const { status, stderr } = await capture('--cloud', 'aws')
    expect({ status, stderr: stderr.replace(/\(.* s\)/, '') }).toEqual({
      status: 0,
      stderr: expect.stringContaining(
        `azure: not queried, ${WHOLE.clouds.azure} images unchanged\n`,
      ),
    })
    expect(clouds.aws.questions.length).toBeGreaterThan(asked)
    expect(await counts()).toEqual(WHOLE)
    expect(await verified()).toEqual(HOLDS)
    expect(await snapshot()).toEqual(before)
  })

  it('keeps the other builds when one build is named', async () => {
    const { status } = await capture(...identity, `x86_64=${DEMONSTRATION.release}`)
    expect(status).toBe(0)
    expect(await counts()).toEqual(WHOLE)
    expect(await verified()).toEqual(HOLDS)
  })

  it.each([
    [
      'another OCP minor',
      ['--cloud', 'aws', '--ocp', '4.17'],
      /^stream-snapshot: s\.json: 6 parts of the snapshot were captured with different settings$/,
      '  azure was captured for OCP 4.18, not 4.17\n',
    ],
    [
      'another stream',
      ['--cloud', 'aws', '--name', 'other'],
      /^stream-snapshot: s\.json: 6 parts of the snapshot were captured with different settings$/,
      'Correct the name other, query them too, or remove them with --drop azure,gcp,aarch64,ppc64le,s390x,x86_64.\n',
    ],
  ])('is refused for %s, with its names', async (_, args, message, remedy) => {
    const before = await text('s.json')
    const { status, stderr } = await capture(...args)
    expect(status).toBe(1)
    expect(stderr.split('\n')[0]).toMatch(message)
    expect(stderr).toContain(remedy)
    expect(await text('s.json')).toBe(before)
  })

  it('goes with --drop, and how much goes is said', async () => {
    const { status, stderr } = await capture('--cloud', 'azure', '--drop', 'aws,s390x')
    expect(status).toBe(0)
    expect(stderr).toContain(`dropped aws: ${WHOLE.clouds.aws} images in `)
    expect(stderr).toContain(`dropped s390x: build ${DEMONSTRATION.release}\n`)
    expect(await counts()).toEqual({
      clouds: { azure: WHOLE.clouds.azure, gcp: WHOLE.clouds.gcp },
      builds: ['aarch64', 'ppc64le', 'x86_64'],
    })
    expect(await verified()).toEqual(HOLDS)
  })

  it('is refused where the recording does not give it any more', async () => {
    await writeFile(at('s.recording.json'), '[]\n')
    const before = await text('s.json')
    const { status, stderr } = await capture('--cloud', 'aws')
    expect(status).toBe(1)
    expect(stderr).toContain('stream-snapshot: s.recording.json: the recording has no response to ')
    expect(stderr).toContain(
      'Query all parts, or remove the parts that are not queried with --drop azure,gcp,aarch64,ppc64le,s390x,x86_64.\n',
    )
    expect(await text('s.json')).toBe(before)
    expect(await capture()).toMatchObject({ status: 0 })
    expect(await verified()).toEqual(HOLDS)
  })
})

describe('what a capture would lose', () => {
  it('is refused: builds of other releases than the stream has', async () => {
    const { architectures, release: aarch64, name } = DEMONSTRATION
    const own = Object.fromEntries(architectures.map((arch) => [arch, aarch64]))
    const releases = { ...own, aarch64: '418.94.202409162337-0' }
    await writeFile(at('rhcos.json'), smallStream(releases, name))
    const before = await text('s.json')
    const { status, stderr } = await capture('--stream', 'rhcos.json')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `stream-snapshot: s.json: aarch64 was captured for release ${aarch64}, and rhcos.json has 418.94.202409162337-0\nQuery it too, or remove it with --drop aarch64.\n`,
    })
    expect(await text('s.json')).toBe(before)
    await writeFile(at('rhcos.json'), smallStream(own, name))
    expect(await capture('--stream', 'rhcos.json')).toMatchObject({ status: 0 })
    expect(await counts()).toEqual(WHOLE)
    const drop = ['--drop', 'aarch64,ppc64le,s390x,x86_64']
    expect(await capture('--stream', 'rhcos.json', ...drop)).toMatchObject({ status: 0 })
    expect(await counts()).toEqual({ ...WHOLE, builds: [] })
  })

  it('is refused: a platform and an image of the very same build', async () => {
    const server = await buildServer(
      {},
      withMeta('x86_64', (meta) => {
        const { qemu: _, ...images } = meta.images as Record<string, unknown>
        const amis = (meta.amis as unknown[]).slice(1)
        return { ...meta, images, amis }
      }),
    )
    const elsewhere = ['--name', DEMONSTRATION.name, '--url', server.streams, '--no-signatures']
    const before = await text('s.json')
    const { status, stderr } = await capture(...elsewhere, ...ALL_BUILDS)
    expect(status).toBe(1)
    expect(stderr.split('\n')[0]).toBe('stream-snapshot: s.json: would lose 2 parts of builds')
    expect(stderr).toContain('-  artifact qemu x86_64')
    expect(stderr).toContain('-  image aws x86_64 · ')
    const parts = /Allow the removal with --drop (x86_64\/qemu,x86_64\/aws\/[a-z0-9-]+)\.\n/.exec(
      stderr,
    )?.[1]
    expect(await text('s.json')).toBe(before)
    const allowed = await capture(...elsewhere, ...ALL_BUILDS, '--drop', String(parts))
    expect(allowed).toMatchObject({ status: 0 })
    const { builds, images } = await snapshot()
    expect(Object.keys(builds)).toEqual(WHOLE.builds)
    expect(Object.keys(images)).toEqual(['aws', 'azure', 'gcp'])
    const shown = allowed.stderr.match(/^- {2}(artifact qemu|image aws) x86_64/gm)
    expect(shown).toHaveLength(2)
  })

  it('is news: images that a cloud lists no more, by name up to ten', async () => {
    clouds.azure.setImages(imagesBeforeBump().filter(({ sku }) => !sku.includes('rh-')))
    const { status, stderr } = await capture('--cloud', 'azure')
    expect(status).toBe(0)
    const gone = stderr.split('\n').filter((line) => line.startsWith('  no longer listed: '))
    expect(gone).toHaveLength(11)
    expect(gone[0]).toMatch(/^ {2}no longer listed: redhat:rh-ocp-worker:/)
    expect(gone[10]).toMatch(/^ {2}no longer listed: \d+ more$/)
    expect(stderr).toMatch(/^azure: \d+ images, 0 new/m)
  })
})

describe('a region that is not queried', () => {
  const regions = async (): Promise<string[]> =>
    (await snapshot()).queries.aws.map(({ region }: { region: string }) => region)
  const imagesIn = async (region: string) =>
    (await snapshot()).images.aws.filter((image: { region: string }) => image.region === region)

  it('is kept with its evidence: --regions names the others', async () => {
    const [region = '', ...rest] = (await regions()).sort((a) => (a === 'us-east-1' ? 1 : -1))
    const before = await imagesIn(region)
    const asked = clouds.aws.questions.length
    const { status, stderr } = await capture('--cloud', 'aws', '--regions', rest.join(','))
    expect(status).toBe(0)
    expect(stderr).toContain(`aws ${region}: not queried, ${before.length} images unchanged\n`)
    expect(stderr).not.toContain('no longer listed')
    const queried = clouds.aws.questions.slice(asked).map((question) => question.region)
    expect(queried).not.toContain(region)
    expect(await imagesIn(region)).toEqual(before)
    expect(await counts()).toEqual(WHOLE)
    expect(await verified()).toEqual(HOLDS)
    expect(await capture('--check')).toMatchObject({ status: 0, stdout: '' })
  })

  it('is removed by --drop, which --quiet does not hide', async () => {
    const [region = '', ...rest] = (await regions()).sort((a) => (a === 'us-east-1' ? 1 : -1))
    const { length } = await imagesIn(region)
    const { status, stderr } = await capture('--quiet', '--cloud', 'aws', '--drop', region)
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `stream-snapshot: dropped aws: ${length} images in ${region}\n`,
    })
    expect((await regions()).sort()).toEqual(rest.sort())
    expect(await verified()).toEqual(HOLDS)
    const again = await capture('--cloud', 'none', '--drop', rest[0] ?? '')
    expect(again).toMatchObject({ status: 0 })
    expect(await regions()).toHaveLength(rest.length - 1)
    expect(await verified()).toEqual(HOLDS)
    const unknown = await capture('--drop', region)
    expect(unknown.status).toBe(2)
    expect(unknown.stderr).toContain(`stream-snapshot: --drop ${region}: not in s.json\n`)
  })
})

describe('a snapshot that was changed by hand', () => {
  beforeEach(async () => {
    const edited = (await text('s.json')).replace('"state":"active"', '"state":"deprecated"')
    await writeFile(at('s.json'), edited)
  })

  it('is replaced, with a warning', async () => {
    const { status, stderr } = await capture()
    expect(status).toBe(0)
    expect(stderr).toContain('warning: s.json: was changed after the capture, and is replaced\n')
    expect(await verified()).toEqual(HOLDS)
  })

  it('has no part that is kept', async () => {
    const edited = await text('s.json')
    const sent = clouds.azure.requests.length
    const { status, stderr } = await capture('--cloud', 'azure')
    expect(status).toBe(1)
    expect(clouds.azure.requests).toHaveLength(sent)
    expect(stderr).toBe(
      'stream-snapshot: s.json: was changed after the capture, and aws, gcp, aarch64, ppc64le, s390x, x86_64 would be kept\n' +
        'Query all parts.\n',
    )
    expect(await text('s.json')).toBe(edited)
    await commitAll(folder, 'edited')
    expect((await capture('--cloud', 'azure')).stderr).toContain(
      '\nRestore it with git checkout COMMIT -- s.json s.recording.json, where COMMIT is before the change, or query all parts.\n',
    )
  })
})

it('refuses to keep parts without a recording', async () => {
  await rm(at('s.recording.json'))
  const sent = clouds.azure.requests.length
  const { status, stderr } = await capture('--cloud', 'azure')
  expect(status).toBe(1)
  expect(clouds.azure.requests).toHaveLength(sent)
  expect(stderr).toMatch(
    /^stream-snapshot: s\.recording\.json: no such file, and aws, gcp, .* would be kept\nQuery all parts\.\n$/m,
  )
})
