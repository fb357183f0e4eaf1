import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { capture } from '../../src/capture/capture.ts'
import { bootImagesConfigMap, type ConfigMap } from '../../src/core/audit/configmap.ts'
import { type Job, type Regenerated, regenerate } from '../../src/core/regenerate/regenerate.ts'
import { readSnapshot } from '../../src/core/snapshot/read.ts'
import { LAYOUT_NAMES, type LayoutName } from '../../src/core/stream/layouts.ts'
import { MarketplaceFile } from '../../src/core/stream/marketplace.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { printConfigMap } from '../../src/show/configmap.ts'
import { buildsIn, startBuilds } from '../mock-servers/builds.ts'
import { MANIFEST } from '../support/boot-images.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import {
  buildsFolder,
  getOcp,
  publishedBumps,
  publishedStream,
  publishedStreams,
  requestFor,
} from '../support/corpus.ts'
import { goReader, pythonReader, type Reader } from '../support/reader.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const DEMONSTRATION = 'snapshots/rhcos-4.18.json'
const snapshot = readSnapshot(readFileSync(DEMONSTRATION, 'utf8'), DEMONSTRATION)

const readTarget = (file: string) => readStream(publishedStream(file), file)
/** The streams of Red Hat. There are no marketplace images for Fedora and CentOS streams. */
const redHatStreams = publishedStreams.filter((file) => getOcp(readTarget(file)) !== undefined)

const LAYOUTS: Readonly<Record<string, readonly LayoutName[]>> = {
  enhancement: ['enhancement'],
  'stream-metadata': ['stream-metadata'],
  'both layouts': LAYOUT_NAMES,
}

/** Reverses the order of keys at every level. */
const reversed = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reversed(each)]),
      )
    : value

let go: Reader
beforeAll(async () => {
  const { read, remove } = await goReader()
  go = read
  return remove
})

const ALLOW_ALL = { requirement: 'any', allowRegression: true } as const

const getIndentation = (text: string) => String(/^\{\n( +)/.exec(text)?.[1]?.length)
/** The newlines after the last bracket. */
const getEnd = (text: string) => /\n*$/.exec(text)?.[0] ?? ''

/** Decodes and encodes a text in Go. */
async function encodeInGo(
  text: string,
  what = 'stream',
  spaces = getIndentation(text),
): Promise<string> {
  const { status, stdout, stderr } = await go(text, what, spaces)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/**
 * Adds the images of the demonstration to a published stream, for the OCP version of the stream.
 */
function addImages(file: string, job: Partial<Job>): Regenerated {
  const target = readTarget(file)
  const stream = { ...snapshot.stream, ocp: getOcp(target) ?? null }
  return regenerate({ ...ALLOW_ALL, snapshot: { ...snapshot, builds: {}, stream }, target, ...job })
}

describe('a program in Go', () => {
  it('is tested with all published streams', () => {
    expect([publishedStreams.length, redHatStreams.length]).toEqual([58, 47])
  })

  it.each(publishedStreams)('encodes the published %s byte for byte', async (file) => {
    const text = publishedStream(file)
    expect((await encodeInGo(text)) + getEnd(text)).toBe(text)
  })

  describe.each(Object.entries(LAYOUTS))('with images in %s', (_, layouts) => {
    it.each(redHatStreams)('encodes %s byte for byte', async (file) => {
      const text = addImages(file, { layouts }).stream.print()
      expect((await encodeInGo(text)) + getEnd(text)).toBe(text)
      // The marketplace has no images for the RHEL version of the oldest stream.
      expect(text !== publishedStream(file)).toBe(file !== redHatStreams[0])
    })
  })

  it.each(publishedBumps)('encodes %s, generated from its builds, byte for byte', async (bump) => {
    const server = await startBuilds(buildsIn(buildsFolder(bump)))
    const { content } = await capture(requestFor(bump, server.streams)).finally(server.close)
    const ocp = getOcp(readTarget(`${bump}.json`)) ?? null
    const { stream } = regenerate({
      ...ALLOW_ALL,
      snapshot: { ...snapshot, builds: content.builds, stream: { ...content.stream, ocp } },
      layouts: ocp === null ? [] : LAYOUT_NAMES,
    })
    expect(`${await encodeInGo(stream.print())}\n`).toBe(stream.print())
  })

  it.each(redHatStreams.slice(1))(
    'encodes the marketplace file for %s byte for byte',
    async (file) => {
      const marketplaceFile = MarketplaceFile.read(undefined, 'marketplace.json')
      const text = addImages(file, { marketplaceFile }).marketplaceFile?.print() ?? ''
      expect(`${await encodeInGo(text, 'marketplace')}\n`).toBe(text)
    },
  )
})

describe('a ConfigMap, read alike by Go, Kubernetes and Python,', () => {
  /** Verifies that all three readers return the same manifest. */
  async function readManifest(yaml: string): Promise<ConfigMap> {
    const [fromGo, fromPython] = await Promise.all([go(yaml, 'configmap'), pythonReader(yaml)])
    expect([fromGo.stderr, fromPython.stderr]).toEqual(['', ''])
    const manifest = JSON.parse(fromGo.stdout)
    expect(JSON.parse(fromPython.stdout)).toEqual(manifest)
    return manifest
  }

  it.each(publishedStreams)('contains %s as encoded by Go', async (file) => {
    const isRedHat = redHatStreams.includes(file)
    const stream = isRedHat ? addImages(file, { layouts: LAYOUT_NAMES }).stream : readTarget(file)
    const { data, ...rest } = await readManifest(
      await printConfigMap(bootImagesConfigMap([{ name: 'a', stream }])),
    )
    expect(data).toEqual({
      releaseVersion: '0.0.1-snapshot',
      stream: await encodeInGo(stream.print(), 'known', '2'),
      streams: await encodeInGo(`{"a":${stream.print()}}`, 'streams', '2'),
    })
    expect(rest).toEqual(MANIFEST)
  })

  it('contains keys in the order of Go if the stream has another order', async () => {
    const value = JSON.parse(
      addImages('n013-9.8.20260428-0.json', { layouts: LAYOUT_NAMES }).stream.print(),
    )
    const text = JSON.stringify(reversed(value))
    const { data } = bootImagesConfigMap([{ name: 'a', stream: readStream(text, 'stream.json') }])
    expect(data.stream).toBe(await encodeInGo(text, 'known', '2'))
  })

  it('contains two streams and a marketplace file', async () => {
    const folder = await temporaryFolder()
    const [nine, ten] = ['n013-9.8.20260428-0.json', 'n009-10.2.20260217-0.json'] as const
    const marketplaceFile = MarketplaceFile.read(undefined, 'm.json')
    const market = addImages(nine, { marketplaceFile }).marketplaceFile?.print() ?? ''
    await writeFile(join(folder, 'nine'), publishedStream(nine))
    await writeFile(join(folder, 'ten'), publishedStream(ten))
    await writeFile(join(folder, 'm'), market)
    const { stdout } = await run(
      ['configmap', 'rhel-10=ten', 'rhel-9=nine', '--marketplace-file', 'rhel-9=m'],
      { cwd: folder },
    )
    const [metadata = ''] = /"metadata": \{[^}]*\}/.exec(publishedStream(nine)) ?? []
    const merged = addImages(nine, { layouts: ['stream-metadata'] })
      .stream.print()
      .replace(/"metadata": \{[^}]*\}/, metadata)
    const { data } = await readManifest(stdout)
    expect(data.stream).toBe(await encodeInGo(merged, 'known', '2'))
    expect(data.streams).toBe(
      await encodeInGo(`{"rhel-10":${publishedStream(ten)},"rhel-9":${merged}}`, 'streams', '2'),
    )
  })

  /** Expects that Go decodes a stream and its text in the ConfigMap to the same value. */
  async function expectSameInGo(value: unknown): Promise<void> {
    const text = JSON.stringify(value)
    const stream = readStream(text, 'stream.json')
    const { data } = bootImagesConfigMap([{ name: 'a', stream }])
    expect(await encodeInGo(data.stream, 'known', '2')).toBe(await encodeInGo(text, 'known', '2'))
    expect(await encodeInGo(data.streams, 'streams', '2')).toBe(
      await encodeInGo(`{"a":${text}}`, 'streams', '2'),
    )
  }

  it.each([
    ['no metadata', { metadata: undefined }],
    ['empty metadata', { metadata: { 'last-modified': '', generator: '' } }],
    ['null for the metadata', { metadata: null }],
    ['no architectures', { architectures: {} }],
  ])('contains a stream with %s', async (_, more) => {
    await expectSameInGo({ ...JSON.parse(smallStream(EXAMPLE)), ...more })
  })

  const image = { publisher: 'p', offer: 'o', sku: 's', version: '1' }
  const part = (value: unknown) => ({ release: '9.6.1', ...(value as object) })
  it.each([
    ['no artifacts', { artifacts: undefined }],
    ['no formats', { artifacts: { aws: part({}) } }],
    ['null for the formats', { artifacts: { aws: part({ formats: null }) } }],
    ['no release', { artifacts: { aws: { formats: {} } } }],
    ['no images', { images: undefined }],
    ['null for the images', { images: null }],
    ['null for a cloud', { images: { aws: null } }],
    ['no regions', { images: { aws: {}, powervs: { regions: {} } } }],
    ['a partial image', { images: { aws: { regions: { r: { image: 'ami' } } } } }],
    [
      'a partial artifact',
      { artifacts: { a: part({ formats: { f: { disk: { signature: '' } } } }) } },
    ],
    ['null for a disk', { artifacts: { a: part({ formats: { f: { disk: null, kernel: {} } } }) } }],
    ['an image of 2021', { images: { gcp: { name: 'n', family: '' } } }],
    ['null for the extensions', { 'rhel-coreos-extensions': null }],
    ['no extensions', { 'rhel-coreos-extensions': {} }],
    ['an empty extension', { 'rhel-coreos-extensions': { 'azure-disk': { url: '' } } }],
    ['no known cloud', { 'rhel-coreos-extensions': { marketplace: { aws: {} } } }],
    ['no plans', { 'rhel-coreos-extensions': { marketplace: { azure: {} } } }],
    ['no generations', { 'rhel-coreos-extensions': { marketplace: { azure: { ocp: {} } } } }],
    [
      'plans in another order',
      {
        'rhel-coreos-extensions': {
          marketplace: {
            azure: {
              'oke-emea': { hyperVGen2: image },
              ocp: { hyperVGen2: image, hyperVGen1: image },
              rosa: {},
              'no-purchase-plan': { hyperVGen1: { version: '1', thirdParty: true } },
            },
          },
        },
      },
    ],
  ])('contains an architecture with %s', async (_, more) => {
    const value = JSON.parse(smallStream({ x86_64: '9.6.20251015-1' }))
    Object.assign(value.architectures.x86_64, more)
    await expectSameInGo(value)
  })
})
