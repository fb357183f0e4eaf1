import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'

/** A program to start, by the name that a table has for it. */
export interface Contestant {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string | undefined
  /** Exit codes other than 0 that are a success too. */
  readonly codes?: readonly number[]
}

export interface Measured {
  readonly name: string
  /** Medians over all runs, in seconds of the clock. */
  readonly seconds: number
  /** Of the ratio to the first contestant of the same round. */
  readonly ratio: number
  /** Largest resident size, in megabytes; absent for what is no node. */
  readonly megabytes?: number
}

/**
 * Starts the contestants in turn, A B C A B C …, so that whatever else the machine does befalls all
 * of them alike, after one round that does not count.
 *
 * @param folder where the memory of a further run is noted
 */
export async function compare(
  contestants: readonly Contestant[],
  runs: number,
  folder: string,
): Promise<Measured[]> {
  const rounds: number[][] = []
  for (let round = -1; round < runs; round++) {
    const seconds: number[] = []
    for (const each of contestants) seconds.push(await timeOf(each))
    if (round >= 0) rounds.push(seconds)
  }
  return Promise.all(
    contestants.map(async (each, at) => {
      const megabytes = (await usageOf(each, folder))?.megabytes
      return {
        name: each.name,
        seconds: median(rounds.map((seconds) => seconds[at] ?? 0)),
        ratio: median(rounds.map((seconds) => (seconds[at] ?? 0) / (seconds[0] ?? 1))),
        ...(megabytes !== undefined && { megabytes }),
      }
    }),
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}

async function timeOf(contestant: Contestant): Promise<number> {
  const started = performance.now()
  await start(contestant)
  return (performance.now() - started) / 1000
}

/** What a run of node notes of itself. */
export interface Usage {
  /** Largest resident size. */
  readonly megabytes: number
  /** Of all files and streams; absent where the system does not tell. */
  readonly bytesRead?: number
}

/** By a further run, as noting it takes time; undefined for what is no node. */
export async function usageOf(contestant: Contestant, folder: string): Promise<Usage | undefined> {
  const [program, ...args] = contestant.command
  if (program !== process.execPath) return undefined
  const note = join(folder, `usage-${contestant.name.replace(/\W+/g, '-')}`)
  await start({
    ...contestant,
    command: [program, '--require', fileURLToPath(new URL('usage.cjs', import.meta.url)), ...args],
    env: { ...contestant.env, USAGE: note },
  })
  return JSON.parse(await fs.readFile(note, 'utf8'))
}

/** Runs a program to its end, with nothing of our environment; what it says is thrown away. */
export function start({ name, command, env, cwd, codes = [] }: Contestant): Promise<void> {
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 || codes.includes(code ?? -1)) resolve()
      else reject(new Error(`${name}: exit ${code}\n${said}`))
    })
  })
}
