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

/** A command that writes files, and the files before it. */
interface Scenario {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly before: Files
  /** A command that must fail if the files of a group do not match. */
  readonly check?: readonly string[]
  /** Files that must match. */
  readonly groups?: readonly (readonly string[])[]
}

const REPLAY = ['capture', 's.json', '--stream', 'rhcos.json', '--replay', 'new.json']
const PAIR = { check: ['verify', 's.json'], groups: [['s.json', 's.recording.json']] }

const SCENARIOS: Readonly<Record<string, () => Promise<Scenario>>> = {
  'a capture over existing files': async () => {
    const { older, newer } = await capturePairs()
    const pair = { 's.json': older.snapshot, 's.recording.json': older.recording }
    const inputs = { 'new.json': newer.recording, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: REPLAY, before: { ...inputs, ...pair }, ...PAIR }
  },
  'a first capture': async () => {
    const { newer } = await capturePairs()
    const before = { 'new.json': newer.recording, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: REPLAY, before }
  },
  regenerate: async () => {
    const { newer } = await capturePairs()
    const before = { 's.json': newer.snapshot, 'rhcos.json': smallStream(EXAMPLE) }
    return { args: ['regenerate', 's.json', '--target', 'rhcos.json'], before }
  },
  'an update of two streams': async () => {
    const streams = {
      one: { snapshot: 'snapshots/one.json', target: 'one.json' },
      two: { snapshot: 'snapshots/two.json', target: 'two.json', marketplaceFile: 'm.json' },
    }
    const folder = await createFolder({
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
    return { args, env, before: await readFiles(folder), check: ['check'], groups }
  },
}

async function createFolder(files: Files): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) await fs.outputFile(join(folder, name), text)
  return folder
}

async function readFiles(folder: string): Promise<Files> {
  const names = (await fs.readdir(folder, { recursive: true })).map(String).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const isFile = (await fs.stat(join(folder, name)).catch(() => undefined))?.isFile()
      return isFile ? [[name, await fs.readFile(join(folder, name), 'utf8')]] : []
    }),
  )
  return Object.fromEntries(files.flat())
}

/** Removes temporary files, and values that depend on the time of a capture. */
const normalize = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files)
      .sort()
      .filter(([name]) => !/(^|\/)\./.test(name))
      .map(([name, text]) => [
        name,
        text.replace(/"(capturedAt|integrity|last-modified)": ?"[^"]*"/g, ''),
      ]),
  )

/** Runs the command and returns whether it was killed at the file operation with this number. */
function runAndKill(folder: string, { args, env }: Scenario, operation: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', KILL_AT, CLI, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env, KILL_AT: String(operation) },
    stdio: 'ignore',
  })
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal === 'SIGKILL')))
}

const isSame = (a: Files, b: Files) => JSON.stringify(a) === JSON.stringify(b)

it.each(Object.keys(SCENARIOS))(
  '%s leaves each file old or new after SIGKILL at any file operation',
  async (name) => {
    const scenario = (await SCENARIOS[name]?.()) as Scenario
    const { args, env = {}, before, check, groups = [] } = scenario
    const complete = await createFolder(before)
    expect(await run(args, { cwd: complete, env })).toMatchObject({ status: 0 })
    const [oldFiles, newFiles] = [normalize(before), normalize(await readFiles(complete))]

    async function attempt(operation: number): Promise<'old' | 'new' | 'mixed' | 'completed'> {
      const folder = await createFolder(before)
      const wasKilled = await runAndKill(folder, scenario, operation)
      const found = normalize(await readFiles(folder))
      for (const [file, text] of Object.entries(found))
        expect([oldFiles[file], newFiles[file]]).toContain(text)
      const isMixed = groups.some(
        (group) =>
          ![oldFiles, newFiles].some((files) => group.every((file) => files[file] === found[file])),
      )
      if (check && isMixed) expect(await run(check, { cwd: folder })).toMatchObject({ status: 1 })
      expect(await run(args, { cwd: folder, env })).toMatchObject({ status: 0 })
      expect(Object.keys(await readFiles(folder))).toEqual(Object.keys(newFiles))
      expect(normalize(await readFiles(folder))).toEqual(newFiles)
      if (!wasKilled) return 'completed'
      return isSame(found, oldFiles) ? 'old' : isSame(found, newFiles) ? 'new' : 'mixed'
    }

    const outcomes: string[] = []
    for (let operation = 1; outcomes.at(-1) !== 'completed'; operation += 2) {
      outcomes.push(...(await pMap([operation, operation + 1], attempt, { concurrency: 2 })))
    }
    expect(outcomes).toEqual(expect.arrayContaining(['old', 'new']))
    expect(outcomes.length).toBeGreaterThan(10)
  },
)
