import { copyFileSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import { readStream, type Stream } from '../../src/core/stream/stream.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { CORPUS, ocpOf, publishedStream, publishedStreams } from '../support/corpus.ts'
import { azureImage, snapshotOf, snapshotText } from '../support/snapshots.ts'

const STREAMS = join(CORPUS, 'streams')
const files = publishedStreams
const IMAGES = ['416', '417', '418'].flatMap((minor) => [
  azureImage(`${minor}-v2`, `${minor}.94.20240701`),
  azureImage(`${minor}-arm`, `${minor}.94.20240701`),
])

describe('the published streams', () => {
  it('are all there', () => expect(files).toHaveLength(58))

  it.each(files)('%s comes back byte for byte with --layout none', (file) => {
    const text = publishedStream(file)
    const { stream } = regenerate({
      snapshot: snapshotOf(IMAGES),
      target: readStream(text, file),
      layouts: [],
      requirement: 'any',
      allowRegression: false,
    })
    expect(stream.print()).toBe(text)
  })

  it.each(files)('%s is regenerated once and then stays, or is for no image', (file) => {
    const target = readStream(publishedStream(file), file)
    const ocp = ocpOf(target)
    const snapshot = snapshotOf(IMAGES)
    const make = (from: Stream) =>
      regenerate({
        snapshot: { ...snapshot, stream: { ...snapshot.stream, ocp: ocp ?? '4.18' } },
        target: from,
        layouts: ['enhancement', 'stream-metadata'],
        requirement: 'any',
        // Some have marketplace images that are not among these.
        allowRegression: true,
      }).stream
    if (ocp === undefined) {
      expect(() => make(target)).toThrow(
        /^the snapshot's images are for OCP 4\.18, and the target has /,
      )
    } else {
      const once = make(target)
      expect(make(once).print()).toBe(once.print())
    }
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
      expect(readFileSync(target, 'utf8')).toBe(publishedStream(file))
    }
  })
})
