import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { CORPUS } from '../support/corpus.ts'
import { git } from '../support/git.ts'

const BUNDLE = join(CORPUS, 'history/installer-main.bundle')
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

/** The streams of the folder with their marketplace files, by name. */
async function streamsIn(folder: string): Promise<Readonly<Record<string, Stream>>> {
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

/** Releases by architecture and images by slot, as plain lines. */
async function stateAt(
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

const line = (name: string, before = 'none', after = 'none') => `${name}: ${before} -> ${after}`

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => line(name, before.get(name), after.get(name)))
    .sort()
}

/** The builds and slots that `diff -o json` prints for a stream. */
function printed(changes: readonly Json[]): string[] {
  return changes
    .filter(({ kind, change }) => (kind === 'build' || kind === 'slot') && change !== 'regraded')
    .map(({ kind, plan, architecture, generation, before, after }) => {
      const name = ['slot', plan, architecture, generation].join(' ')
      const image = (side: Json | null) =>
        side === null
          ? undefined
          : ['publisher', 'offer', 'sku', 'version'].map((member) => side.image[member]).join(':')
      return kind === 'build'
        ? line(`build ${architecture}`, before?.release, after?.release)
        : line(name, image(before), image(after))
    })
    .sort()
}

describe('diff --base', () => {
  it("names the builds and slots of the installer's last ten bumps", async () => {
    folder = join(await temporaryFolder(), 'installer')
    await git(CORPUS, 'clone', '--quiet', '--branch', 'main', BUNDLE, folder)
    const log = await git(folder, 'log', '--first-parent', '--format=%H', '--', PLACE)
    let bumps = 0
    for (const commit of log.trim().split('\n')) {
      await git(folder, 'checkout', '--quiet', commit)
      const streams = await streamsIn(folder)
      const expected: Record<string, string[]> = {}
      for (const [name, stream] of Object.entries(streams)) {
        expected[name] = differences(
          await stateAt(`${commit}^1`, stream),
          await stateAt(commit, stream),
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
        printed(changes),
      ])
      expect({ commit, ...Object.fromEntries(found) }).toEqual({ commit, ...expected })
      bumps += 1
      if (bumps === 10) return
    }
    expect(bumps).toBe(10)
  }, 120_000)
})
