import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tried } from '../faults/outcomes.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { capturePairs } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { type Input, inputOf, type Small } from './fuzz/inputs.ts'
import type { Ended } from './fuzz/worker.ts'
import { sealedText } from './long-history.ts'

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000)
const SEED = process.env.FUZZ_SEED ?? 'stream-snapshot'
/** The number of the one input to try. */
const ONLY = process.env.FUZZ_ONLY
const WORKERS = ONLY === undefined ? 2 : 1

/** What each input may take, though a worker's memory begins with 200 MB. */
const [SECONDS, MEGABYTES] = [10, 500]

it(`ends in 0, 1, 2 or 3 with each of ${INPUTS} broken files`, async () => {
  const folder = await temporaryFolder()
  const small = await smallFiles(folder)
  const file = join(folder, 'small.json')
  await writeFile(file, JSON.stringify(small))
  const ended: Ended[] = []
  const tries = Array.from({ length: WORKERS }, (_, at) => {
    const from = ONLY === undefined ? at : Number(ONLY)
    return tryAll(file, from, ONLY === undefined ? INPUTS : from + 1, ended)
  })
  await Promise.all(tries)
  const faults = ended.filter(
    ({ code = 70, megabytes = 0, seconds = 0 }) =>
      ![0, 1, 2, 3].includes(code) || megabytes > MEGABYTES || seconds > SECONDS,
  )
  for (const fault of faults.slice(0, 20)) await tell(fault, inputOf(SEED, fault.number, small))
  expect(faults.map(({ number, code }) => `${number}: ${code}`)).toEqual([])
  const counts = [0, 1, 2, 3].map(
    (code) => `${ended.filter((each) => each.code === code).length} × ${code}`,
  )
  const longest = Math.max(...ended.map(({ seconds = 0 }) => seconds))
  const most = Math.max(...ended.map(({ megabytes = 0 }) => megabytes))
  expect(new Set(ended.map(({ number }) => number)).size).toBe(ONLY === undefined ? INPUTS : 1)
  tried(
    'fuzz',
    `${INPUTS} inputs, seed ${SEED}`,
    `exits ${counts.join(', ')}; at most ${longest.toFixed(1)} s, ${most.toFixed(0)} MB`,
  )
}, 3_600_000)

/** Every WORKERS-th input from one on; whatever ends the worker counts for its input, and it goes on behind it. */
async function tryAll(file: string, from: number, end: number, ended: Ended[]): Promise<void> {
  for (let next = from; next < end; ) {
    const worker = start([SEED, file, String(next), String(end), String(WORKERS)])
    let running: number | undefined
    let timer: NodeJS.Timeout | undefined
    worker.on('message', (message: Ended) => {
      clearTimeout(timer)
      if (message.code === undefined) {
        running = message.number
        next = message.number + WORKERS
        timer = setTimeout(() => worker.kill('SIGKILL'), 3 * SECONDS * 1000)
      } else {
        running = undefined
        ended.push(message)
      }
    })
    const [code, signal] = await once(worker, 'exit')
    clearTimeout(timer)
    if (running !== undefined) {
      ended.push({ number: running, code: 70, trace: `the process ended: ${signal ?? code}` })
    } else if (code !== 0) throw new Error(`the worker ended with ${signal ?? code}`)
    if (running === undefined && code === 0) return
  }
}

function start(args: readonly string[]): ChildProcess {
  const worker = fileURLToPath(new URL('fuzz/worker.ts', import.meta.url))
  return fork(worker, args, {
    execArgv: ['--import', 'tsx', '--expose-gc', '--max-old-space-size=400'],
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** Where the input is kept, and how it is tried again. */
async function tell(
  { number, code, seconds, megabytes, trace }: Ended,
  input: Input,
): Promise<void> {
  const again = `FUZZ_SEED=${SEED} FUZZ_ONLY=${number} npx vitest run --project deep test/deep/fuzz.test.ts`
  const line = `stream-snapshot ${input.words.join(' ')}: exit ${code}, ${seconds?.toFixed(1)} s, ${megabytes?.toFixed(0)} MB`
  console.error([`input ${number}: ${line}`, again, trace ?? ''].join('\n'))
}

async function smallFiles(folder: string): Promise<Small> {
  const { older } = await capturePairs()
  const snapshot = sealedText(
    older.snapshot.replace(/"capturedAt":"[^"]*"/, '"capturedAt":"2024-10-20T12:00:00Z"'),
  )
  const stream = smallStream(EXAMPLE)
  await writeFile(join(folder, 's.json'), snapshot)
  await writeFile(join(folder, 'rhcos.json'), stream)
  const command = ['regenerate', 's.json', '--target', 'rhcos.json']
  await run([...command, '--marketplace-file', 'm.json'], { cwd: folder })
  await run([...command, '--layout', 'stream-metadata', '--layout', 'enhancement'], { cwd: folder })
  const configmap = await run(['configmap', 'rhcos.json'], { cwd: folder })
  return {
    snapshot,
    recording: older.recording,
    stream: await readFile(join(folder, 'rhcos.json'), 'utf8'),
    marketplace: await readFile(join(folder, 'm.json'), 'utf8'),
    configmap: configmap.stdout,
  }
}
