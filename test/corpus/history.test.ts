import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getReleases } from '../../src/core/stream/releases.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { run } from '../support/cli.ts'
import { commitAt } from '../support/git.ts'

const STREAMS = join(process.env.CORPUS_DIR ?? '../shared/corpus', 'streams')

let folder: string
let files: string[]

/** A repository in which each of the published streams came in the place of the one before. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-history-'))
  files = (await readdir(STREAMS)).sort()
  for (const [at, file] of files.entries()) {
    await writeFile(join(folder, 'rhcos.json'), await readFile(join(STREAMS, file)))
    await commitAt(folder, new Date(Date.UTC(2022, 0, 1 + 7 * at)).toISOString(), file)
  }
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the published streams, committed in their order', () => {
  it('are as many versions, each with its releases', async () => {
    const { status, stdout } = await run(['history', 'rhcos.json', '-o', 'json'], { cwd: folder })
    expect(status).toBe(0)
    const versions: { subject: string; releases: Record<string, string> }[] = JSON.parse(stdout)
    expect(versions.map(({ subject }) => subject)).toEqual(files)
    expect(versions).toHaveLength(58)
    for (const { subject, releases } of versions) {
      const stream = readStream(await readFile(join(STREAMS, subject), 'utf8'), subject)
      expect(releases).toEqual(Object.fromEntries(getReleases(stream)))
    }
    const table = await run(['history', 'rhcos.json'], { cwd: folder })
    expect(table.stdout.split('\n').filter((line) => /^[0-9a-f]{7} /.test(line))).toHaveLength(58)
  })

  it('make a page under a megabyte within three seconds', async () => {
    const times: number[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      const start = performance.now()
      const outcome = await run(['report', 'rhcos.json', '--file', 'report.html'], { cwd: folder })
      times.push(performance.now() - start)
      expect(outcome).toMatchObject({ status: 0 })
    }
    expect(Math.min(...times)).toBeLessThan(3000)
    expect((await stat(join(folder, 'report.html'))).size).toBeLessThan(1_000_000)
  })
})
