import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { capture } from '../../src/capture/capture.ts'
import { readRecording } from '../../src/capture/recording.ts'
import { toReplay } from '../../src/capture/verify.ts'
import { isSameContent, readSnapshot } from '../../src/core/snapshot/read.ts'

const at = (name: string) => new URL(`../../snapshots/${name}`, import.meta.url)

async function createReplayRequest() {
  const [text, recording] = await Promise.all(
    ['rhcos-4.18.json', 'rhcos-4.18.recording.json'].map((name) => readFile(at(name), 'utf8')),
  )
  const snapshot = readSnapshot(text ?? '', 's.json')
  return { snapshot, request: toReplay(snapshot, readRecording(recording ?? '', 'r.json')) }
}

describe('captures in one process', () => {
  it('run one after another, even if one fails', async () => {
    const { snapshot, request } = await createReplayRequest()
    const started: string[] = []
    const createRequest = (name: string) => ({
      ...request,
      onProgress: () => {
        if (started.at(-1) !== name) started.push(name)
      },
    })
    const results = await Promise.allSettled([
      capture(createRequest('first')),
      capture({ ...createRequest('second'), replay: [] }),
      capture(createRequest('third')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    for (const result of results) {
      if (result.status === 'rejected') continue
      expect(isSameContent(result.value.content, snapshot)).toBe(true)
    }
    expect(started).toEqual(['first', 'second', 'third'])
  })
})
