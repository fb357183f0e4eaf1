import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chooseStream } from '../../src/core/image/choose.ts'
import { findImage } from '../../src/core/image/find.ts'
import { readImageSource } from '../../src/core/image/source.ts'
import { IMAGE_FORMATS } from '../../src/core/image/targets.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { amiForms, azureForms, expectForms, gcpForms, runImage } from '../support/image-formats.ts'

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

/** Azure in the enhancement's layout has three plans, each of Gen2 alone. */
const ENHANCEMENT = /^(no-purchase-plan|ocp|ocp-emea) /

describe.each(Object.entries(STREAMS))('%s', (target, { snapshot, azure, aws }) => {
  it.each(['enhancement', 'stream-metadata'])('has its images in the layout %s', async (layout) => {
    const folder = await temporaryFolder()
    const file = join(folder, 's.json')
    await writeFile(file, await readFile(join(ROOT, target), 'utf8'))
    if (layout === 'stream-metadata') {
      const words = [...['regenerate', join(ROOT, snapshot), '--target', file], '--layout', layout]
      const { status, stderr } = await run(words)
      expect(status, stderr).toBe(0)
    }
    const source = await readImageSource(await readFile(file, 'utf8'), file)
    const { stream } = chooseStream(source, {})
    const expected = [
      ...Object.entries(azure).flatMap(([name, [gen2, gen1]]) => [
        ...(layout === 'stream-metadata' || ENHANCEMENT.test(name) ? [[name, 2, gen2]] : []),
        ...(layout === 'stream-metadata' && gen1 ? [[name, 1, gen1]] : []),
      ]),
      ...Object.entries(aws).map(([name, image]) => [name, 'us-east-1', image]),
      ...Object.entries(GCP).map(([name, image]) => [name, undefined, gcpForms(image).urn]),
    ]
    const found = stream.images
      .filter(({ slot }) => slot.region === undefined || slot.region === 'us-east-1')
      .flatMap(({ slot }) => {
        const name = `${slot.plan} ${slot.architecture}`
        return [[name, slot.region ?? slot.generation, findImage(stream, slot)?.urn]]
      })
    const unique = new Map(found.map((each) => [JSON.stringify(each), each]))
    expect([...unique.keys()].sort()).toEqual(expected.map((each) => JSON.stringify(each)).sort())
  })
})

/** An image of each kind. */
const KINDS = [
  ['azure', 'no-purchase-plan', 'x86_64'],
  ['azure', 'no-purchase-plan', 'aarch64'],
  ['azure', 'ocp', 'x86_64'],
  ['aws', 'ocp', 'x86_64'],
  ['aws', 'ocp', 'aarch64'],
  ['gcp', 'ocp', 'x86_64'],
] as const

describe.each(Object.entries(STREAMS))('%s', (target, { azure, aws }) => {
  it.each(KINDS)(
    'prints an image of %s %s %s in each format',
    async (cloud, plan, architecture) => {
      const name = `${plan} ${architecture}`
      const forms =
        cloud === 'azure'
          ? azureForms(azure[name]?.[0] ?? '')
          : cloud === 'aws'
            ? amiForms(aws[name] ?? '')
            : gcpForms(GCP[name] ?? '')
      const region = cloud === 'aws' ? ['--region', 'us-east-1'] : []
      const words = [target, '--cloud', cloud, '--plan', plan, '--arch', architecture, ...region]
      await expectForms({ cloud, plan, architecture }, forms, async (format) => {
        const { status, stdout, stderr } = await runImage(ROOT, [...words, '-o', format])
        expect(status, stderr).toBe(0)
        return stdout
      })
    },
  )
})

it('prints what test/golden/image-formats.txt shows', async () => {
  const sessions: string[] = []
  for (const options of [[], ['--plan', 'ocp'], ['--cloud', 'aws', '--region', 'us-east-1']]) {
    for (const format of IMAGE_FORMATS) {
      if (options.includes('aws') && /pool$/.test(format)) continue
      const words = ['demo/rhcos.json', ...options, '-o', format]
      const { stdout, stderr } = await runImage(ROOT, words)
      sessions.push(`$ stream-snapshot image ${words.join(' ')}\n${stdout}${stderr}`)
    }
  }
  await expect(sessions.join('\n')).toMatchFileSnapshot('../golden/image-formats.txt')
})
