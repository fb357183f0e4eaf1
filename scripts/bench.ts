/**
 * Measures the figures in docs/performance.md with the built command line: medians of interleaved
 * runs.
 */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { markdownTable } from '../src/show/table.ts'
import { startAzure } from '../test/mock-servers/azure.ts'
import { imagesAfterBump } from '../test/mock-servers/azure-images.ts'

interface Benchmark {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const RUNS = 15
const root = fileURLToPath(new URL('../', import.meta.url))
const CLI = join(root, 'dist/cli.cjs')
const SNAPSHOT = join(root, 'snapshots/rhcos-4.18.json')
const folder = await fs.mkdtemp(join(tmpdir(), 'bench-'))
const target = join(folder, 'rhcos.json')
const [slow, quick] = await Promise.all([
  startAzure({ images: imagesAfterBump(), latencyMs: 100 }),
  startAzure({ images: imagesAfterBump() }),
])
try {
  await fs.copyFile(join(root, 'demo/rhcos.json'), target)
  await compare('Start-up', [
    { name: 'node -e 0', args: ['-e', '0'] },
    cli('--version', '--version'),
    cli('--help', '--help'),
    cli('regenerate --target', 'regenerate', SNAPSHOT, '--target', target),
    cli('diff', 'diff', SNAPSHOT, SNAPSHOT),
    cli('verify', 'verify', SNAPSHOT),
  ])
  await compare('Capture of Azure', [
    capture('no latency', quick, 8),
    capture('100 ms, concurrency 8', slow, 8),
    capture('100 ms, concurrency 1', slow, 1),
  ])
} finally {
  await Promise.all([slow.close(), quick.close()])
  await fs.remove(folder)
}

function cli(name: string, ...args: string[]): Benchmark {
  return { name, args: [CLI, ...args] }
}

function capture(name: string, { url, environment }: typeof slow, concurrency: number): Benchmark {
  const words = ['capture', join(folder, 'captured.json'), '--stream', target, '--quiet']
  const options = ['--azure-endpoint', url, '--concurrency', String(concurrency)]
  return { ...cli(name, ...words, ...options), env: environment }
}

/** Runs the benchmarks in turn, A B C A B C …, after one round that is not measured. */
async function compare(title: string, benchmarks: readonly Benchmark[]): Promise<void> {
  const rounds: number[][] = []
  for (let round = -1; round < RUNS; round++) {
    const times: number[] = []
    for (const each of benchmarks) times.push(await measureTime(each))
    if (round >= 0) rounds.push(times)
  }
  const rows = benchmarks.map(({ name }, at) => {
    const time = median(rounds.map((times) => times[at] ?? 0))
    const ratio = median(rounds.map((times) => (times[at] ?? 0) / (times[0] ?? 1)))
    return [name, `${time.toFixed(0)} ms`, ratio.toFixed(2)]
  })
  console.log(`${title}\n\n${markdownTable(['', 'median', 'ratio'], rows)}\n`)
}

async function measureTime({ name, args, env }: Benchmark): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== 0) throw new Error(`${name}: exit ${code}`)
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
