/**
 * Runs inputs one after another by the command line's own entry, and tells of each by a message how
 * it ended: a process for each would take hours. Started with the seed, a folder with the small
 * files, and the numbers: from, to, step.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../../../src/commands/line/parse.ts'
import { captureIo } from '../../support/io.ts'
import { inputOf, type Small } from './inputs.ts'

export interface Ended {
  readonly number: number
  /** Absent where it begins. */
  readonly code?: number
  /** Of the processor, as others may use the machine. */
  readonly seconds?: number
  readonly megabytes?: number
  /** Of a fault of ours. */
  readonly trace?: string
}

const [seed = '', smallFile = '', from, to, step] = process.argv.slice(2)
const small: Small = JSON.parse(readFileSync(smallFile, 'utf8'))
const tell = (ended: Ended) => process.send?.(ended)

const home = mkdtempSync(join(tmpdir(), 'fuzz-'))
/** The number of the input that runs, for what is thrown where nobody waits for it. */
let running = 0
process.on('uncaughtException', (error) =>
  tell({ number: running, code: 70, trace: String(error.stack) }),
)

async function runInput(number: number): Promise<void> {
  const { files, words } = inputOf(seed, number, small)
  const folder = join(home, String(number))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  // What those before left behind is not this one's.
  if (process.memoryUsage.rss() > 300 * 2 ** 20) gc?.()
  running = number
  tell({ number })
  const start = process.cpuUsage()
  const code = await run(words, captureIo({ cwd: folder }))
  const trace = code === 70 ? await traceOf(words, folder) : undefined
  const { user, system } = process.cpuUsage(start)
  tell({
    number,
    code,
    seconds: (user + system) / 1e6,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    ...(trace !== undefined && { trace }),
  })
  rmSync(folder, { recursive: true })
}

async function traceOf(words: readonly string[], folder: string): Promise<string> {
  const io = captureIo({ cwd: folder })
  await run([...words, '--debug'], io)
  return io.output().stderr
}

for (let number = Number(from); number < Number(to); number += Number(step)) await runInput(number)
rmSync(home, { recursive: true })
process.disconnect()
