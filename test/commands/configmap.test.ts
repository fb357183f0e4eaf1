import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/core/audit/configmap.ts'
import { MANIFEST } from '../support/boot-images.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { streamForms } from '../support/forms.ts'
import { snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const configmap = (...args: string[]) => run(['configmap', ...args], { cwd: folder })

const FORMS = streamForms()
const NINE = smallStream(EXAMPLE, 'rhel-9.6')
const TEN = smallStream({ x86_64: '10.2.20260423-0' }, 'rhel-10.2')

async function parseConfigMap(...args: string[]): Promise<ConfigMap> {
  const { map, stderr } = await runConfigmap(...args)
  expect(stderr).toBe('')
  return map
}

async function runConfigmap(...args: string[]) {
  const { status, stdout, stderr } = await configmap(...args)
  expect(status, stderr).toBe(0)
  return { map: load(stdout) as ConfigMap, stderr }
}

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('nine.json'), NINE)
  await writeFile(at('ten.json'), TEN)
})

const omitted = (file: string, counts: string) =>
  `stream-snapshot: ${file}: not in the ConfigMap, as stream-metadata-go does not read them: ${counts}\n`

describe('configmap', () => {
  it('prints the manifest of the boot images, without the final newline of the stream', async () => {
    expect(await parseConfigMap('nine.json')).toEqual({
      ...MANIFEST,
      data: {
        releaseVersion: '0.0.1-snapshot',
        stream: NINE.trimEnd(),
        streams: JSON.stringify({ 'rhel-9': JSON.parse(NINE) }, undefined, 2),
      },
    })
  })

  it('prints several streams by name, with rhel-9 as the single stream', async () => {
    const { data } = await parseConfigMap('rhel-10=ten.json', 'rhel-9=nine.json')
    expect(data.stream).toBe(NINE.trimEnd())
    expect(JSON.parse(data.streams ?? '')).toEqual({
      'rhel-10': JSON.parse(TEN),
      'rhel-9': JSON.parse(NINE),
    })
    expect(data.streams).toBe(
      JSON.stringify({ 'rhel-10': JSON.parse(TEN), 'rhel-9': JSON.parse(NINE) }, undefined, 2),
    )
    expect((await parseConfigMap('b=ten.json', 'a=nine.json')).data.stream).toBe(TEN.trimEnd())
  })

  it('merges a marketplace file, as the installer does', async () => {
    const image = { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2', version: '1.2.3' }
    const marketplace = { azure: { 'no-purchase-plan': { hyperVGen2: image } } }
    const marketplaceFile = { s390x: marketplace, x86_64: marketplace }
    await writeFile(at('market.json'), JSON.stringify(marketplaceFile))
    const { map, stderr } = await runConfigmap('nine.json', '--marketplace-file', 'market.json')
    const { data } = map
    expect(stderr).toBe(omitted('nine.json', '1 image (1 of Azure)'))
    const { architectures } = JSON.parse(data.stream)
    expect(architectures.x86_64['rhel-coreos-extensions']).toEqual({ marketplace })
    expect(architectures.aarch64['rhel-coreos-extensions']).toBeUndefined()
    expect(Object.keys(architectures)).toEqual(['aarch64', 'x86_64'])

    const { map: both } = await runConfigmap(
      ...['rhel-9=nine.json', 'rhel-10=ten.json', '--marketplace-file', 'rhel-10=market.json'],
    )
    expect(both.data.stream).toBe(NINE.trimEnd())
    expect(
      JSON.parse(both.data.streams ?? '')['rhel-10'].architectures.x86_64['rhel-coreos-extensions'],
    ).toEqual({ marketplace })
    const words = ['nine.json', 'ten.json', '--marketplace-file', 'rhel-10=market.json']
    expect((await runConfigmap(...words)).map).toEqual(both)
    const named = ['rhel-10=ten.json', '--marketplace-file', 'market.json']
    const { map: only } = await runConfigmap(...named)
    expect(only.data.streams).toContain('"marketplace": {')
  })

  it('uses the keys of the installer for several files', async () => {
    const named = await configmap('rhel-9=nine.json', 'rhel-10=ten.json')
    expect(await configmap('nine.json', 'ten.json')).toEqual(named)
  })

  it.each([
    ['39.20231101.3.0', ''],
    ['418.94.202410090804-0', 'rhel-9'],
    ['10.2.20260423-0', 'rhel-10'],
    ['11.0.20290423-0', ''],
  ])('prints %s under the key %j', async (release, key) => {
    await writeFile(at('other.json'), smallStream({ x86_64: release }, '<&> scos'))
    const { data } = await parseConfigMap('other.json')
    expect(Object.keys(JSON.parse(data.streams))).toEqual([key])
    expect(data.streams).toContain('"stream": "\\u003c\\u0026\\u003e scos"')
  })

  it('supports streams of the workspace, with their marketplace files', async () => {
    const image = { publisher: 'azureopenshift', offer: 'aro4', sku: '418-v2', version: '1.2.3' }
    const marketplace = { azure: { 'no-purchase-plan': { hyperVGen2: image } } }
    await writeFile(at('market.json'), JSON.stringify({ x86_64: marketplace }))
    const streams = {
      nine: { snapshot: 's/n.json', target: 'nine.json', marketplaceFile: 'market.json' },
      ten: { snapshot: 's/t.json', target: 'ten.json' },
    }
    await writeFile(at('stream-snapshot.json'), JSON.stringify({ streams }))
    const { map, stderr } = await runConfigmap('nine', 'ten')
    expect(stderr).toBe('nine.json: images from market.json\n')
    expect((await runConfigmap('nine.json')).map.data.stream).toContain('"418-v2"')
    const { data } = map
    const all = JSON.parse(data.streams)
    expect(Object.keys(all)).toEqual(['rhel-10', 'rhel-9'])
    expect(all['rhel-9'].architectures.x86_64['rhel-coreos-extensions'].marketplace).toEqual(
      marketplace,
    )
  })

  it.each([
    ['coreos-rhel-9.json', 'marketplace/coreos-rhel-9.json'],
    ['rhcos.json', 'marketplace-rhcos.json'],
  ])('includes the images of the marketplace file next to %s', async (file, marketplace) => {
    await fs.outputFile(at(file), NINE)
    await fs.outputFile(at(marketplace), FORMS['marketplace.json'])
    const { map, stderr } = await runConfigmap(`rhel-9=${file}`)
    expect(stderr).toBe(`${file}: images from ${marketplace}\n`)
    expect(map.data.stream).toContain('"sku": "418-v2"')
    expect((await runConfigmap(file)).map.data.stream).toContain('"sku": "418-v2"')
  })

  it('counts images that stream-metadata-go does not read, unless another file has them', async () => {
    const file = fileURLToPath(new URL('../../demo/rhcos.json', import.meta.url))
    const { map, stderr } = await runConfigmap('--quiet', file)
    expect(map.data.stream).not.toContain('marketplace')
    expect(stderr).toMatch(
      /: not in the ConfigMap, as stream-metadata-go does not read them: 4[0-9] images \(4 of Azure, [0-9]+ of AWS, [0-9]+ of Google Cloud\)\n$/,
    )
    await writeFile(at('enhancement.json'), FORMS['enhancement.json'])
    await writeFile(at('marketplace-enhancement.json'), FORMS['marketplace.json'])
    expect((await runConfigmap('enhancement.json', '-q')).stderr).toBe('')
  })

  it('omits members unknown to stream-metadata-go, and prints plans in its order', async () => {
    const stream = JSON.parse(NINE)
    stream.note = 'kept in the file'
    stream.architectures.x86_64.images.toaster = { release: '1' }
    stream.architectures.x86_64['rhel-coreos-extensions'] = {
      'azure-marketplace': { 'no-purchase-plan': { sku: '418-v2' } },
      marketplace: {
        azure: {
          ocp: { hyperVGen2: { publisher: 'redhat', thirdParty: false } },
          rosa: { hyperVGen2: { publisher: 'redhat' } },
          'no-purchase-plan': {},
        },
        aws: { ocp: {} },
      },
    }
    await writeFile(at('more.json'), JSON.stringify(stream))
    const { map, stderr } = await runConfigmap('more.json')
    expect(stderr).toBe(omitted('more.json', '2 images (2 of Azure)'))
    const { data } = map
    const { note, architectures } = JSON.parse(data.stream)
    expect({ note, images: architectures.x86_64.images }).toEqual({ note: undefined, images: {} })
    expect(JSON.stringify(architectures.x86_64['rhel-coreos-extensions'])).toBe(
      '{"marketplace":{"azure":{"no-purchase-plan":{},"ocp":{"hyperVGen2":{"publisher":"redhat"}}}}}',
    )
  })

  it('suggests a remedy for a snapshot and for a mistyped stream of the workspace', async () => {
    await writeFile(at('s.json'), snapshotText([]))
    expect((await configmap('s.json')).stderr).toBe(
      'stream-snapshot: s.json: a snapshot, expected a CoreOS stream\nUse the stream that the snapshot was captured for.\n',
    )
    const streams = { 'rhel-9': { snapshot: 's.json', target: 'nine.json' } }
    await writeFile(at('stream-snapshot.json'), JSON.stringify({ streams }))
    for (const words of [['rhel9'], ['rhel9', 'ten.json']]) {
      expect((await configmap(...words)).stderr).toBe(
        'stream-snapshot: rhel9: no such file\nDid you mean rhel-9?\n',
      )
    }
  })

  it.each([
    [['nope.json'], 'nope.json: no such file'],
    [['-'], 'stdin:1:1: expected JSON, found an empty file'],
    [['a=nine.json', 'a=ten.json'], 'a=ten.json: another stream has the key "a"'],
    [
      ['a=nine.json', '--marketplace-file', 'b=ten.json'],
      '--marketplace-file b=ten.json: expected NAME=FILE with the name of a stream',
    ],
    [
      ['nine.json', '--marketplace-file', 'ten.json'],
      'ten.json: not a marketplace file: expected { ARCHITECTURE: { CLOUD: … } }',
    ],
    [[], 'missing argument: STREAM'],
  ])('refuses %j', async (args, fault) => {
    const { status, stdout, stderr } = await configmap(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`stream-snapshot: ${fault}`)
  })
})
