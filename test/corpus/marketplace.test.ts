import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import { imagesBeforeBump, knownImages } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { CORPUS } from '../support/corpus.ts'
import { smallStream } from '../support/streams.ts'

const published = (name: string) => readFileSync(join(CORPUS, 'marketplace', name), 'utf8')

/** Whether an image was published after the marketplace file for OCP 4.20. */
const isLater = ({ version }: AzureImage) =>
  /^(9\.6\.2026|4\.18\.20251[12]|4\.18\.2026|418|419|9\.8|10)/.test(version)

/** All known images, and decoys. */
const LISTING = [...imagesBeforeBump(), ...knownImages()]

const FILES: readonly [name: string, release: string, args: string[], images: AzureImage[]][] = [
  [
    'ocp-4.17.json',
    '417.94.202407010929-0',
    ['--ocp', '4.17'],
    LISTING.filter(({ publisher }) => publisher === 'azureopenshift'),
  ],
  [
    'ocp-4.20-rhel-9.json',
    '9.6.20251015-1',
    ['--ocp', '4.20'],
    LISTING.filter((image) => !isLater(image) || image.offer === 'aro4'),
  ],
  ['ocp-4.22.json', '9.8.20260428-0', ['--ocp', '4.22'], LISTING],
  ['ocp-4.22.json', '10.2.20260423-0', ['--ocp', '4.22'], LISTING],
]

describe('the marketplace file', () => {
  it.each(FILES)(
    'equals the published %s for the build %s',
    async (name, release, args, images) => {
      const folder = await temporaryFolder()
      const at = (file: string) => join(folder, file)
      await writeFile(at('rhcos.json'), smallStream({ aarch64: release, x86_64: release }))
      const mockServer = await azureFor(images)
      const captured = await capture(mockServer, at('s.json'), [
        '--stream',
        at('rhcos.json'),
        ...args,
      ])
      expect(captured).toMatchObject({ status: 0 })
      const layout = ['--layout', 'stream-metadata', '--marketplace-file', at('m.json')]
      const regenerated = await run([
        'regenerate',
        at('s.json'),
        '--target',
        at('rhcos.json'),
        ...layout,
      ])
      expect(regenerated).toMatchObject({ status: 0 })
      const expected = published(name).replace(/,\n *"thirdParty": false/g, '')
      expect(readFileSync(at('m.json'), 'utf8')).toBe(expected)
    },
  )

  it('for OCP 5.0 has no Gen1 image without a plan, and has paid images for RHEL 9', async () => {
    const folder = await temporaryFolder()
    const at = (file: string) => join(folder, file)
    const release = '10.2.20260423-0'
    await writeFile(at('rhel-10.json'), smallStream({ aarch64: release, x86_64: release }))
    const mockServer = await azureFor(LISTING)
    const args = ['--stream', at('rhel-10.json'), '--ocp', '5.0']
    expect(await capture(mockServer, at('s.json'), args)).toMatchObject({ status: 0 })
    const layout = ['--layout', 'stream-metadata', '--marketplace-file', at('m.json')]
    const regenerated = await run([
      'regenerate',
      at('s.json'),
      '--target',
      at('rhel-10.json'),
      ...layout,
    ])
    expect(regenerated.status).toBe(0)
    expect(regenerated.stderr).toMatch(
      /^fallback to RHEL 9: 9\.6\.2026030314 in azure ocp, opp, oke /m,
    )
    const { aarch64, x86_64 } = JSON.parse(readFileSync(at('m.json'), 'utf8'))
    const image = { publisher: 'azureopenshift', offer: 'aro4', version: '10.2.20260423' }
    expect(x86_64.azure['no-purchase-plan']).toEqual({
      hyperVGen2: { ...image, sku: 'aro_5-0_x64_gen2' },
    })
    expect(aarch64.azure['no-purchase-plan']).toEqual({
      hyperVGen2: { ...image, sku: 'aro_5-0_arm_gen2' },
    })
    expect(x86_64.azure.ocp.hyperVGen1.version).toBe('9.6.2026030314')
    expect(x86_64.azure['ocp-emea'].hyperVGen2.version).toBe('4.18.2026012111')
  })
})
