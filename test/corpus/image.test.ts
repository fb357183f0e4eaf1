import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { azureForms, expectForms, runImage } from '../support/image-formats.ts'

const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')
const CLUSTER = 'configmap/bootimages-5.0.yaml'

/** By plan and architecture the URNs that the file names, Gen2 first. */
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

const OF_420: Images = {
  'no-purchase-plan x86_64': [
    'azureopenshift:aro4:420-v2:9.6.20251015',
    'azureopenshift:aro4:aro_420:9.6.20251015',
  ],
  'no-purchase-plan aarch64': ['azureopenshift:aro4:420-arm:9.6.20251015'],
  ...paid('4.18.2025031114', '4.18.2025031114'),
}

const SOURCES: Readonly<Record<string, Images>> = {
  'marketplace/ocp-4.17.json': {
    'no-purchase-plan x86_64': [
      'azureopenshift:aro4:417-v2:417.94.20240701',
      'azureopenshift:aro4:aro_417:417.94.20240701',
    ],
    'no-purchase-plan aarch64': ['azureopenshift:aro4:417-arm:417.94.20240701'],
  },
  'marketplace/ocp-4.20-rhel-9.json': OF_420,
  'marketplace/ocp-4.22.json': {
    'no-purchase-plan x86_64': [
      'azureopenshift:aro4:aro_422-v2:9.8.20260428',
      'azureopenshift:aro4:aro_422:9.8.20260428',
    ],
    'no-purchase-plan aarch64': ['azureopenshift:aro4:aro_422-arm:9.8.20260428'],
    ...paid('9.6.2026030314', '4.18.2026012111'),
  },
  [CLUSTER]: OF_420,
}

describe.each(Object.entries(SOURCES))('%s', (source, images) => {
  const stream = source === CLUSTER ? ['--stream-name', 'rhel-9'] : []

  it.each(Object.entries(images))('has %s in each format', async (name, [gen2, gen1]) => {
    const [plan = '', architecture = ''] = name.split(' ')
    const slot = { cloud: 'azure', plan, architecture }
    const words = [source, ...stream, '--plan', plan, '--arch', architecture]
    const print = async (...more: string[]) => {
      const { status, stdout, stderr } = await runImage(CORPUS, [...words, ...more])
      expect(status, stderr).toBe(0)
      return stdout
    }
    await expectForms(slot, azureForms(gen2), (format) => print('-o', format))
    if (gen1 === undefined) return
    const forms = azureForms(gen1, 1)
    await expectForms(slot, forms, (format) => print('-o', format, '--generation', 'gen1'))
    await expectForms(slot, forms, (format) => print('-o', format, '--gen1'))
  })

  it('has no other images', async () => {
    const { stderr } = await runImage(CORPUS, [source, ...stream, '--plan', 'nope'])
    const urns = stderr.match(/[\w-]+:[\w-]+:[\w-]+:[\d.]+$/gm)
    expect(urns?.sort()).toEqual(Object.values(images).flat().sort())
  })
})

it('the stream of a 5.0 cluster is rhel-10, which has no marketplace images', async () => {
  const { status, stderr } = await runImage(CORPUS, [CLUSTER])
  expect(status).toBe(1)
  expect(stderr).toBe(
    `${CLUSTER}: stream rhel-10 (default of OCP 5.0)\n` +
      `stream-snapshot: ${CLUSTER}: stream rhel-10: no marketplace images\nStreams with images: rhel-9.\n`,
  )
})
