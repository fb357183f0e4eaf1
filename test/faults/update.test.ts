import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import pMap from 'p-map'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AzureMockServer, startAzure } from '../mock-servers/azure.ts'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { CLI, run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { tried } from './outcomes.ts'

const KILL_AT = fileURLToPath(new URL('kill-at.js', import.meta.url))

const WORKSPACE = {
  streams: {
    one: { snapshot: 'snapshots/one.json', target: 'one.json' },
    two: { snapshot: 'snapshots/two.json', target: 'two.json', marketplaceFile: 'm.json' },
  },
}

/** What belongs together: a stream may be new while the next is old. */
const OF_STREAM: Readonly<Record<string, readonly string[]>> = {
  one: ['snapshots/one.json', 'snapshots/one.recording.json', 'one.json'],
  two: ['snapshots/two.json', 'snapshots/two.recording.json', 'm.json'],
}

let root: string
let mockServer: AzureMockServer
/** Folders of the state before an update and of that after it, and what they hold. */
let before: string
let old: Files
let fresh: Files

type Files = Readonly<Record<string, string>>

/** All files, without the time of a capture and what follows from it. */
async function filesOf(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  const texts = await Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(name, 'utf8')
      const isTemporary = /(^|\/)\.[^/]*$/.test(name)
      return [
        relative(folder, name),
        isTemporary ? '' : text.replace(/"(capturedAt|integrity|last-modified)": ?"[^"]*"/g, ''),
      ]
    }),
  )
  return Object.fromEntries(texts)
}

const update = (folder: string) =>
  run(['update', '--azure-endpoint', mockServer.url], { cwd: folder, env: mockServer.environment })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'update-'))
  mockServer = await startAzure({ images: imagesBeforeBump() })
  before = join(root, 'before')
  await mkdir(before)
  await writeFile(join(before, 'stream-snapshot.json'), JSON.stringify(WORKSPACE))
  for (const name of ['one', 'two']) {
    await writeFile(join(before, `${name}.json`), smallStream(EXAMPLE))
  }
  expect(await update(before)).toMatchObject({ status: 0 })
  old = await filesOf(before)
  mockServer.setImages(imagesAfterBump())
  const after = join(root, 'after')
  await cp(before, after, { recursive: true })
  expect(await update(after)).toMatchObject({ status: 0 })
  fresh = await filesOf(after)
}, 60_000)

afterAll(async () => {
  await mockServer.close()
  await rm(root, { recursive: true, force: true })
})

function killed(folder: string, at: number): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ['--import', KILL_AT, CLI, 'update', '--azure-endpoint', mockServer.url],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: '/nonexistent',
        ...mockServer.environment,
        KILL_AT: String(at),
      },
      stdio: 'ignore',
    },
  )
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal === 'SIGKILL')))
}

type State = 'old' | 'new' | 'between' | 'ended'

async function tryKill(at: number): Promise<State> {
  const folder = join(root, String(at))
  await cp(before, folder, { recursive: true })
  const wasKilled = await killed(folder, at)
  const found = Object.entries(await filesOf(folder)).filter(([name]) => !/(^|\/)\./.test(name))
  for (const [name, text] of found) expect([old[name], fresh[name]]).toContain(text)
  expect(found.map(([name]) => name)).toEqual(Object.keys(fresh))
  const now = JSON.stringify(found)
  const state = [old, fresh].findIndex((each) => JSON.stringify(Object.entries(each)) === now)
  const torn = Object.entries(OF_STREAM).filter(([, names]) => {
    const own = found.filter(([name]) => names.includes(name))
    return ![old, fresh].some((each) => own.every(([name, text]) => each[name] === text))
  })
  if (state < 0) {
    const { status, stderr } = await run(['check'], { cwd: folder })
    expect(status).toBe(torn.length > 0 ? 1 : 0)
    for (const [name] of torn) expect(stderr).toContain(`\n  ${name}: `)
  }
  expect(await update(folder)).toMatchObject({ status: 0 })
  expect(await filesOf(folder)).toEqual(fresh)
  await rm(folder, { recursive: true })
  if (!wasKilled) return 'ended'
  return state < 0 ? 'between' : state === 0 ? 'old' : 'new'
}

describe('SIGKILL', () => {
  it('at every file operation: update of two streams', async () => {
    const outcomes: State[] = []
    for (let at = 1; outcomes.at(-1) !== 'ended'; at += 2) {
      outcomes.push(...(await pMap([at, at + 1], tryKill, { concurrency: 2 })))
    }
    for (const state of ['old', 'between', 'new']) expect(outcomes).toContain(state)
    const times = (state: State) => outcomes.filter((each) => each === state).length
    tried(
      'SIGKILL',
      'at every file operation: update of two streams',
      `${outcomes.length} runs: ${times('old')} old, ${times('new')} new, ${times('between')} between the two and told by check, ${times('ended')} done before; no file torn, no stray file`,
    )
  })
})
