import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getReleases, readStream } from '../../src/core/stream/stream.ts'
import { run } from '../support/cli.ts'
import { CORPUS, INSTALLER_BUNDLE } from '../support/corpus.ts'
import { commitAt, git } from '../support/git.ts'

const STREAMS = join(CORPUS, 'streams')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-history-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the history of all published streams', () => {
  let files: string[]
  const at = (name: string) => join(folder, 'streams', name)

  beforeAll(async () => {
    await git(folder, 'init', '--quiet', 'streams')
    files = (await readdir(STREAMS)).sort()
    for (const [index, file] of files.entries()) {
      await writeFile(at('rhcos.json'), await readFile(join(STREAMS, file)))
      await commitAt(at('.'), new Date(Date.UTC(2022, 0, 1 + 7 * index)).toISOString(), file)
    }
  }, 120_000)

  it('has one version per stream, with its releases', async () => {
    const { status, stdout } = await run(['history', 'rhcos.json', '-o', 'json'], { cwd: at('.') })
    expect(status).toBe(0)
    const versions: { subject: string; releases: Record<string, string> }[] = JSON.parse(stdout)
    expect(versions.map(({ subject }) => subject)).toEqual(files)
    for (const { subject, releases } of versions) {
      const stream = readStream(await readFile(join(STREAMS, subject), 'utf8'), subject)
      expect(releases).toEqual(Object.fromEntries(getReleases(stream)))
    }
    const table = await run(['history', 'rhcos.json'], { cwd: at('.') })
    expect(table.stdout.split('\n').filter((line) => /^[0-9a-f]{7} /.test(line))).toHaveLength(58)
  })
})

interface Version {
  readonly commit: string
  readonly changes: readonly { readonly before: Side | null; readonly after: Side | null }[]
}
interface Side {
  readonly release: string | null
}

/** Changes in the output of `history` that `git diff` does not show. */
async function findUnverified(cwd: string, name: string, files: readonly string[]) {
  const { stdout } = await run(['history', name, '-o', 'json'], { cwd })
  const versions: Version[] = JSON.parse(stdout)
  const unverified: string[] = []
  for (const { commit, changes } of versions) {
    const parent = await git(cwd, 'rev-parse', '--verify', '--quiet', `${commit}^1`).catch(
      () => '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    )
    const diff = await git(cwd, 'diff', '-M', parent.trim(), commit, '--', ...files)
    const lines = (sign: string) => diff.split('\n').filter((line) => line.startsWith(sign))
    const [removed, added] = [lines('-').join('\n'), lines('+').join('\n')]
    for (const { before, after } of changes) {
      const [old, fresh] = [before?.release ?? undefined, after?.release ?? undefined]
      // A replaced image may still be listed, so that its line is unchanged.
      const isShown =
        old === fresh
          ? diff !== ''
          : (fresh && added.includes(fresh)) || (old && removed.includes(old))
      const isRemoved = before && !after && old
      if (!isShown || (isRemoved && !removed.includes(old))) {
        unverified.push(`${commit} ${old} -> ${fresh}`)
      }
    }
  }
  return { count: versions.flatMap(({ changes }) => changes).length, unverified }
}

describe("the history of the installer's streams", () => {
  it('only has changes that git diff shows', async () => {
    const cwd = join(folder, 'installer')
    await git(folder, 'clone', '--quiet', '--branch', 'main', INSTALLER_BUNDLE, cwd)
    expect(await run(['init'], { cwd })).toMatchObject({ status: 0 })
    for (const name of ['rhel-9', 'rhel-10', 'scos']) {
      const { count, unverified } = await findUnverified(cwd, name, [
        'data/data',
        'data/rhcos-stream.json',
        '.',
      ])
      expect(unverified).toEqual([])
      expect(count).toBeGreaterThan(4)
    }
  })
})
