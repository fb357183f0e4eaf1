import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, run } from '../support/cli.ts'
import { commitVersions, createVersions, sealText } from './long-history.ts'

const USAGE = fileURLToPath(new URL('../faults/usage.js', import.meta.url))
const SNAPSHOT = fileURLToPath(new URL('../../snapshots/rhcos-4.18.json', import.meta.url))

interface Bounds {
  readonly megabytes: number
  /** Processor time. Five times as much is allowed for slow or busy machines. */
  readonly seconds: number
}

let folder: string
afterAll(() => rm(folder, { recursive: true, force: true }))

async function within(bounds: Bounds, args: readonly string[]): Promise<Outcome> {
  const usage = join(folder, 'usage.json')
  const outcome = await run(args, { cwd: folder, node: ['--import', USAGE], env: { USAGE: usage } })
  expect(outcome).toMatchObject({ status: 0 })
  const { megabytes, seconds }: Bounds = JSON.parse(await readFile(usage, 'utf8'))
  expect(megabytes).toBeLessThan(bounds.megabytes)
  expect(seconds).toBeLessThan(5 * bounds.seconds)
  return outcome
}

describe('the history of a snapshot with 3,000 versions', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-long-'))
    const first = await readFile(SNAPSHOT, 'utf8')
    await commitVersions(folder, 's.json', createVersions(first, 3000))
  }, 300_000)

  it('is printed within 300 MB and 10 s in each format', async () => {
    for (const form of ['table', 'csv', 'json']) {
      const bounds = { megabytes: 300, seconds: 10 }
      const { stdout } = await within(bounds, ['history', 's.json', '-o', form])
      if (form === 'table') expect(stdout.match(/^[0-9a-f]{7} /gm)).toHaveLength(3000)
      if (form === 'json') expect(JSON.parse(stdout)).toHaveLength(3000)
    }
  })

  it('is only read up to the requested version', async () => {
    const bounds = { megabytes: 100, seconds: 0.3 }
    const { stdout } = await within(bounds, ['history', 's.json', '--max-count', '1'])
    expect(stdout).toMatch(/^[0-9a-f]{7} {2}2026-03-19 {2}version 2999\n {2}~ {2}azure /)
  })

  it('has a report of less than 3 MB that shows the latest versions', async () => {
    const bounds = { megabytes: 300, seconds: 10 }
    const { stderr } = await within(bounds, ['report', 's.json', '--file', 'page.html'])
    expect(stderr).toBe('page.html: written, 3000 versions\n')
    expect((await stat(join(folder, 'page.html'))).size).toBeLessThan(3_000_000)
    const page = await readFile(join(folder, 'page.html'), 'utf8')
    expect(page).toMatch(
      /3000 versions in git, <time[^>]*>2018-01-01<\/time> to <time[^>]*>2026-03-19/,
    )
    expect(page).toContain('This page shows the latest 200 versions; ')
  })
})

describe('the history of a snapshot with 20 versions of 11 MB', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-large-'))
    const first = await readFile(SNAPSHOT, 'utf8')
    await commitVersions(folder, 's.json', createVersions(enlarge(first, 11_000_000), 20))
  }, 300_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each([
    [['history', 's.json'], 'version 19'],
    [['report', 's.json', '--file', 'page.html'], ''],
  ])('is printed within 400 MB and 20 s: %j', async (args, expected) => {
    const bounds = { megabytes: 400, seconds: 20 }
    const { stdout } = await within(bounds, args)
    expect(stdout).toContain(expected)
  })
})

/** Adds AWS images to a snapshot until its text has a minimum length. */
function enlarge(text: string, length: number): string {
  const lines = text.split('\n')
  const images = lines.flatMap((line, at) => (/"image":"ami-/.test(line) ? [at] : []))
  const [first = 0] = images
  const more: string[] = []
  for (let size = text.length; size < length; ) {
    const line = lines[images[more.length % images.length] ?? 0] ?? ''
    const id = more.length.toString(16).padStart(17, '0')
    const other = line.replace(/ami-[0-9a-f]{17}/, `ami-${id}`).replace(/,?$/, ',')
    more.push(other)
    size += other.length + 1
  }
  return sealText(lines.toSpliced(first, 0, ...more).join('\n'))
}
