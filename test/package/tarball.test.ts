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

/** The package as npm packs it, unpacked where there is nothing else. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tarball-'))
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await execute('npm', pack, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 })
  tarball = join(folder, JSON.parse(stdout)[0].filename)
  await execute('tar', ['-xzf', tarball, '-C', folder])
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

const packed = (...args: string[]) =>
  run(args, { cwd: folder, cli: join(folder, 'package/dist/cli.cjs') })

describe('the package, unpacked and alone', () => {
  it('is of at most two megabytes, and runs nothing when it is installed', async () => {
    expect((await stat(tarball)).size).toBeLessThan(2_000_000)
    const { scripts } = await fs.readJson(join(folder, 'package/package.json'))
    expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([])
    const names = await readdir(join(folder, 'package'), { recursive: true })
    expect(names.filter((name) => /\.(map|cache)$|node_modules/.test(name))).toEqual([])
  })

  it('knows no place of the machine that built it', async () => {
    const files = (await readdir(join(folder, 'package/dist'), { recursive: true })).filter(
      (name) => /\.c?js$/.test(name),
    )
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      expect(await readFile(join(folder, 'package/dist', file), 'utf8'), file).not.toContain(ROOT)
    }
  })

  it('prints help, errors and completions', async () => {
    expect(await packed('--version')).toMatchObject({ status: 0 })
    expect((await packed('--help')).stdout).toMatch(
      /^Usage: stream-snapshot COMMAND .*\n {2}capture +Query /s,
    )
    expect(await packed('capture')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('missing argument: SNAPSHOT'),
    })
    expect((await packed('completion', 'zsh')).stdout).toContain('#compdef stream-snapshot')
  })

  it('checks a workspace, and makes a page of it', async () => {
    for (const name of ['stream-snapshot.json', 'snapshots', 'demo']) {
      await fs.copy(join(ROOT, name), join(folder, name))
    }
    expect(await packed('check')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^rhel-9: ok, .*\nrhel-10: ok, .*\n$/),
    })
    for (const words of [
      ['skew', 'rhel-9', '-o', 'markdown'],
      ['image', 'demo/rhcos.json', '-o', 'install-config'],
      ['configmap', 'demo/rhcos.json'],
      ['regenerate', 'snapshots/rhel-10.json', '--target', 'demo/rhel-10.json', '--check'],
    ]) {
      expect(await packed(...words), words.join(' ')).toMatchObject({ status: 0 })
    }
  })
})
