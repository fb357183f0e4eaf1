import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isDiff } from '../../src/core/schemas/generated-diff.js'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll, git } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { smallStream } from '../support/streams.ts'

const [OLD, NEW] = ['9.8.20260403-0', '9.8.20260428-0']
const image = (version: string, more = {}) => ({
  ...azureImage('aro_422-v2', version, { ocp: '4.22' }),
  ...more,
})
const query = (sku: string, result: object) =>
  ({ publisher: 'azureopenshift', offer: 'aro4', sku, ...result }) as never
const queries = { azure: [query('aro_422-v2', { images: 2 })] }
const stream = { ...JSON.parse(snapshotText([])).stream, ocp: '4.22', name: 'rhel-9.8' }

/** `versions` has the image version of each plan. */
function streamText(release: string, versions: Readonly<Record<string, string>>): string {
  const value = JSON.parse(smallStream({ aarch64: release, x86_64: release }))
  const azure = Object.fromEntries(
    Object.entries(versions).map(([plan, version]) => {
      const { publisher, offer, sku } = image(version)
      return [plan, { hyperVGen2: { publisher, offer, sku, version } }]
    }),
  )
  value.architectures.x86_64['rhel-coreos-extensions'] = { marketplace: { azure } }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

const workspaceText = (...names: string[]) =>
  JSON.stringify({
    clouds: ['azure'],
    streams: Object.fromEntries(
      names.map((name) => [
        name,
        { snapshot: `snapshots/${name}.json`, target: `${name}.json`, ocp: '4.22' },
      ]),
    ),
  })

let folder: string
const at = (name: string) => join(folder, name)
const diff = (...args: string[]) => run(['diff', ...args], { cwd: folder })

async function writeStream(
  name: string,
  release: string,
  versions: Readonly<Record<string, string>>,
  listed = Object.values(versions),
): Promise<void> {
  await mkdir(at('snapshots'), { recursive: true })
  await writeFile(at(`${name}.json`), streamText(release, versions))
  const images = [...new Set(listed)].map((version) => image(version))
  await writeFile(at(`snapshots/${name}.json`), snapshotText(images, { stream, queries }))
}

const editWorkspace = async (
  change: (streams: Record<string, Record<string, unknown>>) => void,
) => {
  const value = JSON.parse(await readFile(at('stream-snapshot.json'), 'utf8'))
  change(value.streams)
  await writeFile(at('stream-snapshot.json'), JSON.stringify(value))
}

/** Commits a workspace in which the images of rhel-9 are in a marketplace file. */
async function commitMarketplaceFile(): Promise<void> {
  const { architectures } = JSON.parse(streamText(OLD, before))
  const images = architectures.x86_64['rhel-coreos-extensions'].marketplace
  await writeFile(at('m.json'), JSON.stringify({ x86_64: images }))
  await writeFile(at('stream-snapshot.json'), workspaceText('rhel-9'))
  await editWorkspace((streams) =>
    Object.assign(streams['rhel-9'] ?? {}, { marketplaceFile: 'm.json' }),
  )
  await writeStream('rhel-9', OLD, {}, Object.values(before))
  await commitAll(folder, 'marketplace file')
}

const before = { 'no-purchase-plan': '9.8.20260403', other: '9.8.20260101' }
const after = { 'no-purchase-plan': '9.8.20260428', other: '9.8.20260101' }

let template: string

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'stream-snapshot-'))
  folder = template
  await writeStream('rhel-9', OLD, before)
  await writeStream('rhel-10', OLD, before)
  await writeFile(at('stream-snapshot.json'), workspaceText('rhel-9', 'rhel-10'))
  await commitAll(folder, 'base')
  await git(folder, 'branch', 'base')
})

afterAll(() => rm(template, { recursive: true }))

beforeEach(async () => {
  folder = await temporaryFolder()
  await cp(template, folder, { recursive: true })
})

describe('diff --base', () => {
  it('prints the builds, the images and their grades of each stream', async () => {
    await writeStream('rhel-9', NEW, after)
    await commitAll(folder, 'bump')
    const { status, stdout, stderr } = await diff('--base', 'base')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      `rhel-9: ${OLD} -> ${NEW}; 1 exact, 1 lag by up to 117 days, 0 removed`,
      '  2 builds and 1 image changed',
      `  ~  build aarch64, x86_64               ${OLD} -> ${NEW}                             2026-04-28`,
      '  ~  azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:aro_422-v2:9.8.20260403 -> 9.8.20260428  2026-04-28  exact',
      'listed images',
    ])
    expect(stdout).toContain(`\nrhel-10: ${OLD}; 1 exact, 1 lag by up to 92 days, 0 removed\n`)
  })

  it('lists the images that were kept because the new build is missing their region', async () => {
    const withRegions = (release: string) => {
      const value = JSON.parse(streamText(release, before))
      const image = (release: string) => ({ release, image: `ami-${release.slice(-10)}` })
      const regions = { 'me-central-1': image(OLD), 'us-east-1': image(release) }
      value.architectures.x86_64.images = { aws: { regions } }
      return JSON.stringify(value)
    }
    await writeFile(at('rhel-9.json'), withRegions(OLD))
    await commitAll(folder, 'regions')
    await writeFile(at('rhel-9.json'), withRegions(NEW))
    const kept = `kept: image aws x86_64 · me-central-1 of ${OLD}, not in the build`
    expect((await diff('--base', 'HEAD', 'rhel-9')).stdout).toContain(`  ${kept}\n`)
    expect((await diff('--base', 'HEAD', '-o', 'markdown')).stdout).toContain(kept)
    await commitAll(folder, 'bump')
    await writeFile(at('rhel-9.json'), `${withRegions(NEW)}\n`)
    expect((await diff('--base', 'HEAD', 'rhel-9')).stdout).not.toContain('kept')
  })

  it('grades each side against its own releases', async () => {
    await writeStream('rhel-9', NEW, before)
    const { stdout } = await diff('--base', 'base')
    expect(stdout).toContain(
      '  ~  azure no-purchase-plan x86_64 gen2  same image: exact -> older-build\n',
    )
    const json = JSON.parse((await diff('--base', 'base', '-o', 'json')).stdout)
    expect(isDiff(json), JSON.stringify(isDiff.errors)).toBe(true)
    expect(json.base).toBe((await git(folder, 'rev-parse', 'base')).trim())
    expect(Object.keys(json.streams)).toEqual(['rhel-9', 'rhel-10'])
    const { status, releases, changes } = json.streams['rhel-9']
    expect({ status, releases }).toMatchObject({
      status: 'changed',
      releases: { before: { x86_64: OLD }, after: { x86_64: NEW } },
    })
    expect(changes.find(({ kind }: { kind: string }) => kind === 'slot')).toMatchObject({
      change: 'regraded',
      before: { grade: 'exact', days: 0 },
      after: { grade: 'older-build', days: 25 },
      loss: null,
    })
    expect(json.streams['rhel-10'].status).toBe('unchanged')
  })

  it.each([
    ['no longer listed', queries],
    ['not found', { azure: [query('aro_422-v2', { missing: true })] }],
    ['not queried', { azure: [] }],
  ])('reports a removed image as %s', async (reason, left) => {
    const { other } = before
    await writeStream('rhel-9', OLD, { other })
    await writeFile(
      at('snapshots/rhel-9.json'),
      snapshotText([image(other)], { stream, queries: left }),
    )
    const { stdout } = await diff('--base', 'base')
    expect(stdout).toMatch(
      /^rhel-9: 9\.8\.20260403-0; 0 exact, 1 lag by up to 92 days, 1 removed\n/,
    )
    expect(stdout).toContain(
      `  -  azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:aro_422-v2:9.8.20260403 (${reason})\n`,
    )
  })

  it('lists an added image of the stream if the marketplace file has the same slot', async () => {
    await commitMarketplaceFile()
    const planted = { 'no-purchase-plan': '9.8.20260101' }
    await writeStream('rhel-9', OLD, planted, Object.values(before))
    await commitAll(folder, 'plant')
    const row =
      '  +  azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:aro_422-v2:9.8.20260101  '
    expect((await diff('--base', 'HEAD~1')).stdout).toContain(`\n  1 image changed\n${row}`)
    const history = await run(['history', 'rhel-9', '--max-count', '1'], { cwd: folder })
    expect(history.stdout).toContain(row)
  })

  it('lists the builds of a missing stream, but not the images of its marketplace file', async () => {
    await commitMarketplaceFile()
    await rm(at('rhel-9.json'))
    const { stdout } = await diff()
    expect(stdout.split('\n')).toEqual([
      `rhel-9: ${OLD} -> none; 2 images, 2 removed`,
      '  2 builds changed',
      `  -  build aarch64, x86_64  ${OLD} (1 artifact)`,
      'files',
      '  -  rhel-9.json',
      '',
    ])
  })

  it('compares the merge base with the working tree or a second revision, also after a merge', async () => {
    await git(folder, 'checkout', '--quiet', '-b', 'pull')
    await writeStream('rhel-9', NEW, after)
    await commitAll(folder, 'bump')
    await git(folder, 'checkout', '--quiet', '-')
    await writeStream('rhel-10', NEW, after)
    await commitAll(folder, 'bump of the other stream')
    const trunk = (await git(folder, 'rev-parse', 'HEAD')).trim()
    await git(folder, 'checkout', '--quiet', 'pull')
    const heads = async (...args: string[]) =>
      (await diff(...args)).stdout.split('\n').filter((line) => /^rhel/.test(line))
    const [bumped, same] = [`rhel-9: ${OLD} -> ${NEW}`, `rhel-10: ${OLD}; `]
    for (const args of [
      ['--base', trunk],
      ['--base', trunk, 'pull'],
      ['--base', trunk, 'HEAD'],
    ]) {
      const [first, second] = await heads(...args)
      expect(first?.startsWith(bumped)).toBe(true)
      expect(second?.startsWith(same)).toBe(true)
    }
    await git(folder, 'merge', '--quiet', '--no-edit', trunk)
    await git(folder, 'checkout', '--quiet', '--detach')
    const [first, second] = await heads('--base', trunk)
    expect(first?.startsWith(bumped)).toBe(true)
    expect(second?.startsWith(`rhel-10: ${NEW}; `)).toBe(true)
  })

  it('uses the streams of the working tree if the base has no workspace', async () => {
    await rm(at('stream-snapshot.json'))
    await rm(at('snapshots'), { recursive: true })
    await commitAll(folder, 'without')
    await git(folder, 'branch', 'without')
    await writeStream('rhel-9', NEW, after)
    await writeFile(at('stream-snapshot.json'), workspaceText('rhel-9'))
    const { stdout } = await diff('--base', 'without')
    expect(stdout.split('\n')[0]).toBe(
      `rhel-9: ${OLD} -> ${NEW}; 1 exact, 1 lag by up to 117 days, 0 removed`,
    )
    expect(stdout).toMatch(/\nfiles\n {2}\+ {2}snapshots\/rhel-9\.json\n/)
    expect(stdout).toMatch(/\nfiles\n {2}\+ {2}stream-snapshot\.json\n$/)
  })

  it('prints added, removed and renamed streams, and a changed workspace file', async () => {
    await writeStream('new', OLD, before)
    await rename(at('rhel-10.json'), at('coreos-rhel-10.json'))
    const value = JSON.parse(workspaceText('rhel-10', 'new'))
    value.streams['rhel-10'].target = 'coreos-rhel-10.json'
    await writeFile(at('stream-snapshot.json'), JSON.stringify(value))
    const { stdout } = await diff('--base', 'base')
    expect(stdout).toMatch(/^rhel-10: 9\.8\.20260403-0; /)
    expect(stdout).toContain('  ~  workspace.target  rhel-10.json -> coreos-rhel-10.json\n')
    expect(stdout).toMatch(/\nnew: added, none -> 9\.8\.20260403-0; /)
    expect(stdout).toContain('\n  +  workspace.streams  added new\n')
    // Only the workspace file changed.
    expect(stdout).toMatch(
      /\nrhel-9: 9\.8\.20260403-0; .*, 0 removed\n {2}no build and no image changed\n/,
    )
    expect(stdout).toContain('\n  -  workspace.streams  removed rhel-9\n')
    expect(stdout).not.toContain('-  rhel-9.json')
    for (const file of ['rhel-9.json', 'snapshots/rhel-9.json', 'new.json', 'snapshots/new.json']) {
      await rm(at(file))
    }
    delete value.streams.new
    await writeFile(at('stream-snapshot.json'), JSON.stringify(value))
    expect((await diff('--base', 'base')).stdout).toMatch(
      /\nrhel-9: removed, 9\.8\.20260403-0 -> none; 4 removed\n/,
    )
  })

  it('compares a renamed stream with renamed files, and prints the new names', async () => {
    await editWorkspace((streams) => {
      streams.rhcos = { ...streams['rhel-9'], snapshot: 'snapshots/s.json', target: 'rhcos.json' }
      delete streams['rhel-9']
    })
    await rename(at('rhel-9.json'), at('rhcos.json'))
    await rename(at('snapshots/rhel-9.json'), at('snapshots/s.json'))
    const { status, stdout } = await diff('--base', 'base')
    expect(status).toBe(1)
    expect(stdout).toContain(
      `\nrhcos: ${OLD}; 1 exact, 1 lag by up to 92 days, 0 removed
  no build and no image changed
stream and criteria
  ~  workspace.streams   rhel-9 -> rhcos
  ~  workspace.snapshot  snapshots/rhel-9.json -> snapshots/s.json
  ~  workspace.target    rhel-9.json -> rhcos.json
`,
    )
    expect(stdout).not.toContain('rhel-9:')
  })

  it('omits unset workspace keys, and workspace builds that the stream shows', async () => {
    const builds = { aarch64: OLD, x86_64: OLD }
    await editWorkspace((streams) => Object.assign(streams['rhel-9'] ?? {}, { builds }))
    await commitAll(folder, 'builds')
    await editWorkspace((streams) =>
      Object.assign(streams, {
        new: { ...streams['rhel-9'], snapshot: 'n.json', target: 'n.json' },
      }),
    )
    expect((await diff()).stdout).not.toContain('workspace.require')
    await git(folder, 'checkout', '--quiet', '.')
    const { architectures, ...rest } = JSON.parse(await readFile(at('rhel-9.json'), 'utf8'))
    const { x86_64 } = architectures
    await writeFile(at('rhel-9.json'), JSON.stringify({ ...rest, architectures: { x86_64 } }))
    const dropped = (await diff('rhel-9')).stdout
    expect(dropped).toContain(`\n  -  build aarch64  ${OLD} (1 artifact)\n`)
    expect(dropped).not.toContain('workspace.builds')
    await commitAll(folder, 'drop')
    const history = await run(['history', 'rhel-9.json', '--max-count', '1'], { cwd: folder })
    expect(history.stdout).toContain(`\n  -  build aarch64  ${OLD} (1 artifact)\n`)
    await editWorkspace((streams) =>
      Object.assign(streams['rhel-9'] ?? {}, { builds: { x86_64: OLD } }),
    )
    expect((await diff('rhel-9')).stdout).toContain(
      `\n  -  workspace.builds  removed {"aarch64":"${OLD}"}\n`,
    )
  })

  it.each([
    ['-', 'deleted', () => rm(at('snapshots/rhel-9.recording.json'))],
    ['~', 'corrupt', () => writeFile(at('snapshots/rhel-9.recording.json'), 'x')],
  ])('lists with %s a recording that is %s', async (sign, _, spoil) => {
    await writeFile(at('snapshots/rhel-9.recording.json'), '[]')
    await commitAll(folder, 'recording')
    await spoil()
    expect(await diff('rhel-9')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`\nfiles\n  ${sign}  snapshots/rhel-9.recording.json\n`),
    })
  })

  it('lists a workspace file if only its format changed', async () => {
    await writeFile(at('stream-snapshot.json'), `${workspaceText('rhel-9', 'rhel-10')}\n`)
    expect((await diff()).stdout).toMatch(/\nfiles\n {2}~ {2}stream-snapshot\.json\n$/)
    expect(await diff('rhel-9')).toMatchObject({ status: 0 })
  })

  it('compares one stream, and counts images that were replaced by older images', async () => {
    await writeStream('rhel-9', OLD, { ...before, 'no-purchase-plan': '9.8.20260101' })
    const { stdout } = await diff('rhel-9', '--base', 'base')
    expect(stdout).toMatch(/^rhel-9: .*, 1 older image, 0 removed\n/)
    expect(stdout).not.toContain('rhel-10')
    expect((await diff('rhel-9.json', '--base', 'base')).stdout).toBe(stdout)
  })

  it('counts older builds separately from older images', async () => {
    await writeStream('rhel-9', NEW, before)
    await commitAll(folder, 'new')
    await writeStream('rhel-9', OLD, before)
    const { stdout } = await diff('rhel-9')
    expect(stdout).toContain(', 2 older builds, 0 removed')
    expect(stdout).not.toContain('older image')
  })

  it('prints nothing on stdout if nothing changed', async () => {
    expect(await diff('--base', 'base')).toEqual({
      status: 0,
      stdout: '',
      stderr: `rhel-9, rhel-10: no changes since ${(await git(folder, 'rev-parse', 'base')).slice(0, 7)}\n`,
    })
  })

  it('reports other members of a target that change with a build', async () => {
    await writeStream('rhel-9', NEW, before)
    const text = (await readFile(at('rhel-9.json'), 'utf8')).replace(
      /"stream": "[^"]*"/,
      '"stream": "x"',
    )
    await writeFile(at('rhel-9.json'), text.replace('{', '{\n  "unknown": 1,'))
    const { stdout } = await diff('rhel-9', '--base', 'base')
    expect(stdout).toMatch(/\n {2}~ {2}target\.stream +\S+ -> x\n/)
    expect(stdout).toMatch(/\n {2}\+ {2}target\.unknown +added 1\n/)
  })

  it('reports line ends that were committed', async () => {
    const text = await readFile(at('rhel-9.json'), 'utf8')
    await writeFile(at('rhel-9.json'), text.replaceAll('\n', '\r\n'))
    await commitAll(folder, 'line ends')
    const { status, stdout } = await diff('--base', 'base')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^ +~ {2}rhel-9\.json$/m)
  })

  it('compares a stream that was removed', async () => {
    await editWorkspace((streams) => delete streams['rhel-10'])
    await commitAll(folder, 'removed')
    const { status, stdout } = await diff('rhel-10', '--base', 'base')
    expect(status).toBe(1)
    expect(stdout).toContain('rhel-10')
    expect(stdout).not.toContain('rhel-9')
  })

  it.each([
    [['--base', 'nope'], 'nope: unknown revision\nList the revisions with git log --oneline.\n'],
    [['--base', 'base', 'nope'], 'nope: unknown revision\n'],
    [['--base', '--all'], ''],
  ])('refuses %j with exit 2, also with --exit-zero', async (args, message) => {
    const { status, stdout, stderr } = await diff(...args, '--exit-zero')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`stream-snapshot: ${message}`)
  })

  it('refuses an invalid file, and reports its revision', async () => {
    const file = 'snapshots/rhel-9.json'
    await writeFile(at(file), '<<<<<<< ours\n')
    await commitAll(folder, 'broken')
    const broken = (await git(folder, 'rev-parse', 'HEAD')).trim()
    expect((await diff('--base', 'base')).stderr).toMatch(
      /^stream-snapshot: snapshots\/rhel-9\.json/,
    )
    await git(folder, 'checkout', '--quiet', 'base', '--', file)
    const { status, stderr } = await diff('--base', broken)
    expect(status).toBe(2)
    expect(stderr.startsWith(`stream-snapshot: ${broken.slice(0, 7)}:${file}`)).toBe(true)
  })

  it('suggests fetch-depth in a shallow clone', async () => {
    await writeStream('rhel-9', NEW, after)
    await commitAll(folder, 'bump')
    const base = (await git(folder, 'rev-parse', 'base')).trim()
    const clone = join(await temporaryFolder(), 'clone')
    await git(folder, 'clone', '--quiet', '--depth', '1', `file://${folder}`, clone)
    const { status, stderr } = await run(['diff', '--base', base], { cwd: clone })
    expect(status).toBe(2)
    expect(stderr).toBe(
      `stream-snapshot: ${base}: unknown revision\nFetch the whole history: fetch-depth: 0 in actions/checkout, or git fetch --unshallow.\n`,
    )
  })

  it('suggests the command that fetches a branch which is missing in the clone', async () => {
    await git(folder, 'branch', 'other')
    const clone = join(await temporaryFolder(), 'clone')
    await git(folder, 'clone', '--quiet', '--depth', '1', `file://${folder}`, clone)
    const base = ['diff', '--base', 'origin/other']
    const { stderr } = await run(base, { cwd: clone })
    const [cause, remedy = ''] = stderr.split('\n')
    expect(cause).toBe('stream-snapshot: origin/other: unknown revision')
    const [, command = ''] = /^Fetch it: git (.+)$/.exec(remedy) ?? []
    await git(clone, ...command.split(' '))
    expect(await run(base, { cwd: clone })).toMatchObject({ status: 0 })
  })

  it('follows a link, and refuses a link to a missing file', async () => {
    await rename(at('rhel-9.json'), at('real.json'))
    await symlink('real.json', at('rhel-9.json'))
    await commitAll(folder, 'link')
    await git(folder, 'branch', 'link')
    await writeStream('rhel-10', NEW, after)
    await rm(at('rhel-9.json'))
    await symlink('nothing.json', at('rhel-9.json'))
    await commitAll(folder, 'dangling')
    await rm(at('rhel-9.json'))
    const { stdout } = await diff('--base', 'base', 'link')
    expect(stdout).toBe('')
    expect((await diff('--base', 'base', 'HEAD')).stderr).toMatch(
      /^stream-snapshot: [0-9a-f]{7}:rhel-9\.json: a link to a missing file\nUse a revision /,
    )
  })

  it('compares the snapshots of two streams', async () => {
    const { status, stdout } = await diff('rhel-9', 'rhel-10')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect((await diff('rhel-9', 'snapshots/rhel-10.json')).status).toBe(0)
  })

  it('prints a heading for files in Markdown', async () => {
    await rm(at('rhel-9.json'))
    expect((await diff('rhel-9', '-o', 'markdown')).stdout).toContain(
      '\n\n**files**\n\n|  | what |',
    )
  })

  it('refuses a submodule in place of a file, which history only reports', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, 'x.json'), '{}')
    await commitAll(other, 'x')
    await git(folder, 'rm', '--quiet', 'rhel-9.json')
    const file = ['-c', 'protocol.file.allow=always']
    await git(folder, ...file, 'submodule', '--quiet', 'add', other, 'rhel-9.json')
    await commitAll(folder, 'submodule')
    expect((await diff('--base', 'base', 'HEAD')).stderr).toMatch(
      /: rhel-9\.json is a submodule, with files of its own repository\nRun the command in rhel-9\.json\.\n$/,
    )
    await git(folder, 'rm', '--quiet', '-f', 'rhel-9.json')
    await writeStream('rhel-9', NEW, after)
    await commitAll(folder, 'file')
    const { status, stdout } = await run(['history', 'rhel-9.json'], { cwd: folder })
    expect(status).toBe(0)
    expect(stdout).toContain('rhel-9.json: is a submodule, expected a file')
  })

  it('refuses a path into a submodule', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, 'x.json'), '{}')
    await commitAll(other, 'x')
    const file = ['-c', 'protocol.file.allow=always']
    await git(folder, ...file, 'submodule', '--quiet', 'add', other, 'sub')
    await commitAll(folder, 'submodule')
    const { status, stderr } = await diff('HEAD:sub/x.json', 'snapshots/rhel-9.json')
    expect(status).toBe(2)
    expect(stderr).toBe(
      'stream-snapshot: HEAD:sub/x.json: sub is a submodule, with files of its own repository\nRun the command in sub.\n',
    )
  })
})

describe('diff of a workspace', () => {
  it('compares the working tree with HEAD, all streams or one', async () => {
    await writeStream('rhel-9', NEW, after)
    const all = await diff()
    expect(all.status).toBe(1)
    expect(all.stdout).toMatch(/^rhel-9: 9\.8\.20260403-0 -> 9\.8\.20260428-0; /)
    expect(all.stdout).toMatch(/\nrhel-10: /)
    expect((await diff('rhel-9')).stdout).not.toMatch(/\nrhel-10: /)
    expect(await diff('rhel-10')).toMatchObject({ status: 0, stdout: '' })
    const markdown = (await diff('-o', 'markdown')).stdout
    expect(markdown.split('\n').filter((line) => line.startsWith('### '))).toEqual([
      `### \`rhel-9\`: ${OLD} -> ${NEW}; 1 exact, 1 lag by up to 117 days, 0 removed`,
      `### \`rhel-10\`: ${OLD}; 1 exact, 1 lag by up to 92 days, 0 removed`,
    ])
  })
})
