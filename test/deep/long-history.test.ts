import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, run } from '../support/cli.ts'
import { commitVersions, snapshotLife } from './long-history.ts'

const USAGE = fileURLToPath(new URL('../faults/usage.js', import.meta.url))
const SNAPSHOT = fileURLToPath(new URL('../../snapshots/rhcos-4.18.json', import.meta.url))

interface Bounds {
  readonly megabytes: number
  /** Of the processor; a busy machine takes three times that. */
  readonly seconds: number
}

let folder: string
afterAll(() => rm(folder, { recursive: true, force: true }))

async function within(bounds: Bounds, _what: string, args: readonly string[]): Promise<Outcome> {
  const usage = join(folder, 'usage.json')
  const outcome = await run(args, { cwd: folder, node: ['--import', USAGE], env: { USAGE: usage } })
  expect(outcome).toMatchObject({ status: 0 })
  const { megabytes, seconds }: Bounds = JSON.parse(await readFile(usage, 'utf8'))
  expect(megabytes).toBeLessThan(bounds.megabytes)
  expect(seconds).toBeLessThan(3 * bounds.seconds)
  return outcome
}

describe('a snapshot of 3,000 versions', () => {
  const what = '3,000 versions'

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-long-'))
    const first = await readFile(SNAPSHOT, 'utf8')
    await commitVersions(folder, 's.json', snapshotLife(first, 3000))
  }, 300_000)

  it('is listed within 10 s, as a table within 300 MB', async () => {
    for (const form of ['table', 'csv', 'json']) {
      // The other formats hold all versions before they print.
      const bounds = { megabytes: form === 'table' ? 300 : 900, seconds: 10 }
      const { stdout } = await within(bounds, what, ['history', 's.json', '-o', form])
      if (form === 'table') expect(stdout.match(/^[0-9a-f]{7} /gm)).toHaveLength(3000)
      if (form === 'json') expect(JSON.parse(stdout)).toHaveLength(3000)
    }
  })

  it('is read no further than the requested versions', async () => {
    const bounds = { megabytes: 100, seconds: 0.3 }
    const { stdout } = await within(bounds, what, ['history', 's.json', '--max-count', '1'])
    expect(stdout).toMatch(/^[0-9a-f]{7} {2}2026-03-19 {2}version 2999\n {2}~ {2}azure /)
  })
})
