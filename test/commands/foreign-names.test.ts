import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const entry = (sku: string) => ({
  publisher: 'azureopenshift',
  offer: 'aro4',
  sku,
  version: '418.94.20240916',
})

/** Each target has one image with valid keys of the layout, and one with unknown keys. */
const CASES = [
  {
    layout: 'stream-metadata',
    images: {
      marketplace: {
        azure: { 'no-purchase-plan': { hyperVGen2: entry('418-v2'), hyperVGen3: entry('418-v3') } },
      },
    },
    line: '  -  azure no-purchase-plan/hyperVGen3 x86_64  azureopenshift:aro4:418-v3:418.94.20240916',
  },
  {
    layout: 'enhancement',
    images: {
      'azure-marketplace': { 'purchase-plan-north-america': entry('418-v2'), ocp: entry('418-v3') },
    },
    line: '  -  azure ocp x86_64  azureopenshift:aro4:418-v3:418.94.20240916',
  },
]

describe('an image with unknown keys', () => {
  it.each(CASES)(
    'in the layout $layout is only removed with --allow-regression',
    async ({ images, line }) => {
      const folder = await temporaryFolder()
      const stream = JSON.parse(smallStream(EXAMPLE))
      stream.architectures.x86_64['rhel-coreos-extensions'] = images
      const text = `${JSON.stringify(stream, undefined, 2)}\n`
      const target = join(folder, 't.json')
      const paid = azureImage('rh-ocp-worker', '4.18.2024100419')
      await writeFile(target, text)
      await writeFile(
        join(folder, 's.json'),
        snapshotText([azureImage('418-v2', '418.94.20241009'), paid]),
      )
      const regenerate = (...args: string[]) =>
        run(['regenerate', 's.json', '--target', 't.json', ...args], { cwd: folder })

      const refused = await regenerate()
      expect(refused.status).toBe(1)
      expect(refused.stderr).toContain('the target would lose 1 marketplace image\n')
      expect(refused.stderr.split('\n')).toContain(`${line} (not queried)`)
      expect(await readFile(target, 'utf8')).toBe(text)

      const allowed = await regenerate('--allow-regression')
      expect(allowed.status).toBe(0)
      expect(allowed.stderr + allowed.stdout).toContain(line.trim().split('  ')[1]?.trim())
      expect(await readFile(target, 'utf8')).not.toContain('418-v3')
    },
  )
})
