import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAzure } from '../mock-servers/azure.ts'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { capture } from './azure.ts'
import { EXAMPLE, smallStream } from './streams.ts'

/** The text of a snapshot and of its recording. */
export interface Pair {
  readonly snapshot: string
  readonly recording: string
}

interface Pairs {
  readonly older: Pair
  readonly newer: Pair
}

let captured: Promise<Pairs> | undefined

/**
 * Captures `s.json` before and after the marketplace has the images of the build. Cached for each
 * worker.
 */
export function capturePairs(): Promise<Pairs> {
  captured ??= captureBoth()
  return captured
}

async function captureBoth(): Promise<Pairs> {
  const folder = await mkdtemp(join(tmpdir(), 'pairs-'))
  const mockServer = await startAzure({ images: imagesBeforeBump() })
  const stream = join(folder, 'rhcos.json')
  const captureOne = async (): Promise<Pair> => {
    const { status, stderr } = await capture(mockServer, join(folder, 's.json'), [
      '--stream',
      stream,
    ])
    if (status !== 0) throw new Error(stderr)
    const [snapshot, recording] = await Promise.all(
      ['s.json', 's.recording.json'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    return { snapshot: snapshot ?? '', recording: recording ?? '' }
  }
  try {
    await writeFile(stream, smallStream(EXAMPLE))
    const older = await captureOne()
    mockServer.setImages(imagesAfterBump())
    return { older, newer: await captureOne() }
  } finally {
    await mockServer.close()
    await rm(folder, { recursive: true, force: true })
  }
}
