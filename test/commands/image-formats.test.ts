import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { imagesIn } from '../../src/core/stream/marketplace.ts'
import { type ImageQuestion, readImageSource } from '../../src/index.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { amiForms, azureForms, expectForms, gcpForms, printing } from '../support/image-formats.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The two streams of the demonstration: their snapshot, and by hand what they name. */
interface Demonstrated {
  readonly snapshot: string
  /** By plan and architecture; of each generation the URN, Gen2 first. */
  readonly azure: Readonly<Record<string, readonly [gen2: string, gen1?: string]>>
  /** By plan and architecture, of us-east-1. */
  readonly aws: Readonly<Record<string, string>>
}

const paid = (publisher: string, offer: string, version: string) =>
  [
    `${publisher}:${offer}:${offer}:${version}`,
    `${publisher}:${offer}:${offer}-gen1:${version}`,
  ] as const

/** Each offer of North America and of EMEA, at the version of that market. */
const offers = (northAmerica: string, emea: string) =>
  Object.fromEntries(
    ['ocp', 'opp', 'oke'].flatMap((plan) => [
      [`${plan} x86_64`, paid('redhat', `rh-${plan}-worker`, northAmerica)],
      [`${plan}-emea x86_64`, paid('redhat-limited', `rh-${plan}-worker`, emea)],
    ]),
  )

const STREAMS: Readonly<Record<string, Demonstrated>> = {
  'demo/rhcos.json': {
    snapshot: 'snapshots/rhcos-4.18.json',
    azure: {
      'no-purchase-plan x86_64': [
        'azureopenshift:aro4:418-v2:418.94.202410090804',
        'azureopenshift:aro4:aro_418:418.94.202410090804',
      ],
      'no-purchase-plan aarch64': ['azureopenshift:aro4:418-arm:418.94.202410090804'],
      ...offers('4.18.2025112710', '4.18.2026012111'),
    },
    aws: {
      'ocp x86_64': 'ami-10a52886a7d9a2fbd',
      'opp x86_64': 'ami-df1877bbbc6402df2',
      'oke x86_64': 'ami-d75a46db3d14bf6a5',
      'ocp-emea x86_64': 'ami-b7739ef0993ad635e',
      'opp-emea x86_64': 'ami-dbb06ad29bf3f7506',
      'oke-emea x86_64': 'ami-2baf405450bd13daa',
      'rosa x86_64': 'ami-facfbdc5bb385ee5e',
      'ocp aarch64': 'ami-311532b8f37baa8e6',
      'opp aarch64': 'ami-c8f4a70eaa08fb427',
      'oke aarch64': 'ami-4044eb911f6d4b293',
    },
  },
  'demo/rhel-10.json': {
    snapshot: 'snapshots/rhel-10.json',
    azure: {
      'no-purchase-plan x86_64': ['azureopenshift:aro4:aro_5-0_x64_gen2:10.2.20260423'],
      'no-purchase-plan aarch64': ['azureopenshift:aro4:aro_5-0_arm_gen2:10.2.20260423'],
      ...offers('9.6.2026030314', '4.18.2026012111'),
    },
    aws: {
      'ocp x86_64': 'ami-c1a3c50bdb207c7e4',
      'opp x86_64': 'ami-4f49ab4bf317aa5e2',
      'oke x86_64': 'ami-47d5519a31d08980b',
      'ocp-emea x86_64': 'ami-bc598d881394511de',
      'opp-emea x86_64': 'ami-f7c8ccc4744b31f61',
      'oke-emea x86_64': 'ami-4d19d356196126365',
      'rosa x86_64': 'ami-d59fe68ca5ae109f7',
      'ocp aarch64': 'ami-092acdf80f03a4acc',
      'opp aarch64': 'ami-43c5f029c27ce18a9',
      'oke aarch64': 'ami-2510d3fd342ca0f4e',
    },
  },
}
/** The same in both streams. */
const GCP: Readonly<Record<string, string>> = {
  'ocp x86_64': 'redhat-coreos-ocp-413-x86-64-202305021736',
  'opp x86_64': 'redhat-coreos-opp-413-x86-64-202305021736',
  'oke x86_64': 'redhat-coreos-oke-413-x86-64-202305021736',
}
const PROJECT = 'redhat-marketplace-public'

/** Of Azure the enhancement has three plans, each of Gen2 alone. */
const ENHANCEMENT = /^(no-purchase-plan|ocp|ocp-emea) /

describe.each(Object.entries(STREAMS))('%s', (target, { snapshot, azure, aws }) => {
  it.each(['enhancement', 'stream-metadata'])(
    'in the layout %s, in each format',
    async (layout) => {
      let text = await readFile(join(ROOT, target), 'utf8')
      if (layout === 'stream-metadata') {
        const file = join(await temporaryFolder(), 'stream.json')
        const stream = JSON.parse(text)
        for (const of of Object.values<Record<string, object>>(stream.architectures)) {
          const extensions = of['rhel-coreos-extensions'] as Record<string, object> | undefined
          for (const cloud of ['azure', 'aws', 'gcp']) delete extensions?.[`${cloud}-marketplace`]
        }
        await writeFile(file, JSON.stringify(stream))
        const made = await run([
          'regenerate',
          join(ROOT, snapshot),
          '--target',
          file,
          '--layout',
          layout,
          '--allow-regression',
        ])
        expect(made.status, made.stderr).toBe(0)
        text = await readFile(file, 'utf8')
      }
      const source = readImageSource(text, target)
      const ask = (
        question: Pick<ImageQuestion, 'cloud' | 'generation' | 'region'>,
        name: string,
      ) => {
        const [plan = '', architecture = ''] = name.split(' ')
        return printing(source, { ...question, plan, architecture } as ImageQuestion)
      }

      let count = 0
      for (const [name, urns] of Object.entries(azure)) {
        for (const [at, urn] of urns.entries()) {
          if (urn === undefined) continue
          const generation = at === 0 ? 2 : 1
          if (layout === 'enhancement' && (generation === 1 || !ENHANCEMENT.test(name))) continue
          const { named, forms } = azureForms(urn)
          await expectForms('azure', named, forms, ask({ cloud: 'azure', generation }, name))
          count += 1
        }
      }
      for (const [name, image] of Object.entries(aws)) {
        const print = ask({ cloud: 'aws', region: 'us-east-1' }, name)
        await expectForms('aws', { urn: image, entry: { image } }, amiForms(image), print)
        count += 1
      }
      for (const [plan, name] of Object.entries(GCP)) {
        const forms = gcpForms(PROJECT, name)
        const entry = { project: PROJECT, name }
        await expectForms('gcp', { urn: forms.id, entry }, forms, ask({ cloud: 'gcp' }, plan))
        count += 1
      }
      const there = imagesIn(source).map(({ slot }) => slot.region ?? 'us-east-1')
      expect(count).toBe(there.filter((region) => region === 'us-east-1').length)
    },
  )
})
