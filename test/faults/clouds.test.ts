import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { PRODUCTS, REGIONS } from '../mock-servers/aws-images.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { cloudsFor } from '../support/clouds.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

const capture = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(['capture', at('s.json'), '--stream', at('rhcos.json'), ...args], { env })

/** Regenerates a stream in each layout and returns the texts. */
const regenerateLayouts = (snapshot: string) =>
  Promise.all(
    ['enhancement', 'stream-metadata'].map(async (layout) => {
      const target = at(`${layout}.json`)
      await writeFile(target, smallStream(EXAMPLE))
      const outcome = await run([
        'regenerate',
        at(snapshot),
        '--target',
        target,
        '--layout',
        layout,
      ])
      expect(outcome).toMatchObject({ status: 0 })
      return readFile(target, 'utf8')
    }),
  )

interface Extensions {
  readonly [key: string]: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
const getExtensions = (stream: string | undefined, arch: string): Extensions =>
  JSON.parse(stream ?? '').architectures[arch]['rhel-coreos-extensions']

describe('capture --cloud azure,aws,gcp', () => {
  it('captures every plan and region for both layouts, and a replay writes the same files', async () => {
    const { args, environment } = await cloudsFor(folder)
    const outcome = await capture(args, environment)
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect(outcome.stderr.split('\n').map((line) => line.split(':')[0])).toEqual([
      'azure',
      'aws',
      'gcp',
      `${at('s.recording.json')} and ${at('s.json')}`,
      '',
    ])
    const [enhancement, metadata] = await regenerateLayouts('s.json')
    const x86 = getExtensions(enhancement, 'x86_64')
    expect(Object.keys(x86)).toEqual(['azure-marketplace', 'aws-marketplace', 'gcp-marketplace'])
    expect(Object.keys(x86['azure-marketplace'] ?? {})).toHaveLength(3)
    expect(Object.keys(x86['gcp-marketplace'] ?? {})).toEqual(['ocp', 'opp', 'oke'])
    for (const [arch, kind] of [
      ['x86_64', 'x86_64'],
      ['aarch64', 'arm64'],
    ] as const) {
      const aws = getExtensions(enhancement, arch)['aws-marketplace'] ?? {}
      const plans = PRODUCTS.filter((each) => each.architecture === kind).map(({ plan }) => plan)
      expect(Object.keys(aws).sort()).toEqual(plans.sort())
      for (const plan of Object.values(aws)) {
        expect(Object.keys(plan.regions as object)).toEqual([...REGIONS].sort())
      }
    }
    const { marketplace } = getExtensions(metadata, 'x86_64')
    expect(Object.keys(marketplace ?? {})).toEqual(['azure', 'aws', 'gcp'])

    const before = [await read('s.json'), await read('s.recording.json')]
    await mkdir(at('again'))
    const replayed = await run(
      ['capture', at('again/s.json'), '--replay', at('s.recording.json')].concat([
        '--stream',
        at('rhcos.json'),
        '--cloud',
        'azure,aws,gcp',
      ]),
    )
    expect(replayed).toMatchObject({ status: 0 })
    expect([await read('again/s.json'), await read('again/s.recording.json')]).toEqual(before)
    expect(await regenerateLayouts('again/s.json')).toEqual([enhancement, metadata])
  })
})
