import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

interface StreamJson {
  metadata: { 'last-modified': string }
  architectures: Record<string, { 'rhel-coreos-extensions'?: Record<string, unknown> }>
}

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

describe('the workflow of the enhancement', () => {
  it('updates the images once the images of the build are published, and nothing else', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const captureAndRegenerate = async () => {
      const captured = await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
      expect(captured).toMatchObject({ status: 0, stdout: '' })
      const regenerated = await run(['regenerate', at('s.json'), '--target', at('rhcos.json')])
      expect(regenerated).toMatchObject({ status: 0, stdout: '' })
      return { log: regenerated.stderr, stream: JSON.parse(await read('rhcos.json')) as StreamJson }
    }

    const first = await captureAndRegenerate()
    expect(first.log).toMatch(
      /\+ {2}azure no-purchase-plan aarch64, x86_64 gen2 +418\.94\.20240916 +2024-09-16 +older-build/,
    )

    mockServer.setImages(imagesAfterBump())
    const second = await captureAndRegenerate()
    expect(second.log).toMatch(
      /~ {2}azure no-purchase-plan aarch64, x86_64 gen2 +418\.94\.20240916 -> 418\.94\.202410090804 +2024-10-09 +exact/,
    )
    expect(second.stream.architectures.x86_64?.['rhel-coreos-extensions']).toEqual({
      'azure-marketplace': {
        'no-purchase-plan': {
          publisher: 'azureopenshift',
          offer: 'aro4',
          sku: '418-v2',
          version: '418.94.202410090804',
        },
        'purchase-plan-north-america': {
          publisher: 'redhat',
          offer: 'rh-ocp-worker',
          sku: 'rh-ocp-worker',
          version: '4.18.2025112710',
        },
        'purchase-plan-emea': {
          publisher: 'redhat-limited',
          offer: 'rh-ocp-worker',
          sku: 'rh-ocp-worker',
          version: '4.18.2026012111',
        },
      },
    })
    for (const { architectures } of [first.stream, second.stream]) {
      for (const each of Object.values(architectures)) delete each['rhel-coreos-extensions']
    }
    expect(second.stream.architectures).toEqual(first.stream.architectures)

    const after = [await read('s.json'), await read('s.recording.json'), await read('rhcos.json')]
    await captureAndRegenerate()
    expect([
      await read('s.json'),
      await read('s.recording.json'),
      await read('rhcos.json'),
    ]).toEqual(after)
  })
})

describe('a generated stream', () => {
  it('has the same bytes in any time zone, locale, folder and environment', async () => {
    const mockServer = await azureFor(imagesAfterBump())
    await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
    const original = await read('rhcos.json')
    const generated: string[] = []
    const environments = [
      { env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
      { env: { TZ: 'America/Los_Angeles', LANG: 'C', NO_COLOR: '1' }, cwd: '/' },
      { wrapper: ['env', '-i'] },
      { wrapper: ['unshare', '-rn'] },
    ]
    for (const environment of environments) {
      await writeFile(at('rhcos.json'), original)
      const outcome = await run(
        ['regenerate', at('s.json'), '--target', at('rhcos.json')],
        environment,
      )
      expect(outcome).toMatchObject({ status: 0 })
      generated.push(await read('rhcos.json'))
    }
    expect(new Set(generated).size).toBe(1)
    expect(generated[0]).not.toBe(original)
  })
})
