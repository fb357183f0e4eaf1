import { describe, expect, it } from 'vitest'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import { readStream, type Stream } from '../../src/core/stream/stream.ts'
import { ocpOf, publishedStream, publishedStreams } from '../support/corpus.ts'
import { azureImage, snapshotOf } from '../support/snapshots.ts'

const files = publishedStreams
const IMAGES = ['416', '417', '418'].flatMap((minor) => [
  azureImage(`${minor}-v2`, `${minor}.94.20240701`),
  azureImage(`${minor}-arm`, `${minor}.94.20240701`),
])

describe('the published streams', () => {
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
})
