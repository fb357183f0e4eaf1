import { copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll, git } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const committed = (name: string) =>
  fileURLToPath(new URL(`../../snapshots/${name}`, import.meta.url))

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await copyFile(committed('rhcos-4.18.json'), at('s.json'))
  await copyFile(committed('rhcos-4.18.recording.json'), at('s.recording.json'))
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('map.json'), '{"apiVersion":"v1","kind":"ConfigMap","data":{"stream":"{}"}}')
  await commitAll(folder, 'all')
})

it('reads a snapshot from stdin', async () => {
  const stdin = await readFile(at('s.json'), 'utf8')
  const { stdout } = await run(['list', 's.json', '-o', 'tsv'], { cwd: folder })
  expect(await run(['list', '-', '-o', 'tsv'], { cwd: folder, stdin })).toEqual({
    status: 0,
    stdout,
    stderr: '',
  })
})

it.each([
  [
    'list s.recording.json',
    's.recording.json: a recording, expected a snapshot\nUse the snapshot, s.json.',
  ],
  [
    'configmap s.json',
    's.json: a snapshot, expected a CoreOS stream\nGenerate the stream with stream-snapshot regenerate s.json.',
  ],
  [
    'diff HEAD HEAD',
    'HEAD: a revision, expected a snapshot\nUse a file of this revision, HEAD:snapshots/NAME.json, or compare the workspace: diff --base HEAD.',
  ],
  ['list https://a.example/s.json', 'https://a.example/s.json: no such file\nDownload it first.'],
  [
    'capture t.json --cloud azure aws',
    '"aws": expected ARCH=VERSION or https://…/meta.json\nSeparate clouds by commas: --cloud azure,aws.',
  ],
  [
    'regenerate s.json rhcos.json',
    'unexpected argument: rhcos.json\nSpecify one snapshot, and the stream to update with --target FILE.',
  ],
  ['history -', '-: stdin has no git history\nUse a file in a git repository.'],
  ['diff -', '-: stdin has no git history\nUse a file in a git repository.'],
  [
    'verify -',
    '-: expected the path of a snapshot, NAME.json\nUse a path such as snapshots/rhcos-4.18.json.',
  ],
  [
    'skew map.json',
    'map.json: a ConfigMap, expected a stream file or a snapshot\nUse one of its streams: yq -r .data.stream map.json | stream-snapshot skew -',
  ],
])('%s is refused with a remedy', async (words, message) => {
  expect(await run(words.split(' '), { cwd: folder })).toEqual({
    status: 2,
    stdout: '',
    stderr: `stream-snapshot: ${message}\n`,
  })
})

describe('content in place of a path', () => {
  const CONTENT = '{"clientSecret":"hunter2hunter2","tenantId":"a"}'
  it.each([
    ['check', 'STREAM'],
    ['regenerate', 'STREAM'],
    ['update', 'STREAM'],
    ['verify', 'SNAPSHOT'],
    ['history', 'PATH'],
    ['diff', 'A'],
    ['capture', 'SNAPSHOT'],
    ['regenerate s.json --target', '--target'],
    ['report s.json --file', '--file'],
    ['image rhcos.json --merge', '--merge'],
    ['image rhcos.json', 'argument'],
    ['check --', 'argument'],
  ])('is not printed and not written to a file by %s', async (words, place) => {
    const folder = await temporaryFolder()
    const outcome = await run([...words.split(' '), CONTENT], { cwd: folder })
    expect(outcome).toEqual({
      status: 2,
      stdout: '',
      stderr: `stream-snapshot: ${place}: expected a path or a name, found the content of a file\nWrite the content to a file, and use its path.\n`,
    })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a possible secret in place of a path', () => {
  const expectHidden = async (value: string, commands: readonly string[]) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
    const [line = ''] = value.split('\n')
    for (const words of commands) {
      const { status, stdout, stderr } = await run([...words.split(' '), value], { cwd: folder })
      expect([words, status]).toEqual([words, expect.toBeOneOf([1, 2])])
      expect([words, `${stdout}${stderr}`.includes(line)]).toEqual([words, false])
    }
  }

  it('is printed by no command', async () => {
    await expectHidden('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', [
      ...['check', 'update', 'regenerate', 'verify', 'list', 'skew', 'image', 'configmap'],
      ...['history', 'report --file x.html', 'diff', 'diff --base', 'capture', 'capture --replay'],
      ...[
        'capture n.json --ocp 4.18 --criteria',
        'capture n.json --stream',
        'capture n.json --url',
      ],
      ...['regenerate --target', 'regenerate --layout', 'configmap rhcos.json --marketplace-file'],
      ...['image rhcos.json --merge', 'image rhcos.json --region', 'image rhcos.json --plan'],
    ])
  })

  it.each([
    ['base64', 'eyJhdXRocyI6eyJjbG91ZC5vcGVuc2hpZnQuY29tIjp7ImF1dGgiOiJiM0Js'],
    ['a password', 'Sup3rS3cret!'],
    ['a password with letters and digits', 'Sup3rS3cretLine'],
    ['several lines', 'Sup3rS3cretLine\nsecond'],
  ])('is not printed: %s', async (_, value) => {
    await expectHidden(value, ['history', 'image', 'verify'])
  })

  it.each(['nope.json', 'rhel-9x', 'snapshots/nope', 'feature/ABC-1234-fix'])(
    'is not a name such as %s',
    async (value) => {
      const { stderr } = await run(['list', value], { cwd: await temporaryFolder() })
      expect(stderr).toContain(`stream-snapshot: ${value}: no such file`)
    },
  )
})

describe('in a copy of the demonstration', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  let place: string
  const call = (...words: string[]) => run(words, { cwd: place })
  beforeEach(async () => {
    place = await temporaryFolder()
    for (const each of ['demo', 'snapshots', 'stream-snapshot.json']) {
      await cp(join(root, each), join(place, each), { recursive: true })
    }
    await commitAll(place, 'the demonstration')
  })
  const SNAPSHOT = 'snapshots/rhcos-4.18.json'
  const RECORDING = 'snapshots/rhcos-4.18.recording.json'

  it('check suggests how to restore a snapshot that was removed with git rm', async () => {
    await git(place, 'rm', '--quiet', SNAPSHOT)
    const { status, stderr } = await call('check', 'rhel-9')
    const restore = `git checkout HEAD -- ${SNAPSHOT} ${RECORDING}`
    expect(status).toBe(1)
    expect(stderr).toContain(`${SNAPSHOT}: no such file\n    Run ${restore}\n`)
    await git(place, ...restore.split(' ').slice(1))
    expect(await call('check', 'rhel-9')).toMatchObject({ status: 0 })
  })

  it('check suggests the workspace key of a requirement that is not met', async () => {
    const file = join(place, 'stream-snapshot.json')
    const workspace = JSON.parse(await readFile(file, 'utf8'))
    workspace.streams['rhel-9'].require = 'exact'
    await writeFile(file, JSON.stringify(workspace))
    const { stderr } = await call('check', 'rhel-9')
    expect(stderr).toContain('  rhel-9: require exact: ')
    expect(stderr).toContain('use a less strict require of rhel-9 in stream-snapshot.json; ')
  })

  it('verify reports conflict markers in a recording as its result', async () => {
    await writeFile(join(place, RECORDING), '<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> other\n')
    const { status, stdout } = await call('verify', SNAPSHOT)
    expect(status).toBe(1)
    expect(stdout).toMatch(/: recording: FAILED: .*merge conflict marker/)
    expect(stdout).toMatch(/: replay: not checked/)
  })

  it('check reports a build that is missing in the workspace', async () => {
    const file = join(place, 'stream-snapshot.json')
    const workspace = JSON.parse(await readFile(file, 'utf8'))
    const { s390x, ...builds } = workspace.streams['rhel-9'].builds
    workspace.streams['rhel-9'].builds = builds
    await writeFile(file, JSON.stringify(workspace))
    const { status, stderr } = await call('check', 'rhel-9')
    expect(status).toBe(1)
    expect(stderr).toContain(`${SNAPSHOT}: has the build ${s390x} for s390x, and `)
    expect(stderr).toContain(`Add "s390x": "${s390x}" to builds of rhel-9 in stream-snapshot.json`)
  })

  it('update refuses to drop an architecture that it captures', async () => {
    const words = ['rhel-9', 'x86_64=418.94.202410090804-0', '--drop', 'x86_64', '--cloud', 'none']
    expect(await call('update', ...words)).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: --drop x86_64: x86_64 is also specified to be captured\nRemove x86_64 from --drop, or from the other arguments.\n',
    })
  })

  it.each(['capture s.json --stream rhel-9', `verify ${SNAPSHOT} --target rhel-9`])(
    '%s suggests the target of the stream',
    async (words) => {
      const { status, stderr } = await call(...words.split(' '))
      expect(status).toBe(2)
      expect(stderr).toContain('\nDid you mean demo/rhcos.json, the target of this stream?\n')
    },
  )

  it('diff and regenerate read a snapshot from stdin', async () => {
    const stdin = await readFile(join(place, SNAPSHOT), 'utf8')
    expect(await run(['diff', '-', SNAPSHOT], { cwd: place, stdin })).toMatchObject({ status: 0 })
    expect(await run(['diff', SNAPSHOT, '-'], { cwd: place, stdin })).toMatchObject({ status: 0 })
    const outcome = await run(['regenerate', '-'], { cwd: place, stdin })
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"architectures"') })
  })
})
