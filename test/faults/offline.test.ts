import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { tried } from './outcomes.ts'

const SNAPSHOT = 'rhcos-4.18.json'

/** Every command that promises to need nobody, over a snapshot and a stream of it. */
const COMMANDS: readonly (readonly [name: string, ...args: string[]])[] = [
  ['regenerate, to stdout', 'regenerate', SNAPSHOT],
  ['regenerate', 'regenerate', SNAPSHOT, '--target', 't.json'],
  ['regenerate --check', 'regenerate', SNAPSHOT, '--target', 't.json', '--check'],
  ['verify', 'verify', SNAPSHOT],
  ['verify --target', 'verify', SNAPSHOT, '--target', 't.json'],
  ['diff', 'diff', SNAPSHOT, SNAPSHOT],
  ['list', 'list', SNAPSHOT],
  ['skew', 'skew', SNAPSHOT, '--target', 't.json'],
  ['image', 'image', 't.json', '--cloud', 'azure', '--arch', 'x86_64'],
  ['configmap', 'configmap', 't.json'],
  ['capture --replay', 'capture', SNAPSHOT, '--replay'],
]

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
  await mkdir(join(folder, '.azure'))
  await writeFile(join(folder, '.azure/osServicePrincipal.json'), '{}')
})

// CI installs strace; elsewhere whoever lacks it should know what was not proven.
describe.runIf(isTraced || process.env.CI)('under strace', () => {
  it.each(COMMANDS)('%s makes no network call and opens no credentials', async (name, ...args) => {
    const trace = join(folder, 'trace')
    const wrapper = ['strace', '-f', '-qq', '-s', '300', '-o', trace, '-e', 'trace=%network,%file']
    const outcome = await run(args, { cwd: folder, wrapper, env: { HOME: folder } })
    expect(outcome).toMatchObject({ status: 0 })
    const lines = (await readFile(trace, 'utf8')).split('\n')
    expect(lines.length).toBeGreaterThan(20)
    const calls = lines.filter((line) =>
      /\b(socket|connect|bind|listen|accept4?|send(to|msg|mmsg)|recv(from|msg|mmsg))\(/.test(line),
    )
    // libuv wakes its own threads by pairs of sockets; nothing leaves the process by them.
    const outward = calls.filter((line) => !/AF_UNIX|socketpair/.test(line))
    expect(outward).toEqual([])
    expect(
      lines.filter((line) => CREDENTIALS.test(line) && !line.includes('/node_modules/')),
    ).toEqual([])
    tried(
      'offline',
      `under strace: ${name}`,
      `no network call in ${lines.length} calls, no credentials`,
    )
  })
})

it.skipIf(isTraced)('strace is not installed: nothing is proven here', () => {
  process.stderr.write('strace is not installed: the offline commands were not traced\n')
  expect(process.env.CI).toBeUndefined()
})

describe('without a network', () => {
  it.each(COMMANDS)('%s works', async (name, ...args) => {
    const wrapper = ['unshare', '-rn', 'env', '-i', `PATH=${process.env.PATH}`]
    expect(await run(args, { cwd: folder, wrapper })).toMatchObject({ status: 0 })
    tried('offline', `under unshare -rn: ${name}`, 'exit 0')
  })
})
