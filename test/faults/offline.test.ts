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

/** Files that only a sign-in opens. */
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

// CI installs strace; other machines without strace report the skipped tests.
describe.runIf(isTraced || process.env.CI)('under strace', () => {
  it.each(COMMANDS)('%s makes no network call and opens no credentials', async (_, ...args) => {
    const trace = join(folder, 'trace')
    const wrapper = ['strace', '-f', '-qq', '-s', '300', '-o', trace, '-e', 'trace=%network,%file']
    const outcome = await run(args, { cwd: folder, wrapper, env: { HOME: folder } })
    expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ status: 0 })
    const text = await readFile(trace, 'utf8')
    const lines = text.split('\n')
    expect(lines.length).toBeGreaterThan(20)
    expect(findNetworkCalls(text)).toEqual([])
    expect(
      lines.filter((line) => CREDENTIALS.test(line) && !line.includes('/node_modules/')),
    ).toEqual([])
  })
})

/** Returns network calls; omits socket pairs, which libuv uses to wake its own threads. */
function findNetworkCalls(trace: string): string[] {
  return trace
    .split('\n')
    .filter((line) =>
      /\b(socket|connect|bind|listen|accept4?|send(to|msg|mmsg)|recv(from|msg|mmsg))\(/.test(line),
    )
    .filter((line) => !/AF_UNIX|socketpair/.test(line))
}

interface Listener {
  readonly port: number
  readonly seen: { connections: number }
}

/** Starts a server that counts and closes all connections. */
async function startListener(): Promise<Listener> {
  const seen = { connections: 0 }
  const server = createServer((socket) => {
    seen.connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, seen }
}

type Exchange = Record<string, unknown>

/** Changes after which a recording does not have the responses of its snapshot. */
const CHANGES: readonly ((exchanges: readonly Exchange[], at: number, url: string) => unknown)[] = [
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

/** Writes a snapshot with valid digests and builds at the listener, and a changed recording. */
async function writeMalicious(name: string, index: number, { port }: Listener): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const original: Snapshot = JSON.parse(await readFile(join(root, 'snapshots', SNAPSHOT), 'utf8'))
  const exchanges: Exchange[] = JSON.parse(
    await readFile(join(root, 'snapshots/rhcos-4.18.recording.json'), 'utf8'),
  )
  const change = CHANGES[index % CHANGES.length]
  const text = JSON.stringify(change?.(exchanges, index * 7, url))
  const { integrity: _, ...rest } = original
  const builds = Object.entries(original.builds).map(([architecture, build]) => [
    architecture,
    { ...build, location: build.location.replace(original.stream.url, url) },
  ])
  const snapshot = sealSnapshot({
    ...rest,
    stream: { ...original.stream, url },
    builds: Object.fromEntries(builds),
    recording: { file: `${name}.recording.json`, sha256: sha256(text) },
  })
  await writeFile(join(folder, `${name}.json`), printSnapshot(snapshot))
  await writeFile(join(folder, `${name}.recording.json`), text)
}

const SNAPSHOTS = 20
const BATCH = 10

describe('verify', () => {
  it.runIf(isTraced || process.env.CI)(
    `opens no socket for ${SNAPSHOTS} malicious recordings`,
    async () => {
      const listener = await startListener()
      const trace = join(folder, 'trace')
      for (let from = 0; from < SNAPSHOTS; from += BATCH) {
        const names = Array.from({ length: BATCH }, (_, index) => `h${from + index}`)
        for (const [index, name] of names.entries())
          await writeMalicious(name, from + index, listener)
        const wrapper = ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=%network']
        const args = ['verify', ...names.map((name) => `${name}.json`), SNAPSHOT]
        const { status, stdout } = await run(args, { cwd: folder, wrapper })
        expect(status).toBe(1)
        expect(findNetworkCalls(await readFile(trace, 'utf8'))).toEqual([])
        expect(stdout.match(/: replay: FAILED: /g)).toHaveLength(BATCH)
        // A failed snapshot does not affect the next one.
        expect(stdout).toContain(`${SNAPSHOT}: replay: ok`)
      }
      expect(listener.seen.connections).toBe(0)
    },
  )
})

it.skipIf(isTraced)('strace is installed in CI', () => {
  process.stderr.write('strace is not installed: the offline commands were not traced\n')
  expect(process.env.CI).toBeUndefined()
})

describe('without a network', () => {
  it.each(COMMANDS)('%s succeeds', async (_, ...args) => {
    const wrapper = ['unshare', '-rn', 'env', '-i', `PATH=${process.env.PATH}`]
    expect(await run(args, { cwd: folder, wrapper })).toMatchObject({ status: 0 })
  })
})
