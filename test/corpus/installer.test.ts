import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AzureMockServer, startAzure } from '../mock-servers/azure.ts'
import { knownImages } from '../mock-servers/azure-images.ts'
import { type MockBuildServer, startBuilds } from '../mock-servers/builds.ts'
import { type Outcome, run } from '../support/cli.ts'
import { git } from '../support/git.ts'
import {
  cloneInstaller,
  editJson,
  everyBuild,
  type Installer,
  type Json,
  MARKETPLACE,
  STREAMS,
} from '../support/installer.ts'

const BUILD_9 = '9.8.20260502-0'
const BUILD_10 = '10.2.20260502-0'
const ARCHITECTURES = ['x86_64', 'aarch64', 's390x', 'ppc64le']

interface Variant extends Installer {
  readonly name: string
  readonly ocp: string
  readonly next: string
  /** The expected sources of the OCP versions of `rhel-9` and `rhel-10`. */
  readonly sources: readonly [string, string]
  /** Whether only the folder of the streams is checked out, which also has the snapshots. */
  readonly isSparse?: true
}

const ocp422 = { ocp: '4.22', next: '4.23' }
const ocp50 = { ocp: '5.0', next: '5.1', isLater: true, has50: true } as const
const fromBranch = (branch: string) => ({
  branch,
  sources: [`git branch ${branch}`, `git branch ${branch}`] as const,
})
const guess = 'SKU aro_5-0_arm_gen2 (a guess)'

const VARIANTS: readonly Variant[] = [
  {
    ...{ name: 'the branch main', branch: 'main', ...ocp422, isLater: true },
    sources: ['SKU aro_422-arm (a guess)', 'stream name rhcos-4.22'],
  },
  { name: 'main with SKUs of 5.0', branch: 'main', ...ocp50, sources: [guess, guess] },
  { name: 'release-4.22', ...ocp422, ...fromBranch('release-4.22') },
  { name: 'release-5.0', ...ocp50, ...fromBranch('release-5.0') },
  { name: 'a sparse checkout', ...ocp422, ...fromBranch('release-4.22'), isSparse: true },
]

let azure: AzureMockServer
let builds: MockBuildServer
const folders: string[] = []

beforeAll(async () => {
  azure = await startAzure({ images: knownImages() })
  builds = await startBuilds(everyBuild)
})

afterAll(async () => {
  await Promise.all([azure.close(), builds.close()])
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'installer-'))
  folders.push(folder)
  return folder
}

async function commit(folder: string, message: string): Promise<void> {
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', '--message', message)
}

/** Clones the repository and adds a large unrelated file. */
async function clone(variant: Variant): Promise<string> {
  const { branch, isSparse } = variant
  const folder = await newFolder()
  const full = join(folder, 'full')
  await cloneInstaller(full, variant)
  await fs.outputFile(join(full, 'cmd/unrelated.go'), '// unrelated\n'.repeat(100_000))
  await commit(full, 'Change unrelated files')
  if (!isSparse) return full
  await git(full, 'config', 'uploadpack.allowFilter', 'true')
  const sparse = join(folder, 'sparse')
  const options = ['--quiet', '--filter=blob:none', '--sparse', '--branch', branch]
  await git(folder, 'clone', ...options, `file://${full}`, sparse)
  await git(sparse, 'sparse-checkout', 'set', STREAMS)
  return sparse
}

describe.each(VARIANTS)('$name', (variant) => {
  const { ocp, next, sources, isLater, has50, isSparse } = variant
  const place = isSparse ? `${STREAMS}/snapshots` : 'snapshots'
  const snapshot = (name: string) => `${place}/${name}.json`
  let folder: string
  let initialized: Outcome
  let bumped: Outcome
  let checkedAfterBump: Outcome
  let updated: Outcome

  const at = (file: string) => join(folder, file)
  const read = (file: string) => readFile(at(file), 'utf8')
  const readJson = async (file: string) => JSON.parse(await read(file))
  const command = (...args: string[]) => run(args, { cwd: folder })
  /** Runs a command with credentials. */
  const query = (...args: string[]) =>
    run([...args, '--azure-endpoint', azure.url], { cwd: folder, env: azure.environment })
  const bump = (nine: string, ten: string) =>
    command('update', '--cloud', 'none', 'rhel-9', nine, 'rhel-10', ten)

  beforeAll(async () => {
    folder = await clone(variant)
    initialized = await command('init')
    await editJson(at('stream-snapshot.json'), ({ streams }) => {
      for (const name of ['rhel-9', 'rhel-10']) {
        Object.assign(streams[name], { url: builds.streams, snapshot: snapshot(name) })
      }
    })
    await commit(folder, 'Add the workspace')
    bumped = await bump(BUILD_9, BUILD_10)
    checkedAfterBump = await command('check')
    await commit(folder, 'Bump RHCOS')
    updated = await query('update')
    await commit(folder, 'Update marketplace images')
  }, 180_000)

  afterEach(async () => {
    azure.setImages(knownImages())
    await git(folder, 'reset', '--quiet', '--hard')
    await git(folder, 'clean', '--quiet', '-d', '--force')
  })

  it('init determines the OCP version of both streams and reports stale names', async () => {
    const { status, stderr } = initialized
    expect(status).toBe(0)
    const { streams } = await readJson('stream-snapshot.json')
    for (const [at, name] of ['rhel-9', 'rhel-10'].entries()) {
      expect(stderr).toMatch(new RegExp(`^${name}: .*, OCP ${ocp} from `, 'm'))
      expect(stderr).toContain(`, OCP ${ocp} from ${sources[at]}\n`)
      expect(streams[name].ocp).toBe(ocp)
    }
    expect(stderr).toMatch(/^warning: rhel-9: .*, but OCP 4\.21 from stream name rhcos-4\.21$/m)
    const isStale = stderr.includes('but OCP 4.22 from stream name rhcos-4.22')
    expect(isStale).toBe(ocp === '5.0')
    expect(stderr).not.toContain('different OCP versions')
  })

  it('capture --stream uses the OCP version of the workspace, or the same rules as init', async () => {
    const args = ['capture', 's.json', '--stream', `${STREAMS}/coreos-rhel-10.json`]
    await editJson(at('stream-snapshot.json'), ({ streams }) => {
      streams['rhel-10'].ocp = next
    })
    expect(await query(...args)).toMatchObject({ status: 0 })
    expect((await readJson('s.json')).stream.ocp).toBe(next)
    for (const file of ['stream-snapshot.json', 's.json', 's.recording.json']) await rm(at(file))
    expect(await query(...args)).toMatchObject({ status: 0 })
    expect((await readJson('s.json')).stream.ocp).toBe(ocp)
  })

  it('init adds a marketplace file for each RHEL stream, but not for scos', async () => {
    const { streams } = await readJson('stream-snapshot.json')
    for (const name of ['rhel-9', 'rhel-10']) {
      expect(streams[name]).toMatchObject({ marketplaceFile: `${MARKETPLACE}/coreos-${name}.json` })
      expect(streams[name].layouts).toBeUndefined()
      const stream = await read(`${STREAMS}/coreos-${name}.json`)
      expect(stream).not.toMatch(/"(azure-)?marketplace"/)
      const { x86_64, aarch64 } = await readJson(`${MARKETPLACE}/coreos-${name}.json`)
      const plan = x86_64.azure['no-purchase-plan']
      // There is no Gen1 SKU for OCP 5.0.
      expect('hyperVGen1' in plan).toBe(!has50)
      expect(plan.hyperVGen2.sku).toBe(has50 ? 'aro_5-0_x64_gen2' : 'aro_422-v2')
      expect(aarch64.azure['no-purchase-plan'].hyperVGen2.version).toBe(
        has50 && name === 'rhel-10' ? '10.2.20260423' : '9.8.20260428',
      )
    }
    expect(streams.scos.layouts).toEqual(['none'])
    for (const file of ['scos.json', 'scos.recording.json']) {
      expect(fs.existsSync(at(`snapshots/${file}`))).toBe(false)
    }
    expect(updated.stderr).toMatch(/^scos:\n {2}nothing to query\n/m)
  })

  it('update without credentials bumps builds and preserves images', async () => {
    expect(bumped).toMatchObject({ status: 0, stdout: '' })
    expect(bumped.stderr.match(/^ {2}marketplace images: not queried, unchanged$/gm)).toHaveLength(
      2,
    )
    const files = await git(folder, 'show', '--name-only', '--format=', 'HEAD~1')
    const pairs = ['rhel-10', 'rhel-9'].flatMap((name) => [
      snapshot(name),
      snapshot(name).replace('.json', '.recording.json'),
    ])
    const isNew = isLater ? [] : [`${MARKETPLACE}/coreos-rhel-10.json`]
    expect(files.trim().split('\n').sort()).toEqual(
      [
        ...['stream-snapshot.json', ...pairs, ...isNew],
        ...['rhel-10', 'rhel-9'].map((name) => `${STREAMS}/coreos-${name}.json`),
      ].sort(),
    )
    expect(checkedAfterBump).toEqual({
      status: 0,
      stdout: `rhel-9: ok, ${BUILD_9}, azure not queried\nrhel-10: ok, ${BUILD_10}, azure not queried\nscos: no builds and no clouds, nothing to check\n`,
      stderr: '',
    })
    expect(updated).toMatchObject({ status: 0, stdout: '' })
    expect((await bump('9.8.20260503-0', BUILD_10)).stderr).toContain('\n  azure: not queried, 7')
    expect(await command('check')).toMatchObject({ status: 0 })
  })

  it("cosa2stream with the bump job's options updates the stream in the workspace", async () => {
    const plume = (name: string, place: string, release: string) => [
      ...['cosa2stream', '--target', `${STREAMS}/coreos-${name}.json`, '--distro', 'rhcos'],
      ...['--no-signatures', '--name', place, '--url', builds.streams],
      ...ARCHITECTURES.map((architecture) => `${architecture}=${release}`),
    ]
    for (const [name, place, release] of [
      ['rhel-9', 'rhel-9.8', '9.8.20260504-0'],
      ['rhel-10', 'rhel-10.2', '10.2.20260504-0'],
    ] as const) {
      const { status, stderr } = await command(...plume(name, place, release))
      expect({ status, stderr }).toMatchObject({ status: 0 })
      expect(stderr).toContain('warning: marketplace images not queried: azure: no credentials')
      expect((await readJson('stream-snapshot.json')).streams[name].builds.s390x).toBe(release)
      expect(await read(`${STREAMS}/coreos-${name}.json`)).not.toContain('marketplace')
    }
    expect(await command('check')).toMatchObject({ status: 0 })
    expect(await git(folder, 'status', '--porcelain')).not.toContain('?? ')
    azure.setImages([
      ...knownImages(),
      ...knownImages()
        .filter(({ version }) => version === '9.8.20260428')
        .map((image) => ({ ...image, version: '9.8.20260504' })),
    ])
    const later = await query(...plume('rhel-9', 'rhel-9.8', '9.8.20260504-0'))
    expect(later.stderr).toMatch(/-> 9\.8\.20260504 .* exact$/m)
    expect(await command('check')).toMatchObject({ status: 0 })
  })

  it('update refuses to remove an image that is no longer listed without --allow-regression', async () => {
    const removed = has50 ? ['aro_5-0_x64_gen2', 'aro_422-v2'] : ['aro_422-v2']
    azure.setImages(knownImages().filter(({ sku }) => !removed.includes(sku)))
    const refused = await query('update')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/^Allow this with --allow-regression\.$/m)
    expect(await git(folder, 'status', '--porcelain')).toBe('')
    expect(await query('update', '--allow-regression')).toMatchObject({ status: 0 })
    expect(await command('check')).toMatchObject({ status: 0 })
  })

  const marketplace = `${MARKETPLACE}/coreos-rhel-9.json`
  const replace = (file: string, before: string | RegExp, after: string) => async () =>
    writeFile(at(file), (await read(file)).replaceAll(before, after))
  const remove = (file: string) => () => rm(at(file))
  const format = (file: string) => async () =>
    writeFile(at(file), JSON.stringify(await readJson(file)))
  it.each([
    ['an edited image', replace(marketplace, /"aro_(422-|5-0_)/g, '"aro_421-'), /^~ {2}azure no-/m],
    [
      'a later build',
      replace(`${STREAMS}/coreos-rhel-9.json`, BUILD_9, '9.8.20260601-0'),
      /^~ {2}b/m,
    ],
    ['a removed marketplace file', remove(marketplace), /^$/],
    ['a removed stream', remove(`${STREAMS}/coreos-rhel-9.json`), /^$/],
    ['a removed snapshot', remove(snapshot('rhel-9')), /^$/],
    ['an edited snapshot', replace(snapshot('rhel-9'), '"active"', '"deprecated"'), /^$/],
    ['a formatted snapshot', format(snapshot('rhel-9')), /^$/],
    ['other builds', replace('stream-snapshot.json', BUILD_9, '9.8.20260601-0'), /^$/],
  ])('check prints the command that repairs %s', async (_, edit, difference) => {
    await edit()
    const { status, stdout, stderr } = await command('check', 'rhel-9')
    expect(status).toBe(1)
    expect(stdout.replace(/^rhel-9: FAILED\n/, '')).toMatch(difference)
    const remedies = new Set(stderr.match(/(?<=^ {4}Run ).*?(?=\.?$|, or )/gm))
    expect(remedies.size).toBe(1)
    // Unchanged files are not listed.
    expect(stderr).not.toContain('coreos-rhel-9.json, ')
    const [line = ''] = remedies
    const [program, ...args] = line.split(' ')
    if (program === 'git') await git(folder, ...args)
    else expect(await command(...args)).toMatchObject({ status: 0 })
    expect(await command('check', 'rhel-9')).toMatchObject({ status: 0, stderr: '' })
  })

  it('regenerate rewrites every file offline', async () => {
    const after = await read(marketplace)
    await replace(marketplace, /"aro_(422-|5-0_)/g, '"aro_421-')()
    await rm(at(`${MARKETPLACE}/coreos-rhel-10.json`))
    expect(await command('regenerate')).toMatchObject({ status: 0, stdout: '' })
    expect(await read(marketplace)).toBe(after)
    expect(await git(folder, 'status', '--porcelain')).toBe('')
  })

  it('check finds renamed files after the workspace is edited', async () => {
    const old = snapshot('rhel-9')
    for (const file of [old, old.replace('.json', '.recording.json')]) {
      await fs.move(at(file), at(file.replace('rhel-9', 'nine')))
    }
    await fs.move(at(`${STREAMS}/coreos-rhel-9.json`), at(`${STREAMS}/rhcos.json`))
    await editJson(at('stream-snapshot.json'), ({ streams }) => {
      Object.assign(streams['rhel-9'], {
        snapshot: snapshot('nine'),
        target: `${STREAMS}/rhcos.json`,
      })
    })
    const { stderr } = await command('check')
    expect(stderr).toContain(`\n    Run stream-snapshot capture ${snapshot('nine')} --replay.\n`)
    expect(await command('capture', snapshot('nine'), '--replay')).toMatchObject({ status: 0 })
    expect(await command('check')).toMatchObject({ status: 0, stderr: '' })
    expect((await command('diff')).stdout).toMatch(
      /^rhel-9: .* 0 removed\n {2}no build and no image/,
    )
  })

  it('two conflicting bumps are merged as described in docs/workspace.md', async () => {
    const head = (await git(folder, 'rev-parse', 'HEAD')).trim()
    const bumpTo = async (release: string) => {
      await git(folder, 'reset', '--quiet', '--hard', head)
      expect(await bump(release, BUILD_10)).toMatchObject({ status: 0 })
      await commit(folder, release)
    }
    await bumpTo('9.8.20260505-0')
    const other = (await git(folder, 'rev-parse', 'HEAD')).trim()
    await bumpTo('9.8.20260506-0')
    await expect(git(folder, 'merge', other)).rejects.toThrow()
    expect((await command('check')).stderr).toContain('merge conflict marker')
    await git(folder, 'checkout', 'HEAD', '--', 'stream-snapshot.json', place)
    const { stderr } = await command('check', 'rhel-9')
    expect(stderr).toMatch(/: 1 check failed\n {2}rhel-9: .*: merge conflict marker <<<<<<<\n/)
    await git(folder, 'checkout', 'HEAD', '--', STREAMS)
    expect(await command('update', '--cloud', 'none')).toMatchObject({ status: 0 })
    expect(await command('check')).toMatchObject({ status: 0, stderr: '' })
    await commit(folder, 'Merge')
    await git(folder, 'reset', '--quiet', '--hard', head)
  })

  it('update --ocp changes the OCP version of both streams for a new branch', async () => {
    const { status, stderr } = await query('update', '--ocp', next)
    const remedy = /^Specify the stream: stream-snapshot (.*)$/m.exec(stderr)?.[1] ?? ''
    expect({ status, remedy }).toEqual({ status: 2, remedy: `update rhel-9 --ocp ${next}` })
    expect(await query(...remedy.split(' '))).toMatchObject({ status: 0 })
    expect(await query('update', 'rhel-10', '--ocp', next)).toMatchObject({ status: 0 })
    const { streams } = await readJson('stream-snapshot.json')
    expect([streams['rhel-9'].ocp, streams['rhel-10'].ocp]).toEqual([next, next])
    expect(await command('check')).toMatchObject({ status: 0, stderr: '' })
  })

  it('configmap uses the keys of the installer, and image reads its output', async () => {
    const { stdout } = await command('configmap', 'rhel-9', 'rhel-10')
    const { data } = load(stdout) as { data: { stream: string; streams: string } }
    const streams = JSON.parse(data.streams)
    expect(Object.keys(streams)).toEqual(['rhel-10', 'rhel-9'])
    expect(JSON.parse(data.stream)).toEqual(streams['rhel-9'])
    const scos = load((await command('configmap', 'scos')).stdout) as Json
    expect(Object.keys(JSON.parse(scos.data.streams))).toEqual([''])
    await writeFile(at('cm.yaml'), stdout)
    const image = await command('image', 'cm.yaml', '--stream-name', 'rhel-10')
    expect(image.stdout).toBe(
      has50
        ? 'azureopenshift:aro4:aro_5-0_x64_gen2:10.2.20260423\n'
        : 'azureopenshift:aro4:aro_422-v2:9.8.20260428\n',
    )
    expect((await command('image', 'rhel-10')).stdout).toBe(image.stdout)
  })

  it('update reports Gen2 SKUs that the machine-config operator reads as Gen1', () => {
    const paid = ['rh-ocp-worker', 'rh-opp-worker', 'rh-oke-worker']
    const skus = has50 ? paid : ['aro_422-arm', ...paid]
    const lines = updated.stderr.match(/^ {2}the machine-config operator reads .*/gm) ?? []
    // Unchanged images are not reported.
    expect(lines).toHaveLength(isLater ? 0 : 2)
    for (const line of lines) expect(line).toMatch(new RegExp(`: ${skus.join(', ')}$`))
  })

  async function cloneAgain(...options: string[]): Promise<string> {
    // A partial clone cannot be cloned.
    if (isSparse) await git(folder, 'fetch', '--quiet', '--refetch', '--no-filter')
    await git(folder, 'config', 'uploadpack.allowFilter', 'true')
    const other = join(await newFolder(), 'clone')
    await git(folder, 'clone', '--quiet', ...options, `file://${folder}`, other)
    return other
  }

  it('history, report and diff work without the contents of unrelated files', async () => {
    const other = await cloneAgain('--sparse', '--filter=blob:limit=1m')
    await git(other, 'sparse-checkout', 'set', STREAMS, place)
    const here = (...args: string[]) => run(args, { cwd: other })
    expect(await here('check')).toMatchObject({ status: 0 })
    const diff = await here('diff', '--base', 'HEAD~2')
    expect(diff.stdout).toMatch(
      new RegExp(`^rhel-9: 9\\.8\\.[-\\d]+ -> ${BUILD_9}; .* 0 removed$`, 'm'),
    )
    const history = await here('history', 'rhel-9')
    expect(history.stdout).toMatch(/Bump RHCOS\n {2}~ {2}build/)
    expect(await here('report', '--file', 'r.html')).toMatchObject({ status: 0 })
    const missing = await git(other, 'rev-list', '--objects', '--missing=print', 'HEAD')
    expect(missing.match(/^\?/gm)).toHaveLength(1)
  })

  it('check, update and diff work in a shallow clone', async () => {
    const other = await cloneAgain('--depth', '1')
    const here = (...args: string[]) => run(args, { cwd: other })
    expect(await here('check')).toMatchObject({ status: 0 })
    expect(await here('update', '--cloud', 'none', 'rhel-9', '9.8.20260504-0')).toMatchObject({
      status: 0,
    })
    expect((await here('diff', '--base', 'HEAD')).stdout).toMatch(
      /^rhel-9: 9\.8\.20260502-0 -> 9\.8\.20260504-0; .* 0 removed$/m,
    )
    const base = (await git(folder, 'rev-parse', 'HEAD~1')).trim()
    const { status, stderr } = await here('diff', '--base', base)
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `stream-snapshot: ${base}: unknown revision\nFetch the whole history: fetch-depth: 0 in actions/checkout, or git fetch --unshallow.\n`,
    })
    await git(other, 'fetch', '--quiet', '--unshallow')
    expect(await here('diff', '--base', base)).toMatchObject({ status: 1 })
  })
})

it('commands refuse a sparse checkout without snapshots and print the remedy', async () => {
  const full = await clone({ ...ocp422, ...fromBranch('release-4.22'), name: '' })
  expect(await run(['init'], { cwd: full })).toMatchObject({ status: 0 })
  await editJson(join(full, 'stream-snapshot.json'), ({ streams }) => {
    streams['rhel-9'].url = builds.streams
  })
  const bump = ['update', '--cloud', 'none', 'rhel-9', BUILD_9]
  expect(await run(bump, { cwd: full })).toMatchObject({ status: 0 })
  await commit(full, 'Bump RHCOS')
  const folder = join(await newFolder(), 'sparse')
  await git(full, 'clone', '--quiet', '--sparse', `file://${full}`, folder)
  await git(folder, 'sparse-checkout', 'set', STREAMS)
  const here = (...args: string[]) => run(args, { cwd: folder })
  const remedy = 'git sparse-checkout add snapshots'
  expect((await here('check', 'rhel-9')).stderr).toContain(`no such file\n    Run ${remedy}\n`)
  expect((await here('regenerate', 'rhel-9')).stderr).toMatch(`no such file\nRun ${remedy}\n`)
  expect((await here(...bump)).stderr).toContain(
    `tracked by git, but missing\nRestore it with ${remedy}, or remove it with git rm.\n`,
  )
  await git(folder, ...remedy.split(' ').slice(1))
  expect(await here('check', 'rhel-9')).toMatchObject({ status: 0 })
})
