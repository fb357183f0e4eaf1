import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readStreamSource } from '../../src/commands/stream-source.ts'
import { imagesIn } from '../../src/core/stream/marketplace.ts'
import { FACTS, type ImageQuestion } from '../../src/index.ts'
import { run } from '../support/cli.ts'
import { azureForms, expectForms, printing } from '../support/image-formats.ts'
import { folderAt } from '../support/io.ts'

const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')
const cluster = join(CORPUS, 'configmap/bootimages-5.0.yaml')
const FILES: Readonly<Record<string, readonly [file: string, streamName?: string]>> = {
  '4.17': [join(CORPUS, 'marketplace/ocp-4.17.json')],
  '4.20': [join(CORPUS, 'marketplace/ocp-4.20-rhel-9.json')],
  '4.22': [join(CORPUS, 'marketplace/ocp-4.22.json')],
  'rhel-9 of a cluster': [cluster, 'rhel-9'],
}

/** By plan and architecture the URNs as they stand in the file, that of Gen2 first. */
type Images = Readonly<Record<string, readonly [gen2: string, gen1?: string]>>

const paid = (northAmerica: string, emea: string): Images =>
  Object.fromEntries(
    ['ocp', 'opp', 'oke'].flatMap((plan) =>
      [
        [plan, 'redhat', northAmerica],
        [`${plan}-emea`, 'redhat-limited', emea],
      ].map(([name, publisher, version]) => [
        `${name} x86_64`,
        [
          `${publisher}:rh-${plan}-worker:rh-${plan}-worker:${version}`,
          `${publisher}:rh-${plan}-worker:rh-${plan}-worker-gen1:${version}`,
        ],
      ]),
    ),
  )

const of420: Images = {
  'no-purchase-plan x86_64': [
    'azureopenshift:aro4:420-v2:9.6.20251015',
    'azureopenshift:aro4:aro_420:9.6.20251015',
  ],
  'no-purchase-plan aarch64': ['azureopenshift:aro4:420-arm:9.6.20251015'],
  ...paid('4.18.2025031114', '4.18.2025031114'),
}

const IMAGES: Readonly<Record<string, Images>> = {
  '4.17': {
    'no-purchase-plan x86_64': [
      'azureopenshift:aro4:417-v2:417.94.20240701',
      'azureopenshift:aro4:aro_417:417.94.20240701',
    ],
    'no-purchase-plan aarch64': ['azureopenshift:aro4:417-arm:417.94.20240701'],
  },
  '4.20': of420,
  '4.22': {
    'no-purchase-plan x86_64': [
      'azureopenshift:aro4:aro_422-v2:9.8.20260428',
      'azureopenshift:aro4:aro_422:9.8.20260428',
    ],
    'no-purchase-plan aarch64': ['azureopenshift:aro4:aro_422-arm:9.8.20260428'],
    ...paid('9.6.2026030314', '4.18.2026012111'),
  },
  'rhel-9 of a cluster': of420,
}

describe.each(Object.entries(IMAGES))('the images of %s', (name, images) => {
  it('are these and no others', async () => {
    const source = await readStreamSource(folderAt('/'), ...(FILES[name] ?? [cluster]))
    const urns = imagesIn(source).map(({ slot, entry }) => FACTS[slot.cloud].nameOf(entry))
    expect(urns.sort()).toEqual(Object.values(images).flat().sort())
  })

  it.each(Object.entries(images))('%s is the same in each format', async (place, [gen2, gen1]) => {
    const source = await readStreamSource(folderAt('/'), ...(FILES[name] ?? [cluster]))
    const [plan = '', architecture = ''] = place.split(' ')
    const asked = { cloud: 'azure', plan, architecture, generation: 2 } as ImageQuestion
    const hold = (urn: string, question: ImageQuestion) => {
      const { named, forms } = azureForms(urn)
      return expectForms('azure', named, forms, printing(source, question))
    }
    await hold(gen2, asked)
    if (gen1 === undefined) return
    await hold(gen1, { ...asked, generation: 1 })
    await hold(gen1, { ...asked, gen1: true })
  })
})

it('the command reads them too', async () => {
  for (const [name, words] of Object.entries({ ...FILES, cluster: [cluster] })) {
    const [file = '', streamName] = words
    const args = streamName === undefined ? [] : ['--stream-name', streamName]
    const { stdout } = await run(['image', file, ...args])
    const images = IMAGES[name] ?? of420
    expect(stdout, name).toBe(`${images['no-purchase-plan x86_64']?.[0]}\n`)
  }
})
