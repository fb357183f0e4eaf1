import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { azureFor } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { git } from '../support/git.ts'

const BUNDLE = resolve(
  process.env.CORPUS_DIR ?? '../shared/corpus',
  'history',
  'installer-main.bundle',
)

/** The paid ones in EMEA ended with one of 4.18. */
const IMAGES = knownImages().filter(
  ({ publisher, version }) => publisher !== 'redhat-limited' || version !== '9.6.2026030314',
)

async function cloneOf(): Promise<string> {
  const folder = await temporaryFolder()
  execFileSync('git', ['clone', '--quiet', '--branch', 'main', BUNDLE, join(folder, 'installer')])
  return join(folder, 'installer')
}

const FILES = 'data/data/coreos'

/** All files of a folder, by name. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((name) => !name.includes('/.git/'))
    .sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(name, 'utf8')])),
  )
}

describe("the installer's repository", () => {
  it('is updated from the marketplace as its engineers did, each question asked once', async () => {
    const folder = await cloneOf()
    const mockServer = await azureFor(IMAGES)
    const environment = { cwd: folder, env: mockServer.environment }
    const published = await filesOf(join(folder, FILES))

    const init = await run(['init'], { cwd: folder })
    expect(init).toMatchObject({ status: 0, stdout: '' })
    expect(init.stderr).toContain(
      `rhel-9: ${FILES}/coreos-rhel-9.json with ${FILES}/marketplace/coreos-rhel-9.json, 9.8.20260428-0, OCP 4.22 by SKU aro_422-arm (a guess)\n`,
    )
    const { streams } = JSON.parse(await readFile(join(folder, 'stream-snapshot.json'), 'utf8'))
    expect(Object.keys(streams)).toEqual(['rhel-9', 'rhel-10', 'scos'])

    const update = await run(['update', '--azure-endpoint', mockServer.url], environment)
    expect(update).toMatchObject({ status: 0, stdout: '' })
    expect(await filesOf(join(folder, FILES))).toEqual(published)
    expect((await git(folder, 'status', '--porcelain', '-uall')).trim().split('\n')).toEqual([
      '?? .gitattributes',
      '?? snapshots/rhel-10.json',
      '?? snapshots/rhel-10.recording.json',
      '?? snapshots/rhel-9.json',
      '?? snapshots/rhel-9.recording.json',
      '?? stream-snapshot.json',
    ])
    const asked = mockServer.requests.map(({ method, path }) => `${method} ${path}`)
    expect(asked.filter((each) => each.startsWith('POST'))).toHaveLength(1)
    expect(new Set(asked).size).toBe(asked.length)

    const check = await run(['check'], { cwd: folder, wrapper: ['unshare', '-rn'] })
    expect(check).toMatchObject({ status: 0, stderr: '' })
    expect(check.stdout.split('\n').map((line) => line.split(',')[0])).toEqual([
      'rhel-9: ok',
      'rhel-10: ok',
      'scos: no builds and no clouds',
      '',
    ])

    const before = await filesOf(folder)
    const again = await run(['update', '--azure-endpoint', mockServer.url], environment)
    expect(again).toMatchObject({ status: 0 })
    expect(again.stderr).toContain('all files: up to date\n')
    expect(await filesOf(folder)).toEqual(before)
    expect(existsSync(join(folder, 'snapshots/.rhel-9.json.lock'))).toBe(false)
  })
})
