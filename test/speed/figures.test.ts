import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, readFile, realpath, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { loadedBy } from '../../scripts/bench/loaded.ts'
import { codeCacheOf } from '../../src/commands/line/script.ts'
import { readSnapshot } from '../../src/core/snapshot/read.ts'
import { imagesAfterBump } from '../stand-in/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { CLI, run, temporaryFolder } from '../support/cli.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const LINE = Number(process.versions.node.split('.')[0])
const SNAPSHOT = join(root, 'snapshots/rhcos-4.18.json')
const RECORDING = join(root, 'snapshots/rhcos-4.18.recording.json')

async function demonstration() {
  const folder = await realpath(await temporaryFolder())
  const target = join(folder, 'rhcos.json')
  await copyFile(join(root, 'demo/rhcos.json'), target)
  return { folder, target }
}

/** The package's files that a command loads, and how long they are together. */
async function loaded(args: readonly string[], cwd?: string) {
  const command = [process.execPath, CLI, ...args] as const
  const { files, bytes } = await loadedBy({ name: args.join(' '), command, cwd })
  return { files: files.map((file) => relative(root, file)).sort(), bytes }
}

describe('what node loads', () => {
  it.each(['--version', '--help'])('for %s is one small file', async (option) => {
    const { files, bytes } = await loaded([option])
    expect(files).toEqual(['dist/cli.cjs'])
    expect(bytes).toBeLessThan(5_400)
  })

  it('for the help of a command is the same file', async () => {
    expect((await loaded(['capture', '--help'])).files).toEqual(['dist/cli.cjs'])
  })

  it.each([
    ['regenerate', 230_000, SNAPSHOT, ['--target', 'rhcos.json', '--allow-regression']],
    ['diff', 170_000, SNAPSHOT, [SNAPSHOT]],
    ['list', 140_000, SNAPSHOT, []],
    ['skew', 170_000, SNAPSHOT, []],
    ['image', 120_000, 'rhcos.json', []],
  ] as const)('for %s is two files', async (name, most, file, more) => {
    const { folder } = await demonstration()
    const { files, bytes } = await loaded([name, file, ...more], folder)
    expect(files).toEqual(['dist/cli.cjs', `dist/quick/${name}.cjs`])
    expect(bytes).toBeLessThan(most)
  })

  it.each([
    ['configmap', 400_000, 'rhcos.json', []],
    ['verify', 5_000_000, SNAPSHOT, []],
    ['capture', 2_000_000, 's.json', ['--replay', RECORDING, '--stream', 'rhcos.json']],
  ] as const)('for %s is no more than it needs', async (name, most, file, more) => {
    const { folder } = await demonstration()
    const { files, bytes } = await loaded([name, file, ...more], folder)
    expect(files.filter((each) => !each.startsWith('dist/'))).toEqual([])
    expect(bytes).toBeLessThan(most)
  })

  // Later lines of node load some of these by themselves on the way.
  it.runIf(LINE === 20)('for regenerate has no network and no terminal in it', async () => {
    const { folder, target } = await demonstration()
    const note = join(folder, 'loaded.json')
    const preload = fileURLToPath(new URL('builtins.cjs', import.meta.url))
    const args = ['regenerate', SNAPSHOT, '--target', target, '--allow-regression']
    await run(args, { node: ['--require', preload], env: { LOADED: note } })
    const modules: string[] = JSON.parse(await readFile(note, 'utf8'))
    expect(modules).toContain('crypto')
    for (const heavy of ['net', 'tty', 'http', 'https', 'tls', 'worker_threads', 'child_process']) {
      expect(modules).not.toContain(heavy)
    }
  })
})

describe('what regenerate opens', () => {
  const hasStrace = (() => {
    try {
      execFileSync('strace', ['-V'])
      return true
    } catch {
      return false
    }
  })()

  it.runIf(hasStrace)('is the program, two files and their folder, each once', async () => {
    const { folder, target } = await demonstration()
    await run(['regenerate', SNAPSHOT, '--target', target, '--allow-regression'])
    const log = join(folder, 'strace.log')
    const again = await run(['regenerate', SNAPSHOT, '--target', target], {
      wrapper: ['strace', '-f', '-e', 'trace=open,openat', '-o', log],
    })
    expect(again).toMatchObject({ status: 0 })
    const opened = (await readFile(log, 'utf8'))
      .split('\n')
      .filter((line) => !line.includes('ENOENT'))
      .flatMap((line) => /"([^"]+)"/.exec(line)?.[1] ?? [])
      .filter((file) => file.startsWith(root) || file.startsWith(folder))
    // Made by the node that has built it.
    const code = codeCacheOf(join(root, 'dist/quick/regenerate.cjs'))
    expect(opened.map((file) => basename(file))).toEqual([
      'cli.cjs',
      'regenerate.cjs',
      ...(existsSync(code) ? [basename(code)] : []),
      'rhcos-4.18.json',
      'rhcos.json',
      basename(folder),
    ])
  })
})

describe('what a capture asks', () => {
  it('is each question once, as many at a time as allowed, and one sign-in', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
    const azure = await azureFor(imagesAfterBump(), { latencyMs: 40 })
    const args = ['--stream', join(folder, 'rhcos.json'), '--concurrency', '8']
    expect(await capture(azure, join(folder, 's.json'), args)).toMatchObject({ status: 0 })
    const questions = azure.requests.filter(({ path }) => path.startsWith('/subscriptions/'))
    const paths = questions.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(Math.max(...questions.map(({ concurrency }) => concurrency))).toBe(8)
    const others = azure.requests.filter((request) => !questions.includes(request))
    expect(others.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      expect.stringMatching(/^GET .*openid-configuration$/),
      expect.stringMatching(/^POST .*token$/),
    ])
  })

  it('is asked of the build server before the cloud has answered', async () => {
    const folder = await temporaryFolder()
    const azure = await azureFor(imagesAfterBump(), { latencyMs: 200 })
    const builds = await buildServer()
    const { streams } = builds
    const url = `${streams}/4.18-9.4/builds/418.94.202410090804-0/x86_64/meta.json`
    const outcome = await capture(azure, join(folder, 's.json'), [url, '--ocp', '4.18'])
    expect(outcome).toMatchObject({ status: 0 })
    const first = azure.requests.find(({ path }) => path.startsWith('/subscriptions/'))
    expect(builds.requests.map(({ path }) => basename(path))).toEqual(['meta.json'])
    expect(builds.requests[0]?.time).toBeLessThan(first?.time ?? 0)
  })
})

describe('what is serialised', () => {
  it('in reading a snapshot is not the snapshot', () => {
    const versions = Array.from({ length: 500 }, (_, at) => `418.94.2024${1010 + (at % 18)}`)
    const images = versions.map((version, at) => azureImage('418-v2', `${version}${1000 + at}`))
    const text = snapshotText(images.filter(({ version }) => /[0-5][0-9]$/.test(version)))
    const spy = vi.spyOn(JSON, 'stringify')
    readSnapshot(text, 's.json')
    const bytes = spy.mock.results.reduce((sum, { value }) => sum + String(value).length, 0)
    spy.mockRestore()
    expect(text.length).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(100)
  })
})
