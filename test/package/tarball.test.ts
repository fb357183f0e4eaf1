import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fs from 'fs-extra'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const execute = promisify(execFile)

let folder: string
let tarball: string

/** Packs the package with npm and unpacks it in an empty folder. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tarball-'))
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await execute('npm', pack, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 })
  tarball = join(folder, JSON.parse(stdout)[0].filename)
  await execute('tar', ['-xzf', tarball, '-C', folder])
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

const runPacked = (...args: string[]) =>
  run(args, { cwd: folder, cli: join(folder, 'package/dist/cli.cjs') })

describe('the unpacked package', () => {
  it('is smaller than 2 MB and has no install scripts', async () => {
    expect((await stat(tarball)).size).toBeLessThan(2_000_000)
    const { scripts } = await fs.readJson(join(folder, 'package/package.json'))
    expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([])
    const names = await readdir(join(folder, 'package'), { recursive: true })
    expect(names.filter((name) => /\.(map|cache)$|node_modules/.test(name))).toEqual([])
  })

  it('contains no path of the build machine', async () => {
    const files = (await readdir(join(folder, 'package/dist'), { recursive: true })).filter(
      (name) => /\.c?js$/.test(name),
    )
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      expect(await readFile(join(folder, 'package/dist', file), 'utf8'), file).not.toContain(ROOT)
    }
  })

  it('prints help, errors and completions', async () => {
    expect(await runPacked('--version')).toMatchObject({ status: 0 })
    expect((await runPacked('--help')).stdout).toMatch(
      /^Usage: stream-snapshot COMMAND .*\n {2}capture +Query /s,
    )
    expect(await runPacked('capture')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('missing argument: SNAPSHOT'),
    })
    expect((await runPacked('completion', 'zsh')).stdout).toContain('#compdef stream-snapshot')
  })

  it('runs check, skew, image, configmap and regenerate', async () => {
    for (const name of ['stream-snapshot.json', 'snapshots', 'demo']) {
      await fs.copy(join(ROOT, name), join(folder, name))
    }
    expect(await runPacked('check')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^rhel-9: ok, .*\nrhel-10: ok, .*\n$/),
    })
    for (const words of [
      ['skew', 'rhel-9', '-o', 'markdown'],
      ['image', 'demo/rhcos.json', '-o', 'install-config'],
      ['configmap', 'demo/rhcos.json'],
      ['regenerate', 'snapshots/rhel-10.json', '--target', 'demo/rhel-10.json', '--check'],
    ]) {
      expect(await runPacked(...words), words.join(' ')).toMatchObject({ status: 0 })
    }
  })
})
