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
/** Red Hat's: of Fedora's and CentOS's no marketplace has images. */
const ours = publishedStreams.filter((file) => getOcp(readTarget(file)) !== undefined)

const FORMS: Readonly<Record<string, readonly LayoutName[]>> = {
  enhancement: ['enhancement'],
  'stream-metadata': ['stream-metadata'],
  'both layouts': LAYOUT_NAMES,
}

/** Keys in reverse, at every level. */
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

const ANYTHING = { requirement: 'any', allowRegression: true } as const

/** The target's own: how far it is indented, and what follows its last bracket. */
const getIndentation = (text: string) => String(/^\{\n( +)/.exec(text)?.[1]?.length)
const getEnd = (text: string) => /\n*$/.exec(text)?.[0] ?? ''

/** A text as Go writes what it read of it. */
async function again(
  text: string,
  what = 'stream',
  spaces = getIndentation(text),
): Promise<string> {
  const { status, stdout, stderr } = await go(text, what, spaces)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** With the demonstration's images of three clouds, asked for as the target's OCP would be. */
function filled(file: string, job: Partial<Job>): Regenerated {
  const target = readTarget(file)
  const stream = { ...snapshot.stream, ocp: getOcp(target) ?? null }
  return regenerate({ ...ANYTHING, snapshot: { ...snapshot, builds: {}, stream }, target, ...job })
}

describe('a program in Go writes again, byte for byte', () => {
  it('all that is published', () => {
    expect([publishedStreams.length, ours.length]).toEqual([58, 47])
  })

  it.each(publishedStreams)('%s as it was published', async (file) => {
    const text = publishedStream(file)
    expect((await again(text)) + getEnd(text)).toBe(text)
  })

  describe.each(Object.entries(FORMS))('with images, %s:', (_, layouts) => {
    it.each(ours)('%s', async (file) => {
      const text = filled(file, { layouts }).stream.print()
      expect((await again(text)) + getEnd(text)).toBe(text)
      // The oldest has no image: none of the marketplace is for its RHEL.
      expect(text !== publishedStream(file)).toBe(file !== ours[0])
    })
  })

  it.each(publishedBumps)('%s made of its builds alone', async (bump) => {
    const server = await startBuilds(buildsIn(buildsFolder(bump)))
    const { content } = await capture(requestFor(bump, server.streams)).finally(server.close)
    const ocp = getOcp(readTarget(`${bump}.json`)) ?? null
    const { stream } = regenerate({
      ...ANYTHING,
      snapshot: { ...snapshot, builds: content.builds, stream: { ...content.stream, ocp } },
      layouts: ocp === null ? [] : LAYOUT_NAMES,
    })
    expect(`${await again(stream.print())}\n`).toBe(stream.print())
  })

  it.each(ours.slice(1))('the marketplace file of %s', async (file) => {
    const marketplaceFile = MarketplaceFile.read(undefined, 'marketplace.json')
    const text = filled(file, { marketplaceFile }).marketplaceFile?.print() ?? ''
    expect(`${await again(text, 'marketplace')}\n`).toBe(text)
  })
})

describe('the ConfigMap says to Go, Kubernetes and Python alike', () => {
  /** What all three read, after a look that it is one thing. */
  async function manifestIn(yaml: string): Promise<ConfigMap> {
    const [fromGo, fromPython] = await Promise.all([go(yaml, 'configmap'), pythonReader(yaml)])
    expect([fromGo.stderr, fromPython.stderr]).toEqual(['', ''])
    const manifest = JSON.parse(fromGo.stdout)
    expect(JSON.parse(fromPython.stdout)).toEqual(manifest)
    return manifest
  }

  it.each(publishedStreams)('%s as Go encodes what it knows of it', async (file) => {
    const isOurs = ours.includes(file)
    const stream = isOurs ? filled(file, { layouts: LAYOUT_NAMES }).stream : readTarget(file)
    const { data, ...rest } = await manifestIn(
      await printConfigMap(bootImagesConfigMap([{ name: 'a', stream }])),
    )
    expect(data).toEqual({
      releaseVersion: '0.0.1-snapshot',
      stream: await again(stream.print(), 'known', '2'),
      streams: await again(`{"a":${stream.print()}}`, 'streams', '2'),
    })
    expect(rest).toEqual(MANIFEST)
  })

  it('a stream with keys in another order, in the order of Go', async () => {
    const value = JSON.parse(
      filled('n013-9.8.20260428-0.json', { layouts: LAYOUT_NAMES }).stream.print(),
    )
    const text = JSON.stringify(reversed(value))
    const { data } = bootImagesConfigMap([{ name: 'a', stream: readStream(text, 'stream.json') }])
    expect(data.stream).toBe(await again(text, 'known', '2'))
  })

  it('two streams and a marketplace file, as the command prints them', async () => {
    const folder = await temporaryFolder()
    const [nine, ten] = ['n013-9.8.20260428-0.json', 'n009-10.2.20260217-0.json'] as const
    const marketplaceFile = MarketplaceFile.read(undefined, 'm.json')
    const market = filled(nine, { marketplaceFile }).marketplaceFile?.print() ?? ''
    await writeFile(join(folder, 'nine'), publishedStream(nine))
    await writeFile(join(folder, 'ten'), publishedStream(ten))
    await writeFile(join(folder, 'm'), market)
    const { stdout } = await run(
      ['configmap', 'rhel-10=ten', 'rhel-9=nine', '--marketplace-file', 'rhel-9=m'],
      { cwd: folder },
    )
    const [metadata = ''] = /"metadata": \{[^}]*\}/.exec(publishedStream(nine)) ?? []
    const merged = filled(nine, { layouts: ['stream-metadata'] })
      .stream.print()
      .replace(/"metadata": \{[^}]*\}/, metadata)
    const { data } = await manifestIn(stdout)
    expect(data.stream).toBe(await again(merged, 'known', '2'))
    expect(data.streams).toBe(
      await again(`{"rhel-10":${publishedStream(ten)},"rhel-9":${merged}}`, 'streams', '2'),
    )
  })

  /** To Go a stream and what the ConfigMap says of it are the same. */
  async function expectAlike(value: unknown): Promise<void> {
    const text = JSON.stringify(value)
    const stream = readStream(text, 'stream.json')
    const { data } = bootImagesConfigMap([{ name: 'a', stream }])
    expect(await again(data.stream, 'known', '2')).toBe(await again(text, 'known', '2'))
    expect(await again(data.streams, 'streams', '2')).toBe(
      await again(`{"a":${text}}`, 'streams', '2'),
    )
  }

  it.each([
    ['no metadata', { metadata: undefined }],
    ['no text of metadata', { metadata: { 'last-modified': '', generator: '' } }],
    ['nothing of metadata', { metadata: null }],
    ['no architectures', { architectures: {} }],
  ])('%s', async (_, more) => {
    await expectAlike({ ...JSON.parse(smallStream(EXAMPLE)), ...more })
  })

  const image = { publisher: 'p', offer: 'o', sku: 's', version: '1' }
  const part = (value: unknown) => ({ release: '9.6.1', ...(value as object) })
  it.each([
    ['no artifacts', { artifacts: undefined }],
    ['no formats', { artifacts: { aws: part({}) } }],
    ['nothing of formats', { artifacts: { aws: part({ formats: null }) } }],
    ['no release', { artifacts: { aws: { formats: {} } } }],
    ['no images', { images: undefined }],
    ['nothing of images', { images: null }],
    ['nothing of a cloud', { images: { aws: null } }],
    ['no regions', { images: { aws: {}, powervs: { regions: {} } } }],
    ['parts of an image', { images: { aws: { regions: { r: { image: 'ami' } } } } }],
    [
      'parts of an artifact',
      { artifacts: { a: part({ formats: { f: { disk: { signature: '' } } } }) } },
    ],
    [
      'nothing of a disk',
      { artifacts: { a: part({ formats: { f: { disk: null, kernel: {} } } }) } },
    ],
    ['an image of 2021', { images: { gcp: { name: 'n', family: '' } } }],
    ['nothing of extensions', { 'rhel-coreos-extensions': null }],
    ['no extension', { 'rhel-coreos-extensions': {} }],
    ['nothing of an extension', { 'rhel-coreos-extensions': { 'azure-disk': { url: '' } } }],
    ['no cloud', { 'rhel-coreos-extensions': { marketplace: { aws: {} } } }],
    ['no plan', { 'rhel-coreos-extensions': { marketplace: { azure: {} } } }],
    ['no generation', { 'rhel-coreos-extensions': { marketplace: { azure: { ocp: {} } } } }],
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
  ])('of an architecture %s', async (_, more) => {
    const value = JSON.parse(smallStream({ x86_64: '9.6.20251015-1' }))
    Object.assign(value.architectures.x86_64, more)
    await expectAlike(value)
  })
})
