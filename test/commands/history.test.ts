import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAt, git } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { runOnTerminal } from '../support/terminal.ts'

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
  it('tells every version, through a rename, as a table', async () => {
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

  it('tells with --full what each version holds', async () => {
    const { stdout } = await history('snapshots/s.json', '--full', '--max-count', '1')
    expect(stdout.split('\n').slice(1)).toEqual([
      '  ~  build x86_64  418.94.202409162337-0 -> 418.94.202410090804-0',
      '     x86_64                              418.94.202410090804-0',
      '     azure no-purchase-plan x86_64 gen2  azureopenshift:aro4:418-v2:418.94.20240916  older-build  23 days',
      '     13 slots without an image',
      '',
    ])
  })

  it('tells that a build is the same and what it has is not', async () => {
    const stream = (ami: string) =>
      smallStream(EXAMPLE).replace(
        '"images": {}',
        `"images": { "aws": { "regions": { "us-east-1": { "release": "r", "image": "${ami}" } } } }`,
      )
    await writeFile(at('t.json'), stream('ami-1'))
    await commitAt(folder, '2024-10-11T12:00:00Z', 'with an AMI')
    await writeFile(at('t.json'), stream('ami-2'))
    await commitAt(folder, '2024-10-12T12:00:00Z', 'with another')
    await writeFile(at('t.json'), stream('ami-2').replace('"metadata": {', '"metadata":  {'))
    await commitAt(folder, '2024-10-13T12:00:00Z', 'spaces')
    const { stdout } = await history('t.json')
    expect(
      stdout
        .split('\n')
        .filter((line) => line.startsWith(' '))
        .slice(0, 2),
    ).toEqual([
      "  no build and no slot's image changed",
      '  ~  build aarch64  418.94.202410090804-0, with other files or images',
    ])
  })

  it('says where a shallow clone begins, and lays nothing on that commit', async () => {
    const clone = join(await temporaryFolder(), 'clone')
    await git(folder, 'clone', '-q', '--depth', '1', `file://${folder}`, clone)
    const [id = ''] = (await git(clone, 'rev-parse', '--short=7', 'HEAD')).split('\n')
    const told = `snapshots/s.json: the clone is shallow: what ${id} did, and what was before it, is not known; git fetch --unshallow brings it`
    const shown = await run(['history', 'snapshots/s.json'], { cwd: clone })
    expect(shown).toMatchObject({ status: 0, stderr: `${told}\n` })
    expect(shown.stdout).toBe(
      `${id}  2024-10-10  bump, "quoted"\n  the clone begins here: what it did is not known\n`,
    )
    const page = await run(['report', 'snapshots/s.json', '-o', 'r.html'], { cwd: clone })
    expect(page.stderr.split('\n')[0]).toBe(told)
    expect((await history('snapshots/s.json')).stderr).toBe('')
  })

  it('is paged on a terminal, by the pager of the environment alone', async () => {
    await git(folder, 'config', 'core.pager', `touch '${at('configured')}'`)
    const shown = await runOnTerminal(['history', 'snapshots/s.json'], {
      cwd: folder,
      env: { PAGER: 'sed s/^/paged:/', NO_COLOR: '1' },
    })
    expect(shown.stdout.split('\n')[0]).toMatch(/^paged:[0-9a-f]{7} {2}2024-10-10 {2}bump/)
    const without = await runOnTerminal(['history', 'snapshots/s.json'], {
      cwd: folder,
      env: { PAGER: 'no-such-pager', NO_COLOR: '1' },
    })
    expect(without.stdout).toMatch(/^[0-9a-f]{7} {2}2024-10-10 {2}bump/m)
    expect(await readdir(folder)).not.toContain('configured')
  })

  it('tells programs the same', async () => {
    const { stdout } = await history('snapshots/s.json', '-o', 'json', '--max-count', '1')
    const [version, ...more] = JSON.parse(stdout)
    expect(more).toEqual([])
    expect(version).toMatchObject({
      commit: (await git(folder, 'rev-parse', 'HEAD')).trim(),
      date: '2024-10-10T12:00:00Z',
      path: 'snapshots/s.json',
      problem: null,
      releases: { x86_64: '418.94.202410090804-0' },
      events: [
        {
          kind: 'build bumped',
          subject: 'x86_64',
          before: '418.94.202409162337-0',
          after: '418.94.202410090804-0',
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

  it('tells spreadsheets the same', async () => {
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

  it('asks git for the shallow commits, the names and the contents, once each', async () => {
    await mkdir(at('bin'))
    const git = `#!/bin/sh\necho "$*" >> '${at('calls')}'\nPATH='${process.env.PATH}' exec git "$@"\n`
    await writeFile(at('bin/git'), git)
    await chmod(at('bin/git'), 0o755)
    const env = { PATH: `${at('bin')}:${process.env.PATH}` }
    await run(['history', 'snapshots/s.json'], { cwd: folder, env })
    expect((await readFile(at('calls'), 'utf8')).trimEnd().split('\n')).toHaveLength(3)
  })

  it('says which version cannot be read, and goes on', async () => {
    await writeFile(at('snapshots/s.json'), '<<<<<<< HEAD\n')
    await commitAt(folder, '2024-10-11T12:00:00Z', 'conflict')
    const { status, stdout, stderr } = await history('snapshots/s.json')
    expect(status).toBe(0)
    expect(stderr).toMatch(/^stream-snapshot: [0-9a-f]{7}: left out: snapshots\/s\.json:1:1: /)
    expect(stdout).toContain('  -  unreadable snapshots/s.json  snapshots/s.json:1:1: ')
  })

  it.each([
    [['--since', 'yesteryear'], /--since: expected a date such as 2024-10-01/],
    [['--since', '2024-13-01'], /--since: expected a date/],
    [['--max-count', '0'], /--max-count: expected a whole number from 1 on/],
    [['-o', 'xml'], /--output: expected one of table, json, csv/],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await history('snapshots/s.json', ...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('takes an age', async () => {
    const outcome = await history('snapshots/s.json', '--since', '1 day ago')
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect((await history('snapshots/s.json', '--since', '99.years')).stdout).toContain('first')
  })
})
