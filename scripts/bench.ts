/**
 * Measures the built command line against what there is to compare it with, and prints tables. Every
 * figure is a median over interleaved runs; docs/performance.md says what they are to be.
 */

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { markdownTable } from '../src/show/markdown.ts'
import { type AzureMockServer, startAzure } from '../test/mock-servers/azure.ts'
import { imagesAfterBump } from '../test/mock-servers/azure-images.ts'
import { startBuilds } from '../test/mock-servers/builds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../test/mock-servers/demonstration-builds.ts'
import { loadedBy } from './bench/loaded.ts'
import { type Contestant, compare, type Measured, median, start, usageOf } from './bench/measure.ts'
import { writeAltered, writeLarge } from './bench/snapshots.ts'

const PARTS = ['start', 'capture', 'scale', 'loaded'] as const
const { runs, part, largest } = await yargs(hideBin(process.argv))
  .option('runs', { type: 'number', default: 15, describe: 'Runs of each, in turn' })
  .option('part', { choices: PARTS, array: true, default: PARTS, describe: 'What to measure' })
  .option('largest', { type: 'number', default: 1_000_000, describe: 'Images, at most' })
  .strict()
  .parseAsync()

/** Of a mock server, in milliseconds. */
const LATENCY = 100
const root = fileURLToPath(new URL('../', import.meta.url))
const node = process.execPath
const CLI = join(root, 'dist/cli.cjs')
const SNAPSHOT = join(root, 'snapshots/rhcos-4.18.json')
const folder = await fs.mkdtemp(join(tmpdir(), 'bench-'))
const target = join(folder, 'rhcos.json')
await fs.copyFile(join(root, 'demo/rhcos.json'), target)

const cli = (name: string, ...args: string[]): Contestant => ({
  name,
  command: [node, CLI, ...args],
})
const regenerate = (snapshot: string) =>
  cli('regenerate', 'regenerate', snapshot, '--target', target, '--allow-regression', '--quiet')
const parse = (...files: string[]): Contestant => ({
  name: 'read and JSON.parse',
  command: [
    node,
    '-e',
    'globalThis.kept = process.argv.slice(1).map((file) => JSON.parse(fs.readFileSync(file, "utf8")))',
    ...files,
  ],
})

const MEASURE: Readonly<Record<(typeof PARTS)[number], () => Promise<void>>> = {
  async start() {
    const contestants = [
      { name: 'node -e 0', command: [node, '-e', '0'] } as const,
      cli('--version', '--version'),
      cli('--help', '--help'),
      cli('regenerate --target', 'regenerate', SNAPSHOT, '--target', target),
      cli('diff', 'diff', SNAPSHOT, SNAPSHOT),
      cli('verify', 'verify', SNAPSHOT),
    ]
    show('Start-up', await compare(contestants, runs, folder))
    const { NODE_EXTRA_CA_CERTS } = process.env
    if (NODE_EXTRA_CA_CERTS) {
      // Node parses them at every start.
      const trusting = contestants.map((each) => ({ ...each, env: { NODE_EXTRA_CA_CERTS } }))
      show('Start-up with NODE_EXTRA_CA_CERTS', await compare(trusting, runs, folder))
    }
    const others = [regenerate(SNAPSHOT), ...(await rivals())]
    show('The same work by others', await compare(others, runs, folder))
  },

  async capture() {
    const [slow, quick] = await Promise.all(
      [LATENCY, 0].map((latencyMs) => startAzure({ images: imagesAfterBump(), latencyMs })),
    )
    if (slow === undefined || quick === undefined) return
    const against = (name: string, { url, environment }: typeof slow, concurrency: number) => ({
      ...cli(
        name,
        ...['capture', join(folder, 'captured.json'), '--stream', target, '--quiet'],
        ...['--azure-endpoint', url, '--concurrency', String(concurrency)],
      ),
      env: environment,
    })
    const contestants = [
      against('no latency', quick, 8),
      against('100 ms, 8 at a time', slow, 8),
      against('100 ms, one after another', slow, 1),
    ]
    show('Capture of Azure', await compare(contestants, Math.min(runs, 15), folder))
    const spans: string[][] = []
    for (const each of contestants.slice(1)) {
      const asked = await questionsOf(each, slow, Math.min(runs, 15))
      const medianOf = (key: 'start' | 'asking') =>
        inMilliseconds(median(asked.map((run) => run[key])))
      spans.push([each.name, String(asked[0]?.count), medianOf('start'), medianOf('asking')])
    }
    const header = ['', 'questions', 'first request', 'first question to last answer']
    print('A capture as the mock server sees it', header, spans)
    await Promise.all([slow.close(), quick.close()])
  },

  async scale() {
    for (const count of [1_000, 10_000, 100_000, 1_000_000].filter((each) => each <= largest)) {
      const file = join(folder, `${count}.json`)
      writeLarge(SNAPSHOT, file, count)
      const list = cli('list', 'list', file, '--sku', '418-arm', '-o', 'tsv')
      show(
        `${count.toLocaleString('en')} images`,
        await compare([parse(file), regenerate(file), list], runs, folder),
      )
      if (count !== 100_000) continue
      const other = join(folder, 'altered.json')
      writeAltered(file, other, 100)
      const diff = { ...cli('diff', 'diff', file, other), codes: [1] }
      show('Two of 100,000 images', await compare([parse(file, other), diff], runs, folder))
    }
  },

  async loaded() {
    const contestants = [
      cli('--version', '--version'),
      cli('--help', '--help'),
      regenerate(SNAPSHOT),
      cli('verify', 'verify', SNAPSHOT),
    ]
    const rows = await Promise.all(
      contestants.map(async (each) => {
        const { files, bytes } = await loadedBy(each)
        const { bytesRead = '' } = (await usageOf(each, folder)) ?? {}
        return [each.name, files.length, bytes, bytesRead].map(String)
      }),
    )
    print('Modules loaded, and all that is read', ['command', 'modules', 'bytes', 'read'], rows)
  },
}

try {
  for (const each of part) await MEASURE[each]()
} finally {
  await fs.remove(folder)
}

/** A run as the mock server sees it, in seconds. */
interface Asked {
  /** Without the sign-in's. */
  readonly count: number
  /** Until anything is asked, which is the sign-in. */
  readonly start: number
  /** From the first question to the last answer, the sign-in left out. */
  readonly asking: number
}

async function questionsOf(contestant: Contestant, mockServer: AzureMockServer, runs: number) {
  const all: Asked[] = []
  for (let run = 0; run < runs; run++) {
    const [from, started] = [mockServer.requests.length, Date.now()]
    await start(contestant)
    const requests = mockServer.requests.slice(from)
    const times = requests
      .filter(({ path }) => path.startsWith('/subscriptions/'))
      .map(({ time }) => time)
    all.push({
      count: times.length,
      start: ((requests[0]?.time ?? 0) - started) / 1000,
      asking: (Math.max(...times) - Math.min(...times) + LATENCY) / 1000,
    })
  }
  return all
}

/** jq, which only parses and prints, and plume, if the environment's PLUME names it. */
async function rivals(): Promise<Contestant[]> {
  const jq: Contestant = { name: 'jq . TARGET', command: ['jq', '.', target] }
  const plume = process.env.PLUME
  if (plume === undefined) return [jq]
  const builds = await startBuilds(demonstrationBuilds)
  process.once('beforeExit', () => void builds.close())
  const { name, release, architectures } = DEMONSTRATION
  const args = ['cosa2stream', '--name', name, '--url', builds.streams, '--no-signatures']
  const wanted = architectures.map((arch) => `${arch}=${release}`)
  const into = join(folder, 'plume.json')
  return [jq, { name: 'plume cosa2stream', command: [plume, ...args, '--target', into, ...wanted] }]
}

function show(title: string, measured: readonly Measured[]): void {
  const rows = measured.map(({ name, seconds, ratio, megabytes }) => [
    name,
    inMilliseconds(seconds),
    ratio.toFixed(2),
    megabytes === undefined ? '' : `${megabytes.toFixed(0)} MB`,
  ])
  print(title, ['', 'median', 'ratio', 'memory'], rows)
}

function inMilliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`
}

function print(title: string, header: readonly string[], rows: readonly string[][]): void {
  console.log(`${title}\n\n${markdownTable(header, rows)}\n`)
}
