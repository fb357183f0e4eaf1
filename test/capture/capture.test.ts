import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { capture } from '../../src/capture/capture.ts'
import { readRecording } from '../../src/capture/recording.ts'
import { toReplay } from '../../src/capture/verify.ts'
import { isSameContent, readSnapshot } from '../../src/core/snapshot/read.ts'

const at = (name: string) => new URL(`../../snapshots/${name}`, import.meta.url)

async function replayRequest() {
  const [text, recording] = await Promise.all(
    ['rhcos-4.18.json', 'rhcos-4.18.recording.json'].map((name) => readFile(at(name), 'utf8')),
  )
  const snapshot = readSnapshot(text ?? '', 's.json')
  return { snapshot, request: toReplay(snapshot, readRecording(recording ?? '', 'r.json')) }
}

describe('captures of one process', () => {
  it('run one after another, also when one of them fails', async () => {
    const { snapshot, request } = await replayRequest()
    const started: string[] = []
    const follow = (name: string) => ({
      ...request,
      onProgress: () => {
        if (started.at(-1) !== name) started.push(name)
      },
    })
    const results = await Promise.allSettled([
      capture(follow('first')),
      capture({ ...follow('second'), replay: [] }),
      capture(follow('third')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    for (const result of results) {
      if (result.status === 'rejected') continue
      expect(isSameContent(result.value.content, snapshot)).toBe(true)
    }
    expect(started).toEqual(['first', 'second', 'third'])
  })
})
