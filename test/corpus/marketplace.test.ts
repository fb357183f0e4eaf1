import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AzureImage } from '../stand-in/azure-image.ts'
import { imagesBeforeBump, knownImages } from '../stand-in/azure-images.ts'
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

describe('the published marketplace files', () => {
  it.each([
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
  ])('%s comes out of a listing full of others', async (name, release, args, images) => {
    const folder = await temporaryFolder()
    const at = (file: string) => join(folder, file)
    await writeFile(at('rhcos.json'), smallStream({ aarch64: release, x86_64: release }))
    const standIn = await azureFor(images)
    const captured = await capture(standIn, at('s.json'), ['--stream', at('rhcos.json'), ...args])
    expect(captured).toMatchObject({ status: 0 })
    const layout = ['--layout', 'stream-metadata', '--marketplace-file', at('m.json')]
    const made = await run(['regenerate', at('s.json'), '--target', at('rhcos.json'), ...layout])
    expect(made).toMatchObject({ status: 0 })
    const expected = published(name).replace(/,\n *"thirdParty": false/g, '')
    expect(readFileSync(at('m.json'), 'utf8')).toBe(expected)
  })
})
