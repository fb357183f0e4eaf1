import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAt, git } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'

let folder: string
const at = (name: string) => join(folder, name)
const history = (...args: string[]) => run(['history', ...args], { cwd: folder })

const snapshot = (release: string, version: string) =>
  snapshotText([azureImage('418-v2', version)], {
    builds: {
      x86_64: {
        release,
        location: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/a',
        meta: {},
      },
    },
  })

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(at('snapshots'))
  await writeFile(at('snapshots/old.json'), snapshot('418.94.202409162337-0', '418.94.20240916'))
  await commitAt(folder, '2024-09-20T12:00:00Z', 'first')
  await rename(at('snapshots/old.json'), at('snapshots/s.json'))
  await commitAt(folder, '2024-09-21T12:00:00Z', 'rename')
  await writeFile(at('snapshots/s.json'), snapshot('418.94.202410090804-0', '418.94.20240916'))
  await commitAt(folder, '2024-10-10T12:00:00Z', 'bump, "quoted"')
})

describe('history', () => {
  it('lists all versions, also before a rename', async () => {
    const { status, stdout, stderr } = await history('snapshots/s.json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [last = ''] = (await git(folder, 'rev-parse', 'HEAD')).split('\n')
    const lines = stdout.split('\n')
    expect(lines.filter((line) => /^[0-9a-f]{7} /.test(line)).map((line) => line.slice(9))).toEqual(
      ['2024-10-10  bump, "quoted"', '2024-09-21  rename', '2024-09-20  first'],
    )
    expect(lines.slice(0, 4)).toEqual([
      `${last.slice(0, 7)}  2024-10-10  bump, "quoted"`,
      '  ~  build x86_64  418.94.202409162337-0 -> 418.94.202410090804-0',
      expect.stringMatching(/^[0-9a-f]{7} {2}2024-09-21 {2}rename$/),
      '  ~  file  snapshots/old.json -> snapshots/s.json',
    ])
  })

  it('prints the example of docs/history.md', async () => {
    const page = await readFile(new URL('../../docs/history.md', import.meta.url), 'utf8')
    const [, line = '', output] = /\$ stream-snapshot (.*)\n([\s\S]*?)```/.exec(page) ?? []
    const file = at('snapshots/rhcos-4.18.json')
    await writeFile(file, snapshot('418.94.202501221327-0', '418.94.202410090804'))
    await commitAt(folder, '2025-01-29T12:00:00Z', 'Bump RHCOS')
    await writeFile(file, snapshot('418.94.202501221327-0', '418.94.20250122'))
    await commitAt(folder, '2025-02-05T12:00:00Z', 'Capture the images of 418.94.202501221327-0')
    const { stdout } = await run(line.split(' '), { cwd: folder })
    expect(stdout.replace(/^\w+/, '')).toBe(output?.replace(/^\w+/, ''))
  })

  it('reports where a shallow clone begins, without changes of that commit', async () => {
    const clone = join(await temporaryFolder(), 'clone')
    await git(folder, 'clone', '-q', '--depth', '1', `file://${folder}`, clone)
    const [id = ''] = (await git(clone, 'rev-parse', '--short=7', 'HEAD')).split('\n')
    const notice = `snapshots/s.json: shallow clone: the history before ${id} and the changes in ${id} are unknown; to fetch them, run git fetch --unshallow`
    const shown = await run(['history', 'snapshots/s.json'], { cwd: clone })
    expect(shown).toMatchObject({ status: 0, stderr: `${notice}\n` })
    expect(shown.stdout).toBe(
      `${id}  2024-10-10  bump, "quoted"\n  the shallow clone begins here: changes unknown\n`,
    )
    const page = await run(['report', 'snapshots/s.json', '--file', 'r.html'], { cwd: clone })
    expect(page.stderr.split('\n')[0]).toBe(notice)
    expect((await history('snapshots/s.json')).stderr).toBe('')
  })

  it('prints JSON', async () => {
    const { stdout } = await history('snapshots/s.json', '-o', 'json', '--max-count', '1')
    const [version, ...more] = JSON.parse(stdout)
    expect(more).toEqual([])
    expect(version).toMatchObject({
      commit: (await git(folder, 'rev-parse', 'HEAD')).trim(),
      date: '2024-10-10T12:00:00Z',
      path: 'snapshots/s.json',
      problem: null,
      releases: { x86_64: '418.94.202410090804-0' },
      ocp: '4.18',
      files: [],
      changes: [
        {
          kind: 'build',
          architecture: 'x86_64',
          change: 'changed',
          before: { release: '418.94.202409162337-0' },
          after: { release: '418.94.202410090804-0' },
          loss: null,
          absence: null,
        },
      ],
    })
    expect(version.slots).toHaveLength(14)
    expect(version.slots[1]).toMatchObject({
      plan: 'no-purchase-plan',
      grade: 'older-build',
      days: 23,
    })
    expect(version.slots[2]).toMatchObject({ image: null, grade: 'none', days: null })
  })

  it('prints CSV', async () => {
    const { stdout } = await history('snapshots/s.json', '-o', 'csv', '--since', '2024-10-01')
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toBe(
      'commit,date,architecture,release,cloud,plan,generation,region,image,grade,days',
    )
    expect(rows).toHaveLength(14)
    expect(rows[1]).toMatch(
      /^[0-9a-f]{40},2024-10-10T12:00:00Z,x86_64,418.94.202410090804-0,azure,no-purchase-plan,2,,azureopenshift:aro4:418-v2:418.94.20240916,older-build,23$/,
    )
  })

  it('reports an invalid version, and continues', async () => {
    await writeFile(at('snapshots/s.json'), '<<<<<<< HEAD\n')
    await commitAt(folder, '2024-10-11T12:00:00Z', 'conflict')
    const { status, stdout, stderr } = await history('snapshots/s.json')
    expect(status).toBe(0)
    expect(stderr).toMatch(/^stream-snapshot: [0-9a-f]{7}: skipped: snapshots\/s\.json:1:1: /)
    expect(stdout).toContain('  -  unreadable snapshots/s.json  snapshots/s.json:1:1: ')
  })

  it.each([
    [
      ['--since', 'yesteryear'],
      /--since: expected a date or an age\nUse a date such as 2024-10-01/,
    ],
    [['--since', '2024-02-30'], /--since: expected a date/],
    [['--max-count', '0'], /--max-count: expected a whole number of at least 1/],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await history('snapshots/s.json', ...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('lists the versions before a commit with a skewed date', async () => {
    await writeFile(at('snapshots/s.json'), snapshot('418.94.202410090804-0', '418.94.20241009'))
    await commitAt(folder, '2001-01-01T12:00:00Z', 'skewed')
    const { stdout } = await history('snapshots/s.json', '--since', '2024-09-21')
    expect(stdout.match(/^[0-9a-f]{7} .*/gm)?.map((line) => line.slice(21))).toEqual([
      'bump, "quoted"',
      'rename',
    ])
  })

  it('shows a merge as one version, without changes that were never on its branch', async () => {
    await git(folder, 'checkout', '--quiet', '-b', 'side', 'HEAD~1')
    await writeFile(at('other'), '')
    await commitAt(folder, '2024-10-11T12:00:00Z', 'on a side branch')
    await git(folder, 'checkout', '--quiet', '-')
    await git(folder, 'merge', '--quiet', '--no-ff', '--message', 'merge an old branch', 'side')
    const { stdout } = await history('snapshots/s.json')
    expect(stdout.match(/^[0-9a-f]{7} .*/gm)).toHaveLength(3)
    expect(stdout).not.toContain('older')
    await git(folder, 'checkout', '--quiet', 'side')
    await git(folder, 'merge', '--quiet', '--no-ff', '--message', 'merge main', '-')
    const side = await history('snapshots/s.json', '--max-count', '1')
    expect(side.stdout).toMatch(/merge main\n {2}~ {2}build x86_64 {2}\S+ -> \S+\n$/)
  })

  it('ignores images without the grade that the workspace requires in that version', async () => {
    for (const [day, require] of [
      ['11', 'any'],
      ['12', 'exact'],
    ]) {
      const streams = { s: { snapshot: 'snapshots/s.json', target: 'rhcos.json', require } }
      await writeFile(at('stream-snapshot.json'), JSON.stringify({ clouds: ['azure'], streams }))
      await commitAt(folder, `2024-10-${day}T12:00:00Z`, `require ${require}`)
    }
    const { stdout } = await history('snapshots/s.json')
    expect(stdout).toMatch(
      /^\w+ {2}2024-10-12 {2}require exact\n {2}- {2}azure .*\n\w+ {2}2024-10-10 /,
    )
  })

  it('accepts an age', async () => {
    const outcome = await history('snapshots/s.json', '--since', '1 day ago')
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect((await history('snapshots/s.json', '--since', '99.years')).stdout).toContain('first')
  })
})
