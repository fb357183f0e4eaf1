import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import { imagesBeforeBump, knownImages } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { smallStream } from '../support/streams.ts'

const CORPUS = process.env.CORPUS_DIR ?? '../shared/corpus'
const published = (name: string) => readFileSync(join(CORPUS, 'marketplace', name), 'utf8')

/** What was published after the file was: it did not exist then. */
const isLater = ({ version }: AzureImage) =>
  /^(9\.6\.2026|4\.18\.20251[12]|4\.18\.2026|418|419|9\.8|10)/.test(version)

/** Everything known, among older and newer ones, other machines, previews and other publishers. */
const LISTING = [...imagesBeforeBump(), ...knownImages()]

/** Each published file, or part of it, with what makes it. */
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

describe('the published marketplace files', () => {
  it.each(FILES)(
    '%s comes out of a listing full of others',
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
      const made = await run(['regenerate', at('s.json'), '--target', at('rhcos.json'), ...layout])
      expect(made).toMatchObject({ status: 0 })
      const expected = published(name).replace(/,\n *"thirdParty": false/g, '')
      expect(readFileSync(at('m.json'), 'utf8')).toBe(expected)
    },
  )

  it('have no Gen1 without a plan from OCP 5.0 on, and of paid plans what RHEL 9 has', async () => {
    const folder = await temporaryFolder()
    const at = (file: string) => join(folder, file)
    const release = '10.2.20260423-0'
    await writeFile(at('rhel-10.json'), smallStream({ aarch64: release, x86_64: release }))
    const mockServer = await azureFor(LISTING)
    const args = ['--stream', at('rhel-10.json'), '--ocp', '5.0']
    expect(await capture(mockServer, at('s.json'), args)).toMatchObject({ status: 0 })
    const layout = ['--layout', 'stream-metadata', '--marketplace-file', at('m.json')]
    const made = await run(['regenerate', at('s.json'), '--target', at('rhel-10.json'), ...layout])
    expect(made.status).toBe(0)
    expect(made.stderr).toMatch(/^fallback to RHEL 9: 9\.6\.2026030314 in azure ocp, opp, oke /m)
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
