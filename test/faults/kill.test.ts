import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import pMap from 'p-map'
import { expect, it } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { azureFor } from '../support/azure.ts'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { capturePairs } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const KILL_AT = fileURLToPath(new URL('kill-at.js', import.meta.url))

type Files = Readonly<Record<string, string>>

/** A command that writes, and the files before it. */
interface Scenario {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly before: Files
  /** Reports files that do not belong together. */
  readonly check?: readonly string[]
  /** Files that belong together. */
  readonly groups?: readonly (readonly string[])[]
}

const REPLAY = ['capture', 's.json', '--stream', 'rhcos.json', '--replay', 'new.json']
const PAIR = { check: ['verify', 's.json'], groups: [['s.json', 's.recording.json']] }

const SCENARIOS: Readonly<Record<string, () => Promise<Scenario>>> = {
  'capture over a pair': async () => {
    const { older, newer } = await capturePairs()
    const pair = { 's.json': older.snapshot, 's.recording.json': older.recording }
    const given = { 'new.json': newer.recording, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: REPLAY, before: { ...given, ...pair }, ...PAIR }
  },
  'first capture': async () => {
    const { newer } = await capturePairs()
    const before = { 'new.json': newer.recording, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: REPLAY, before }
  },
  regenerate: async () => {
    const { newer } = await capturePairs()
    const before = { 's.json': newer.snapshot, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: ['regenerate', 's.json', '--target', 'rhcos.json'], before }
  },
  'update of two streams': async () => {
    const streams = {
      one: { snapshot: 'snapshots/one.json', target: 'one.json' },
      two: { snapshot: 'snapshots/two.json', target: 'two.json', marketplaceFile: 'm.json' },
    }
    const folder = await folderWith({
      'stream-snapshot.json': JSON.stringify({ streams }),
      'one.json': smallStream(EXAMPLE),
      'two.json': smallStream(EXAMPLE),
    })
    const azure = await azureFor(imagesBeforeBump())
    const args = ['update', '--azure-endpoint', azure.url]
    const env = azure.environment
    expect(await run(args, { cwd: folder, env })).toMatchObject({ status: 0 })
    azure.setImages(imagesAfterBump())
    const groups = [
      ['snapshots/one.json', 'snapshots/one.recording.json', 'one.json'],
      ['snapshots/two.json', 'snapshots/two.recording.json', 'm.json'],
    ]
    return { args, env, before: await read(folder), check: ['check'], groups }
  },
}

async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) await fs.outputFile(join(folder, name), text)
  return folder
}

/** All files of a folder. */
async function read(folder: string): Promise<Files> {
  const names = (await fs.readdir(folder, { recursive: true })).map(String).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const isFile = (await fs.stat(join(folder, name)).catch(() => undefined))?.isFile()
      return isFile ? [[name, await fs.readFile(join(folder, name), 'utf8')]] : []
    }),
  )
  return Object.fromEntries(files.flat())
}

/** Without temporary files, and without the time of a capture and its consequences. */
const timeless = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files)
      .sort()
      .filter(([name]) => !/(^|\/)\./.test(name))
      .map(([name, text]) => [
        name,
        text.replace(/"(capturedAt|integrity|last-modified)": ?"[^"]*"/g, ''),
      ]),
  )

/** @returns whether it was killed before it ended */
function killed(folder: string, { args, env }: Scenario, at: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', KILL_AT, CLI, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env, KILL_AT: String(at) },
    stdio: 'ignore',
  })
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal === 'SIGKILL')))
}

const isSame = (a: Files, b: Files) => JSON.stringify(a) === JSON.stringify(b)

it.each(Object.keys(SCENARIOS))(
  'SIGKILL at every file operation leaves files that are old or new: %s',
  async (name) => {
    const scenario = (await SCENARIOS[name]?.()) as Scenario
    const { args, env = {}, before, check, groups = [] } = scenario
    const complete = await folderWith(before)
    expect(await run(args, { cwd: complete, env })).toMatchObject({ status: 0 })
    const [old, fresh] = [timeless(before), timeless(await read(complete))]

    async function attempt(at: number): Promise<'old' | 'new' | 'between' | 'ended'> {
      const folder = await folderWith(before)
      const wasKilled = await killed(folder, scenario, at)
      const found = timeless(await read(folder))
      for (const [file, text] of Object.entries(found))
        expect([old[file], fresh[file]]).toContain(text)
      const isTorn = groups.some(
        (files) => ![old, fresh].some((each) => files.every((file) => each[file] === found[file])),
      )
      if (check && isTorn) expect(await run(check, { cwd: folder })).toMatchObject({ status: 1 })
      expect(await run(args, { cwd: folder, env })).toMatchObject({ status: 0 })
      expect(Object.keys(await read(folder))).toEqual(Object.keys(fresh))
      expect(timeless(await read(folder))).toEqual(fresh)
      if (!wasKilled) return 'ended'
      return isSame(found, old) ? 'old' : isSame(found, fresh) ? 'new' : 'between'
    }

    const outcomes: string[] = []
    for (let at = 1; outcomes.at(-1) !== 'ended'; at += 2) {
      outcomes.push(...(await pMap([at, at + 1], attempt, { concurrency: 2 })))
    }
    expect(outcomes).toEqual(expect.arrayContaining(['old', 'new']))
    expect(outcomes.length).toBeGreaterThan(10)
  },
)
