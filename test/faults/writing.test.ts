import { spawn } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { CLI, type Outcome, run, temporaryFolder } from '../support/cli.ts'
import { capturePairs, type Pair } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
let pairs: { older: Pair; newer: Pair }
const at = (name: string) => join(folder, name)
const readPair = () =>
  Promise.all(['s.json', 's.recording.json'].map((name) => readFile(at(name), 'utf8')))
const REPLAY = ['capture', 's.json', '--stream', 'rhcos.json', '--replay', 'new.json']

beforeAll(async () => {
  pairs = await capturePairs()
}, 60_000)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('new.json'), pairs.newer.recording)
  await writeFile(at('s.json'), pairs.older.snapshot)
  await writeFile(at('s.recording.json'), pairs.older.recording)
})

function expectRefusal({ status, stdout, stderr }: Outcome, message: RegExp): void {
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr.split('\n')[0]).toMatch(/^stream-snapshot: /)
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
}

describe('regenerate and capture refuse a target that is', () => {
  it.each<[name: string, prepare: () => Promise<unknown>, message: RegExp]>([
    ['a directory', () => mkdir(at('t.json')), /t\.json: is a directory/],
    [
      'a device',
      () => symlink('/dev/null', at('t.json')),
      /t\.json: is (a device|not a regular file)/,
    ],
    [
      'a dangling link',
      () => symlink('nowhere.json', at('t.json')),
      /t\.json: .*(link to a missing file|no such file)/,
    ],
    ['in a file instead of a folder', () => writeFile(at('t.json'), ''), /t\.json/],
  ])('%s', async (name, prepare, message) => {
    await prepare()
    const target = name === 'in a file instead of a folder' ? 't.json/x.json' : 't.json'
    expectRefusal(await run(['regenerate', 's.json', '--target', target], { cwd: folder }), message)
    expectRefusal(await run(['capture', target, ...REPLAY.slice(2)], { cwd: folder }), message)
    expect((await readdir(folder)).sort()).toEqual(
      ['new.json', 'rhcos.json', 's.json', 's.recording.json', 't.json'].sort(),
    )
  })
})

/** Runs a shell script as root in its own mount namespace; `$CLI` runs stream-snapshot. */
function runScript(script: string): Promise<Outcome> {
  const child = spawn('unshare', ['-rm', 'sh', '-ec', script], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', CLI: `${process.execPath} ${CLI}` },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve) =>
    child.on('close', (status) => resolve({ status, stdout, stderr })),
  )
}

describe('on a file system that is', () => {
  const COPY = 'cp rhcos.json new.json s.json s.recording.json disk/; cd disk'
  const COMPARE =
    'cmp s.json ../s.json; cmp s.recording.json ../s.recording.json; cmp rhcos.json ../rhcos.json; ls -A | sort | tr "\\n" " "'

  it.each([
    ['full, capture', 0, REPLAY.join(' ')],
    ['full except for one block, capture', 4, REPLAY.join(' ')],
    ['full, regenerate', 0, 'regenerate s.json --target rhcos.json'],
  ])('%s reports the error and changes no file', async (_, freeKilobytes, command) => {
    await mkdir(at('disk'))
    const { status, stdout, stderr } = await runScript(
      `mount -t tmpfs -o size=512k none disk; ${COPY}
       dd if=/dev/zero of=filler bs=1k 2>/dev/null || true; truncate -s -${freeKilobytes}k filler
       code=0; $CLI ${command} || code=$?; echo "exit $code"; rm filler; ${COMPARE}`,
    )
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stderr).toMatch(/^stream-snapshot: .*: no space left on the device$/m)
    expect(stdout).toBe('exit 2\nnew.json rhcos.json s.json s.recording.json ')
  })

  it.each([
    ['capture', REPLAY.join(' ')],
    ['regenerate', 'regenerate s.json --target rhcos.json'],
  ])('read-only, %s reports the error and changes no file', async (_, command) => {
    await mkdir(at('disk'))
    const { stdout, stderr } = await runScript(
      `mount -t tmpfs none disk; (${COPY}); mount -o remount,ro disk; cd disk
       code=0; $CLI ${command} || code=$?; echo "exit $code"; ${COMPARE}`,
    )
    expect(stderr).toMatch(/^stream-snapshot: .*: read-only file system$/m)
    expect(stdout).toBe('exit 2\nnew.json rhcos.json s.json s.recording.json ')
  })

  it('read-only, a replay without changes and verify pass', async () => {
    await mkdir(at('disk'))
    const { status } = await runScript(
      `mount -t tmpfs none disk; (${COPY}); mount -o remount,ro disk; cd disk
       $CLI capture s.json --replay; $CLI verify s.json`,
    )
    expect(status).toBe(0)
  })
})

describe('a file that is overwritten', () => {
  it('keeps its mode and the link to it', async () => {
    await mkdir(at('real'))
    await writeFile(at('real/t.json'), smallStream(EXAMPLE))
    await symlink('real/t.json', at('t.json'))
    const script = 'chmod 640 real/t.json; $CLI regenerate s.json --target t.json'
    expect((await runScript(script)).status).toBe(0)
    expect((await lstat(at('t.json'))).isSymbolicLink()).toBe(true)
    expect((await stat(at('real/t.json'))).mode & 0o777).toBe(0o640)
    expect(await readFile(at('t.json'), 'utf8')).toContain('azure-marketplace')
  })

  it.runIf(process.getuid?.() === 0)('keeps an owner that only root can set', async () => {
    const owner = 'chown 12:34 s.json; chmod 600 s.json s.recording.json'
    const child = spawn('sh', ['-c', owner], { cwd: folder })
    await new Promise((resolve) => child.on('close', resolve))
    expect(await run(REPLAY, { cwd: folder })).toMatchObject({ status: 0 })
    const { uid, gid, mode } = await stat(at('s.json'))
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 12, gid: 34, mode: 0o600 })
  })
})

describe('a capture', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'ends after %s with exit code %d and leaves no temporary files',
    async (signal, code) => {
      const mockServer = await azureFor(imagesAfterBump(), { latencyMs: 300 })
      const before = await readPair()
      const args = [
        CLI,
        'capture',
        's.json',
        '--stream',
        'rhcos.json',
        '--azure-endpoint',
        mockServer.url,
      ]
      const child = spawn(process.execPath, args, {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...mockServer.environment },
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => child.on('close', resolve))
      while (mockServer.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await readdir(folder)).toContain('.s.json.lock')
      child.kill(signal)
      expect(await ended).toBe(code)
      expect(await readPair()).toEqual(before)
      expect((await readdir(folder)).sort()).toEqual(
        ['new.json', 'rhcos.json', 's.json', 's.recording.json'].sort(),
      )
    },
  )
})

describe('the lock', () => {
  it('makes other captures wait for the first', async () => {
    const mockServer = await azureFor(imagesBeforeBump(), { latencyMs: 100 })
    const args = ['--stream', at('rhcos.json')]
    const outcomes = await Promise.all([1, 2, 3].map(() => capture(mockServer, at('t.json'), args)))
    expect(outcomes.map(({ status }) => status)).toEqual([0, 0, 0])
    expect(outcomes.some(({ stderr }) => /waiting for process \d+/.test(stderr))).toBe(true)
    expect(await run(['verify', at('t.json')])).toMatchObject({ status: 0 })
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it.each<[name: string, text: string, age: number]>([
    ['its process has ended', String(2 ** 22 - 1), 0],
    ['it is empty and older than 2 s', '', 10],
  ])('is taken over when %s', async (_, text, age) => {
    await writeFile(at('.s.json.lock'), text)
    await utimes(at('.s.json.lock'), new Date(), new Date(Date.now() - age * 1000))
    expect(await run(REPLAY, { cwd: folder })).toMatchObject({ status: 0 })
    expect((await readdir(folder)).filter((each) => each.startsWith('.'))).toEqual([])
  })

  it('is reported after 30 s when another process holds it', async () => {
    await writeFile(at('.s.json.lock'), String(process.pid))
    const { status, stderr } = await run(REPLAY, { cwd: folder })
    expect(status).toBe(3)
    expect(stderr).toContain(
      `stream-snapshot: s.json: locked by process ${process.pid}\nTry again after that run ends, or remove ${at('.s.json.lock')} if no run is active.\n`,
    )
    expect(await readPair()).toEqual([pairs.older.snapshot, pairs.older.recording])
  })
})

describe('capture', () => {
  it('does not follow, move or remove files of other programs', async () => {
    await writeFile(at('key'), 'private')
    const script = `mkdir -p .s.json.switch/new .s.json.switch/old
      ln -s "$PWD" .s.json.switch/current; ln -s .s.json.switch/current/key key.json
      cp key .s.json.switch/new/key.json; ln -s key .stream-snapshot.999999999.0123456789ab.tmp
      echo 999999999 > .other.lock`
    const child = spawn('sh', ['-ec', script], { cwd: folder })
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0)
    const before = await readdir(folder)
    expect(await run(REPLAY, { cwd: folder })).toMatchObject({ status: 0 })
    expect(await readdir(folder)).toEqual(before)
    expect((await lstat(at('key.json'))).isSymbolicLink()).toBe(true)
  })
})
