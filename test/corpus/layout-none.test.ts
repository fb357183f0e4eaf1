import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotOf, snapshotText } from '../support/snapshots.ts'

const STREAMS = join(process.env.CORPUS_DIR ?? '../shared/corpus', 'streams')
const files = readdirSync(STREAMS)
const IMAGES = ['416', '417', '418'].flatMap((minor) => [
  azureImage(`${minor}-v2`, `${minor}.94.20240701`),
  azureImage(`${minor}-arm`, `${minor}.94.20240701`),
])

/** The two values that a regeneration sets. */
const withoutMetadata = (text: string) => text.replace(/"metadata": \{[^}]*\}/, '"metadata": {}')

describe('the published streams', () => {
  it('are all there', () => expect(files).toHaveLength(51))

  it.each(files)('%s comes back byte for byte, but for the metadata', (file) => {
    const text = readFileSync(join(STREAMS, file), 'utf8')
    const { stream } = regenerate({
      snapshot: snapshotOf(IMAGES),
      target: readStream(text, file),
      layouts: [],
      requirement: 'any',
      allowRegression: false,
    })
    expect(withoutMetadata(stream.print())).toBe(withoutMetadata(text))
    expect(stream.metadata()).toEqual({
      lastModified: '2024-10-20T12:00:00Z',
      generator: 'stream-snapshot test',
    })
  })

  it.each(files)('%s is regenerated once, and then stays', (file) => {
    const text = readFileSync(join(STREAMS, file), 'utf8')
    const make = (target: string) =>
      regenerate({
        snapshot: snapshotOf(IMAGES),
        target: readStream(target, file),
        layouts: ['enhancement', 'stream-metadata'],
        requirement: 'any',
        allowRegression: false,
      }).stream.print()
    const once = make(text)
    expect(make(once)).toBe(once)
  })

  it('come back through the command line too', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 's.json'), snapshotText(IMAGES))
    for (const file of files.filter((_, index) => index % 10 === 0)) {
      const target = join(folder, file)
      copyFileSync(join(STREAMS, file), target)
      await writeFile(target, readFileSync(target), { mode: 0o644 })
      expect(
        await run(['regenerate', 's.json', '--target', file, '--layout', 'none'], { cwd: folder }),
      ).toMatchObject({ status: 0 })
      expect(withoutMetadata(readFileSync(target, 'utf8'))).toBe(
        withoutMetadata(readFileSync(join(STREAMS, file), 'utf8')),
      )
    }
  })
})
