/**
 * Runs inputs one after another by the command line's own entry, and tells of each by a message how
 * it ended: a process for each would take hours. Started with the seed, a folder with the small
 * files, and the numbers: from, to, step.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { report } from '../../../src/commands/line/failure.ts'
import { runWords } from '../../../src/commands/line/parse.ts'
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

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`)
  }
}
process.exit = (code) => {
  throw new Exit(Number(code ?? process.exitCode ?? 0))
}

const home = mkdtempSync(join(tmpdir(), 'fuzz-'))
/** The number of the input that runs, for what is thrown where nobody waits for it. */
let running = 0
process.on('uncaughtException', (error) =>
  tell({ number: running, code: 70, trace: String(error.stack) }),
)

async function run(number: number): Promise<void> {
  const { files, words } = inputOf(seed, number, small)
  const folder = join(home, String(number))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  process.chdir(folder)
  process.exitCode = 0
  // What those before left behind is not this one's.
  if (process.memoryUsage.rss() > 300 * 2 ** 20) gc?.()
  running = number
  tell({ number })
  const start = process.cpuUsage()
  let trace: string | undefined
  try {
    await runWords(words)
  } catch (error) {
    if (error instanceof Exit) process.exitCode = error.code
    else process.exitCode = report(error)
    if (process.exitCode === 70) trace = String((error as Error).stack)
  }
  const { user, system } = process.cpuUsage(start)
  tell({
    number,
    code: Number(process.exitCode),
    seconds: (user + system) / 1e6,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    ...(trace !== undefined && { trace }),
  })
  process.exitCode = 0
  process.chdir(home)
  rmSync(folder, { recursive: true })
}

for (let number = Number(from); number < Number(to); number += Number(step)) await run(number)
rmSync(home, { recursive: true })
process.disconnect()
