import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { sha256 } from '../../src/core/snapshot/canonical.ts'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { OFFLINE, SNAPSHOT } from '../support/offline.ts'

const COMMANDS = Object.entries(OFFLINE).map(([name, words]) => [name, ...words] as const)

/** What only somebody who is about to sign in would open. */
const CREDENTIALS =
  /"[^"]*(\/\.azure|osServicePrincipal|\/\.aws|gcloud|application_default|\.netrc|\/\.ssh|keyring)[^"]*"/i

const isTraced = spawnSync('strace', ['-V']).status === 0
const root = process.cwd()
let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const name of ['rhcos-4.18.json', 'rhcos-4.18.recording.json']) {
    await cp(join(root, 'snapshots', name), join(folder, name))
  }
  await cp(join(root, 'demo/rhcos.json'), join(folder, 't.json'))
  const { builds } = JSON.parse(await readFile(join(folder, SNAPSHOT), 'utf8')) as Snapshot
  const stream = {
    snapshot: SNAPSHOT,
    target: 't.json',
    name: '4.18-9.4',
    signatures: false,
    builds: Object.fromEntries(
      Object.entries(builds).map(([arch, { release }]) => [arch, release]),
    ),
  }
  const workspace = { clouds: ['azure', 'aws', 'gcp'], streams: { s: stream } }
  await writeFile(join(folder, 'stream-snapshot.json'), JSON.stringify(workspace))
  await commitAll(folder, 'all')
  await mkdir(join(folder, '.azure'))
  await writeFile(join(folder, '.azure/osServicePrincipal.json'), '{}')
})

// CI installs strace; elsewhere whoever lacks it should know what was not proven.
describe.runIf(isTraced || process.env.CI)('under strace', () => {
  it.each(COMMANDS)('%s makes no network call and opens no credentials', async (_name, ...args) => {
    const trace = join(folder, 'trace')
    const wrapper = ['strace', '-f', '-qq', '-s', '300', '-o', trace, '-e', 'trace=%network,%file']
    const outcome = await run(args, { cwd: folder, wrapper, env: { HOME: folder } })
    expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ status: 0 })
    const text = await readFile(trace, 'utf8')
    const lines = text.split('\n')
    expect(lines.length).toBeGreaterThan(20)
    expect(outwardCalls(text)).toEqual([])
    expect(
      lines.filter((line) => CREDENTIALS.test(line) && !line.includes('/node_modules/')),
    ).toEqual([])
  })
})

/** libuv wakes its own threads by pairs of sockets; nothing leaves the process by them. */
function outwardCalls(trace: string): string[] {
  return trace
    .split('\n')
    .filter((line) =>
      /\b(socket|connect|bind|listen|accept4?|send(to|msg|mmsg)|recv(from|msg|mmsg))\(/.test(line),
    )
    .filter((line) => !/AF_UNIX|socketpair/.test(line))
}

interface Listener {
  readonly port: number
  readonly heard: { connections: number }
}

/** What a hostile snapshot names: every connection counts, and none is answered. */
async function listen(): Promise<Listener> {
  const heard = { connections: 0 }
  const server = createServer((socket) => {
    heard.connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, heard }
}

type Exchange = Record<string, unknown>

/** Ways in which a recording does not answer what its snapshot asks. */
const LACKS: readonly ((exchanges: readonly Exchange[], at: number, url: string) => unknown)[] = [
  () => [],
  (all, at) => all.toSpliced(at % all.length, 1),
  (all, at) => all.slice(at % all.length),
  (all, _, url) => all.map((each) => ({ ...each, scope: url })),
  (all, at) =>
    all.map((each, index) => (index === at % all.length ? { ...each, path: '/' } : each)),
  (all) => all.map((each) => ({ ...each, method: 'POST' })),
  (all) => all.map((each) => ({ ...each, status: 503 })),
  (all, _, url) => all.map((each) => ({ ...each, status: 302, response: url })),
  (all) => all.map((each) => ({ ...each, response: '<' })),
  (all) => ({ all }),
]

/** A snapshot, whole by its digests, whose builds are at the listener, and what it is said to follow from. */
async function writeHostile(name: string, at: number, { port }: Listener): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const own: Snapshot = JSON.parse(await readFile(join(root, 'snapshots', SNAPSHOT), 'utf8'))
  const recorded: Exchange[] = JSON.parse(
    await readFile(join(root, 'snapshots/rhcos-4.18.recording.json'), 'utf8'),
  )
  const change = LACKS[at % LACKS.length]
  const text = JSON.stringify(change?.(recorded, at * 7, url))
  const { integrity: _, ...rest } = own
  const builds = Object.entries(own.builds).map(([architecture, build]) => [
    architecture,
    { ...build, location: build.location.replace(own.stream.url, url) },
  ])
  const snapshot = sealSnapshot({
    ...rest,
    stream: { ...own.stream, url },
    builds: Object.fromEntries(builds),
    recording: { file: `${name}.recording.json`, sha256: sha256(text) },
  })
  await writeFile(join(folder, `${name}.json`), printSnapshot(snapshot))
  await writeFile(join(folder, `${name}.recording.json`), text)
}

const HOSTILE = 20
const TOGETHER = 10

describe('hostile recordings', () => {
  it.runIf(isTraced || process.env.CI)(`${HOSTILE} of them open no socket`, async () => {
    const listener = await listen()
    const trace = join(folder, 'trace')
    for (let from = 0; from < HOSTILE; from += TOGETHER) {
      const names = Array.from({ length: TOGETHER }, (_, index) => `h${from + index}`)
      for (const [index, name] of names.entries()) await writeHostile(name, from + index, listener)
      const wrapper = ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=%network']
      const args = ['verify', ...names.map((name) => `${name}.json`), SNAPSHOT]
      const { status, stdout } = await run(args, { cwd: folder, wrapper })
      expect(status).toBe(1)
      expect(outwardCalls(await readFile(trace, 'utf8'))).toEqual([])
      expect(stdout.match(/: replay: FAILED: /g)).toHaveLength(TOGETHER)
      // What is broken does not spoil what comes after it.
      expect(stdout).toContain(`${SNAPSHOT}: replay: ok`)
    }
    expect(listener.heard.connections).toBe(0)
  })
})

it.skipIf(isTraced)('strace is not installed: nothing is proven here', () => {
  process.stderr.write('strace is not installed: the offline commands were not traced\n')
  expect(process.env.CI).toBeUndefined()
})

describe('without a network', () => {
  it.each(COMMANDS)('%s works', async (_name, ...args) => {
    const wrapper = ['unshare', '-rn', 'env', '-i', `PATH=${process.env.PATH}`]
    expect(await run(args, { cwd: folder, wrapper })).toMatchObject({ status: 0 })
  })
})
