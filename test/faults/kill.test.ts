import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pMap from 'p-map'
import { beforeAll, describe, expect, it } from 'vitest'
import { CLI, run } from '../support/cli.ts'
import { capturePairs, type Pair } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { tried } from './outcomes.ts'

const KILL_AT = fileURLToPath(new URL('kill-at.js', import.meta.url))

let pairs: { older: Pair; newer: Pair }

beforeAll(async () => {
  pairs = await capturePairs()
}, 60_000)

type Files = Readonly<Record<string, string>>

/** A command that writes, and the files before and after it. */
interface Scenario {
  readonly args: readonly string[]
  /** What is there and is only read. */
  readonly given: Files
  readonly before: Files
  readonly after: Files
}

const REPLAY = ['--stream', 'rhcos.json', '--replay', 'new.json']

/** The stream, and all but the time of the new pair, which a replay keeps as it has it beside it. */
const scenarios: Record<string, () => Promise<Scenario>> = {
  'capture over a pair': async () =>
    complete({
      args: ['capture', 's.json', ...REPLAY],
      given: { 'new.json': pairs.newer.recording, 'rhcos.json': smallStream(EXAMPLE) },
      before: { 's.json': pairs.older.snapshot, 's.recording.json': pairs.older.recording },
      after: {},
    }),
  'first capture': async () =>
    complete({
      args: ['capture', 's.json', ...REPLAY],
      given: { 'new.json': pairs.newer.recording, 'rhcos.json': smallStream(EXAMPLE) },
      before: {},
      after: {},
    }),
  regenerate: async () =>
    complete({
      args: ['regenerate', 's.json', '--target', 'rhcos.json'],
      given: { 's.json': pairs.newer.snapshot },
      before: { 'rhcos.json': smallStream(EXAMPLE) },
      after: {},
    }),
}

/** A capture stamps the time, so what it gives is told by a run that nobody kills. */
async function complete(scenario: Scenario): Promise<Scenario> {
  const folder = await lay(scenario)
  try {
    expect(await run(scenario.args, { cwd: folder })).toMatchObject({ status: 0 })
    const after = await read(folder, Object.keys(scenario.given))
    return { ...scenario, after }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function lay({ given, before }: Scenario): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kill-'))
  const files = Object.entries({ ...given, ...before })
  await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text)))
  return folder
}

/** The files in a folder that a reader finds, by what they say. */
async function read(folder: string, but: readonly string[] = []): Promise<Files> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const files = await Promise.all(
    names
      .filter((name) => !but.includes(name))
      .map(async (name) => [
        name,
        await readFile(join(folder, name), 'utf8').catch(() => undefined),
      ]),
  )
  return Object.fromEntries(files.filter(([, text]) => text !== undefined))
}

/** Without the time of a capture and what follows from it. */
function timeless(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files)
      .sort()
      .map(([name, text]) => [name, text.replace(/"capturedAt":"[^"]*"|"integrity":"[^"]*"/g, '')]),
  )
}

interface Kill {
  readonly env?: Readonly<Record<string, string>>
  /** In milliseconds, from the start or from the first write. */
  readonly after?: number
  readonly fromWrite?: boolean
}

/** @returns whether it was killed before it had ended */
function killed(
  folder: string,
  args: readonly string[],
  { env, after, fromWrite }: Kill,
): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', KILL_AT, CLI, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/nonexistent',
      ...(fromWrite && { TELL: '1' }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const kill = () => setTimeout(() => child.kill('SIGKILL'), after)
  if (after !== undefined && !fromWrite) kill()
  child.stdout.on('data', () => fromWrite && kill())
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal === 'SIGKILL')))
}

type State = 'old' | 'new' | 'between' | 'ended'

async function tryKill(scenario: Scenario, kill: Kill): Promise<State> {
  const folder = await lay(scenario)
  try {
    const wasKilled = await killed(folder, scenario.args, kill)
    const found = await read(folder, Object.keys(scenario.given))
    const [now, older, newer] = [found, scenario.before, scenario.after].map(timeless)
    for (const [name, text] of Object.entries(now ?? {})) {
      expect([older?.[name], newer?.[name]]).toContain(text)
    }
    const isMixed = ![older, newer].some((each) => isSame(each, now))
    if (found['s.json'] !== undefined && found['s.recording.json'] !== undefined) {
      const digest = createHash('sha256').update(found['s.recording.json']).digest('hex')
      expect(JSON.parse(found['s.json']).recording.sha256 === digest).toBe(!isMixed)
      if (isMixed) await expectTold(folder)
    }
    expect(await run(scenario.args, { cwd: folder })).toMatchObject({ status: 0 })
    const names = [...Object.keys(scenario.given), ...Object.keys(scenario.after)].sort()
    expect((await readdir(folder)).sort()).toEqual(names)
    expect(timeless(await read(folder, Object.keys(scenario.given)))).toEqual(newer)
    if (!wasKilled) return 'ended'
    return isMixed ? 'between' : isSame(now, older) ? 'old' : 'new'
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function isSame(a: Files | undefined, b: Files | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Of a pair whose recording is new and whose snapshot is old. */
async function expectTold(folder: string): Promise<void> {
  const { status, stdout } = await run(['verify', 's.json'], { cwd: folder })
  expect(status).toBe(1)
  expect(stdout).toMatch(/^s\.json: recording: FAILED: /m)
}

function count(outcomes: readonly string[]): string {
  const times = (outcome: string) => outcomes.filter((each) => each === outcome).length
  return `${outcomes.length} runs: ${times('old')} old, ${times('new')} new, ${times('between')} between the two and told, ${times('ended')} done before; no file torn, no stray file`
}

describe('SIGKILL', () => {
  it.each(Object.keys(scenarios))('at every file operation: %s', async (name) => {
    const scenario = await scenarios[name]?.()
    if (scenario === undefined) throw new Error(name)
    const outcomes: string[] = []
    for (let at = 1; outcomes.at(-1) !== 'ended'; at += 2) {
      const kills = [at, at + 1].map((each) => ({ KILL_AT: String(each) }))
      outcomes.push(...(await pMap(kills, (env) => tryKill(scenario, { env }), { concurrency: 2 })))
    }
    expect(outcomes).toContain('old')
    expect(outcomes).toContain('new')
    expect(outcomes.length).toBeGreaterThan(10)
    tried('SIGKILL', `at every file operation: ${name}`, count(outcomes))
  })
})
