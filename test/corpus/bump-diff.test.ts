import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { CORPUS, INSTALLER_BUNDLE } from '../support/corpus.ts'
import { git } from '../support/git.ts'

const PLACE = 'data/data/coreos'

type Json = ReturnType<typeof JSON.parse>

let folder: string

async function readCommitted(commit: string, path: string): Promise<Json> {
  const text = await git(folder, 'show', `${commit}:${path}`).catch(() => '{}')
  return JSON.parse(text)
}

interface Stream {
  readonly target: string
  readonly marketplaceFile: string | undefined
}

/** The streams in a clone, by name. */
async function findStreams(folder: string): Promise<Readonly<Record<string, Stream>>> {
  const files = (await readdir(join(folder, PLACE))).filter((name) =>
    /^(?!marketplace).*\.json$/.test(name),
  )
  const streams = files.map((file): [string, Stream] => {
    const paths = [`${PLACE}/marketplace/${file}`, `${PLACE}/marketplace-${file}`]
    const marketplaceFile = paths.find((path) => existsSync(join(folder, path)))
    return [basename(file, '.json'), { target: `${PLACE}/${file}`, marketplaceFile }]
  })
  return Object.fromEntries(streams)
}

/** The release of each architecture and the image of each slot at a commit. */
async function readState(
  commit: string,
  { target, marketplaceFile }: Stream,
): Promise<Map<string, string>> {
  const { architectures = {} } = await readCommitted(commit, target)
  const state = new Map<string, string>()
  const addImages = (arch: string, azure: Json = {}) => {
    for (const [plan, generations] of Object.entries<Json>(azure)) {
      for (const [generation, image] of Object.entries<Json>(generations)) {
        const { publisher, offer, sku, version } = image
        const name = `slot ${plan} ${arch} ${generation.replace('hyperVGen', '')}`
        state.set(name, [publisher, offer, sku, version].join(':'))
      }
    }
  }
  for (const [arch, content] of Object.entries<Json>(architectures)) {
    state.set(`build ${arch}`, content.artifacts.metal.release)
    addImages(arch, content['rhel-coreos-extensions']?.marketplace?.azure)
  }
  const file = marketplaceFile ? await readCommitted(commit, marketplaceFile) : {}
  for (const [arch, { azure }] of Object.entries<Json>(file)) addImages(arch, azure)
  return state
}

const toLine = (name: string, before = 'none', after = 'none') => `${name}: ${before} -> ${after}`

function getDifferences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => toLine(name, before.get(name), after.get(name)))
    .sort()
}

/** Lines for the changes of builds and slots in the output of `diff -o json`. */
function toLines(changes: readonly Json[]): string[] {
  return changes
    .filter(({ kind, change }) => (kind === 'build' || kind === 'slot') && change !== 'regraded')
    .map(({ kind, plan, architecture, generation, before, after }) => {
      const name = ['slot', plan, architecture, generation].join(' ')
      const image = (side: Json | null) =>
        side === null
          ? undefined
          : ['publisher', 'offer', 'sku', 'version'].map((member) => side.image[member]).join(':')
      return kind === 'build'
        ? toLine(`build ${architecture}`, before?.release, after?.release)
        : toLine(name, image(before), image(after))
    })
    .sort()
}

describe('diff --base', () => {
  it("prints the changed builds and slots of the installer's last ten bumps", async () => {
    folder = join(await temporaryFolder(), 'installer')
    await git(CORPUS, 'clone', '--quiet', '--branch', 'main', INSTALLER_BUNDLE, folder)
    const log = await git(folder, 'log', '--first-parent', '--format=%H', '--', PLACE)
    let bumps = 0
    for (const commit of log.trim().split('\n')) {
      await git(folder, 'checkout', '--quiet', commit)
      const streams = await findStreams(folder)
      const expected: Record<string, string[]> = {}
      for (const [name, stream] of Object.entries(streams)) {
        expected[name] = getDifferences(
          await readState(`${commit}^1`, stream),
          await readState(commit, stream),
        )
      }
      if (!/^build /m.test(Object.values(expected).flat().join('\n'))) continue
      const configs = Object.entries(streams).map(([name, stream]) => [
        name,
        { snapshot: `snapshots/${name}.json`, ...stream },
      ])
      const workspace = { clouds: ['azure'], streams: Object.fromEntries(configs) }
      await writeFile(join(folder, 'stream-snapshot.json'), JSON.stringify(workspace))
      const { stdout } = await run(['diff', '--base', `${commit}^1`, '-o', 'json'], { cwd: folder })
      const difference: Json = JSON.parse(stdout)
      const found = Object.entries<Json>(difference.streams).map(([name, { changes }]) => [
        name,
        toLines(changes),
      ])
      expect({ commit, ...Object.fromEntries(found) }).toEqual({ commit, ...expected })
      bumps += 1
      if (bumps === 10) return
    }
    expect(bumps).toBe(10)
  }, 120_000)
})
