import { join } from 'node:path'
import fs from 'fs-extra'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAt, git } from '../support/git.ts'
import { capturePairs } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const call = (...words: string[]) => run(words, { cwd: folder })
const FILES = ['s.json', 's.recording.json', 'rhcos.json', 'marketplace.json']
const readAll = () => Promise.all(FILES.map((name) => fs.readFile(at(name), 'utf8')))

/** Clones a workspace with core.autocrlf=true. */
beforeEach(async () => {
  const origin = await temporaryFolder()
  const { older } = await capturePairs()
  await fs.outputFile(join(origin, 's.json'), older.snapshot)
  await fs.outputFile(join(origin, 's.recording.json'), older.recording)
  await fs.outputFile(join(origin, 'rhcos.json'), smallStream(EXAMPLE))
  await fs.outputJson(join(origin, 'stream-snapshot.json'), {
    streams: {
      rhcos: { snapshot: 's.json', target: 'rhcos.json', marketplaceFile: 'marketplace.json' },
    },
  })
  const regenerated = await run(
    ['regenerate', 's.json', '--target', 'rhcos.json', '--marketplace-file', 'marketplace.json'],
    { cwd: origin },
  )
  expect(regenerated.status).toBe(0)
  await commitAt(origin, '2024-10-20T12:00:00Z', 'first')
  folder = join(await temporaryFolder(), 'clone')
  await git(origin, 'clone', '-q', '-c', 'core.autocrlf=true', origin, folder)
  for (const text of await readAll()) expect(text).toMatch(/^[^\n]*\r\n/)
})

describe('a checkout with CRLF', () => {
  it('passes verify, regenerate --check and check', async () => {
    const target = ['--target', 'rhcos.json', '--marketplace-file', 'marketplace.json']
    const verified = await call('verify', 's.json', ...target)
    expect(verified).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^1 snapshot: all checks passed\n/),
    })
    expect(await call('regenerate', 's.json', ...target, '--check')).toMatchObject({ status: 0 })
    expect(await call('check')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('rhcos: ok'),
    })
    for (const words of [[], ['rhcos'], ['--base', 'HEAD']]) {
      expect(await call('diff', ...words)).toMatchObject({ status: 0, stdout: '' })
    }
  })

  it('keeps its bytes in a replay, and verify still detects a change', async () => {
    const before = await readAll()
    const replayed = await call('capture', 's.json', '--replay')
    expect(replayed).toMatchObject({ status: 0, stderr: expect.not.stringContaining('warning') })
    expect(await readAll()).toEqual(before)

    const recording = await fs.readFile(at('s.recording.json'), 'utf8')
    await fs.writeFile(at('s.recording.json'), recording.replace('\r\n', '\r\n\r\n'))
    const { status, stdout } = await call('verify', 's.json')
    expect(status).toBe(1)
    expect(stdout).toContain('s.json: recording: FAILED')
  })
})
