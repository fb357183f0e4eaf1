import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'
import { git } from '../support/git.ts'

const BUNDLE = resolve(
  process.env.CORPUS_DIR ?? '../shared/corpus',
  'history/installer-main.bundle',
)
const STREAM = 'data/data/coreos/coreos-rhel-9.json'
const MARKETPLACE = 'data/data/coreos/marketplace/coreos-rhel-9.json'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'installer-'))
  await git(folder, 'clone', '--quiet', '--branch', 'main', BUNDLE, '.')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe("the installer's own stream", () => {
  it('is followed with its marketplace file through renames to 2021', async () => {
    const { status, stdout } = await run(['history', STREAM, '-o', 'json'], { cwd: folder })
    expect(status).toBe(0)
    const versions: { date: string; path: string; commit: string }[] = JSON.parse(stdout)
    expect(versions[0]?.date).toMatch(/^2021-/)
    const paths = [...new Set(versions.map(({ path }) => path))]
    expect(paths.at(-1)).toBe(STREAM)
    expect(paths.length).toBeGreaterThan(1)
    // Expected are the commits that git finds by similarity.
    const log = async (...args: string[]) =>
      (await git(folder, 'log', '--format=%H', ...args)).trim().split('\n')
    const follow = (path: string) => log('--follow', '--', path)
    const expected = new Set([...(await follow(STREAM)), ...(await follow(MARKETPLACE))])
    const commits = (await log()).filter((commit) => expected.has(commit))
    expect(versions.map(({ commit }) => commit).toReversed()).toEqual(commits)
  })
})
