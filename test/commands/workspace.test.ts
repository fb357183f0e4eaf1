import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { DEMONSTRATION } from '../mock-servers/demonstration-builds.ts'
import { azureFor } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { cloudsFor } from '../support/clouds.ts'
import { readFiles } from '../support/files.ts'
import { git } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const call = (...args: string[]) => run(args, { cwd: folder })

async function write(name: string, content: string | object): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true })
  await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content))
}

const state = () => readFiles(folder)

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(at('.git'))
})

const TWO = {
  clouds: ['azure'],
  streams: {
    one: { snapshot: 'snapshots/one.json', target: 'one.json' },
    two: { snapshot: 'snapshots/two.json', target: 'two.json', layouts: ['stream-metadata'] },
  },
}

const workspaceText = (keys: string) => `{
  "streams": {
    "one": {
      "snapshot": "s.json", "target": "one.json"${keys}
    }
  }
}
`

describe('a workspace file', () => {
  const expectRefusal = async (text: string, message: string) => {
    await write('stream-snapshot.json', text)
    const outcome = await call('check')
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr.split('\n')[0]).toBe(`stream-snapshot: stream-snapshot.json:${message}`)
  }

  it.each([
    ['{\n  "stream": {}\n}', '2:3: unknown key "stream"; did you mean "streams"?'],
    ['{"xyz": 1}', '1:2: unknown key "xyz", expected one of schemaVersion, clouds, streams'],
    ['{"clouds": ["azure"]}', "1:1: must have required property 'streams'"],
    [
      '{"clouds": ["azur"], "streams": {"a": {}}}',
      '1:13: .clouds[0]: must be equal to one of the allowed values (["azure","aws","gcp"])',
    ],
    [
      `{"streams": {"one": {"snapshot": "a.json", "target": "b.recording.json"}, "two": {"snapshot": "./b.json", "target": "c.json"}}}`,
      '1:83: ./b.recording.json: already the target of one',
    ],
    [
      workspaceText('').replace('"s.json"', '"s.recording.json"'),
      '4:7: expected a snapshot, NAME.json, found a recording',
    ],
  ])('is refused if it is %j: %s', expectRefusal)

  const PLACE = 'expected a path in the folder of this file, outside .git, found'
  it.each([
    ['"marketplacefile": "m"', 'unknown key "marketplacefile"; did you mean "marketplaceFile"?'],
    ['"ocp": "4"', '.streams.one.ocp: must match pattern "^[0-9]+\\.[0-9]+$"'],
    ['"url": "http://example.com"', 'expected an https URL, or plain http to this machine'],
    ['"criteria": "../c.json"', `${PLACE} "../c.json"`],
    ['"layouts": ["none", "enhancement"]', '"none" cannot be combined with other layouts'],
    ['"marketplaceFile": "one.json"', 'one.json: already the target of one'],
    ['"criteria": "./s.json"', './s.json: already the snapshot of one'],
    [
      '"marketplaceFile": "./stream-snapshot.json"',
      './stream-snapshot.json: this is the workspace file itself',
    ],
    ['"marketplaceFile": "sub/.GIT/a"', `${PLACE} "sub/.GIT/a"`],
    [
      '"layouts": ["enhancement"], "marketplaceFile": "m.json"',
      'a marketplaceFile only supports the layout "stream-metadata"',
    ],
  ])('is refused if a stream has %s: %s', (keys, message) =>
    expectRefusal(workspaceText(`, ${keys}`), `4:51: ${message}`),
  )

  it.each<[string, (outside: string) => Promise<void>, string]>([
    [
      'a snapshot is a link to a file outside of the folder',
      (outside) => symlink(join(outside, 'x.json'), at('snapshots/one.json')),
      'the snapshot of one: snapshots/one.json is a link to a file outside of the folder of stream-snapshot.json',
    ],
    [
      'a target is in a linked folder',
      (outside) => symlink(outside, at('linked')),
      'the target of two: linked/two.json is a link to a file outside of the folder of stream-snapshot.json',
    ],
    [
      'a target is in a link to .git',
      () => symlink(at('.git'), at('linked')),
      'the target of two: linked/two.json is a link into .git',
    ],
    [
      'a target is a link to another file of a stream',
      () => symlink(at('snapshots'), at('linked')),
      'the target of two: linked/two.json is a link to the snapshot of two',
    ],
  ])('is refused if %s', async (_, link, message) => {
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'x.json'), '{}')
    await mkdir(at('snapshots'))
    await write('snapshots/two.json', '{}')
    const two = { ...TWO.streams.two, target: 'linked/two.json' }
    await write('stream-snapshot.json', { streams: { ...TWO.streams, two } })
    await link(outside)
    for (const command of ['check', 'update', 'regenerate']) {
      const { status, stderr } = await call(command)
      expect({ command, status, stderr: stderr.split('\n')[0] }).toEqual({
        command,
        status: 2,
        stderr: `stream-snapshot: stream-snapshot.json: ${message}`,
      })
    }
    expect(await readFile(join(outside, 'x.json'), 'utf8')).toBe('{}')
  })

  it('is found from a subfolder, but not from another repository', async () => {
    await write('stream-snapshot.json', TWO)
    await write('data/inner/.git/HEAD', 'x')
    await write('data/other/a', 'x')
    const inside = await run(['check', 'three'], { cwd: at('data/other') })
    expect(inside.stderr).toBe(
      'stream-snapshot: ../../stream-snapshot.json: no stream "three"\nUse one of one, two.\n',
    )
    for (const command of ['check', 'update']) {
      const beyond = await run([command], { cwd: at('data/inner') })
      expect(beyond).toMatchObject({ status: 2, stdout: '' })
      expect(beyond.stderr).toBe(
        'stream-snapshot: no stream-snapshot.json in this folder or above it, up to the root of the git repository\nWrite one with stream-snapshot init.\n',
      )
    }
  })
})

describe('update and check', () => {
  const update = async (images: Parameters<typeof azureFor>[0], ...args: string[]) => {
    const mockServer = await azureFor(images)
    const environment = { cwd: folder, env: mockServer.environment }
    const outcome = await run(['update', '--azure-endpoint', mockServer.url, ...args], environment)
    return { ...outcome, mockServer }
  }

  beforeEach(async () => {
    await git(folder, 'init', '--quiet')
    await write('stream-snapshot.json', `${JSON.stringify(TWO, undefined, '\t')}\n`)
    for (const name of ['one', 'two']) await write(`${name}.json`, smallStream(EXAMPLE))
  })

  it('sign in to each cloud once, and request no page twice', async () => {
    const certificates = await temporaryFolder()
    const { azure, aws, gcp, args, environment } = await cloudsFor(certificates)
    await write('stream-snapshot.json', { ...TWO, clouds: ['azure', 'aws', 'gcp'] })
    const endpoints = args.slice(args.indexOf('--azure-endpoint'))
    const outcome = await run(['update', ...endpoints], { cwd: folder, env: environment })
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    const requested = [
      ...[azure, gcp].flatMap(({ requests }) => requests.map(({ method, path }) => method + path)),
      ...aws.queries.map((query) => JSON.stringify(query)),
    ]
    expect(requested.length).toBeGreaterThan(40)
    expect(new Set(requested).size).toBe(requested.length)
    const signIns = (requests: readonly { method: string }[]) =>
      requests.filter(({ method }) => method === 'POST').length
    expect([signIns(azure.requests), signIns(gcp.requests)]).toEqual([1, 0])
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => JSON.parse(await read(`snapshots/${name}.json`)).images),
    )
    expect(two).toEqual(one)
    expect(new Set(one.aws.map(({ region }: { region: string }) => region)).size).toBe(4)
    expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
  })

  it('report all mismatches', async () => {
    await update(imagesBeforeBump())
    await write('two.json', smallStream(EXAMPLE))
    await write('snapshots/old.recording.json', '[]\n')
    await write('snapshots/old.json', await read('snapshots/one.json'))
    await write('snapshots/package.json', {})
    const workspace = JSON.parse(await read('stream-snapshot.json'))
    workspace.clouds.push('gcp')
    workspace.streams.one.ocp = '4.17'
    workspace.streams.one.builds = { x86_64: '418.94.202409162337-0' }
    await write('stream-snapshot.json', workspace)
    const checked = await call('check')
    expect(checked.status).toBe(1)
    expect(checked.stdout).toMatch(
      /^one: FAILED\ntwo: FAILED\nregenerate would make these changes:\n\+ {2}azure /,
    )
    expect(checked.stderr.split('\n')).toEqual([
      'stream-snapshot: stream-snapshot.json: 7 checks failed',
      '  one: snapshots/one.json: has no build for x86_64, and stream-snapshot.json has 418.94.202409162337-0',
      '    Run stream-snapshot update --cloud none one, or remove x86_64 from builds of one in stream-snapshot.json.',
      '  one: stream-snapshot.json: ocp of one is 4.17, and its releases are for OCP 4.18',
      '    Set ocp of one to 4.18 in stream-snapshot.json, or remove ocp.',
      '  one: snapshots/one.json: gcp was not queried',
      '    Run stream-snapshot update one, or remove gcp from clouds in stream-snapshot.json.',
      '  two: two.json: does not match snapshots/two.json',
      '    Run stream-snapshot regenerate two',
      '  two: snapshots/two.json: gcp was not queried',
      '    Run stream-snapshot update two, or remove gcp from clouds in stream-snapshot.json.',
      '  snapshots/old.json: not used by any stream in stream-snapshot.json',
      '    Delete snapshots/old.json, or set it as the snapshot of a stream in stream-snapshot.json.',
      '  snapshots/old.recording.json: not used by any stream in stream-snapshot.json',
      '    Delete snapshots/old.recording.json.',
      '',
    ])
    const one = await call('check', 'two')
    expect(one.stderr).toContain('2 checks failed')
  })

  it('write nothing if one stream fails, and report this stream', async () => {
    await update(imagesBeforeBump())
    const server = await buildServer()
    const workspace = JSON.parse(await read('stream-snapshot.json'))
    Object.assign(workspace.streams.two, { name: DEMONSTRATION.name, url: server.streams })
    await write('stream-snapshot.json', workspace)
    const before = await state()
    const failed = await update(imagesAfterBump(), 'one', 'two', '418.94.209901010000-0')
    expect(failed).toMatchObject({ status: 3, stdout: '' })
    expect(failed.stderr).toMatch(
      /^stream-snapshot: two: \S+418\.94\.209901010000-0\S+: returned 404: the build server does not have this build\n/,
    )
    expect(await state()).toEqual(before)

    const { mockServer: _, ...regression } = await update([], 'one')
    expect(regression).toMatchObject({ status: 1 })
    expect(regression.stderr).toMatch(
      /^stream-snapshot: one: the target would lose 4 marketplace images\n/m,
    )
    expect(await state()).toEqual(before)
  })

  it('write the specified versions into the workspace file, in its format', async () => {
    const server = await buildServer()
    const old = Object.fromEntries(
      DEMONSTRATION.architectures.map((arch) => [arch, '418.94.202409162337-0']),
    )
    for (const name of ['one', 'two']) await write(`${name}.json`, smallStream(old))
    const place = { name: DEMONSTRATION.name, url: server.streams }
    const { one, two } = TWO.streams
    const text = `${JSON.stringify({ clouds: ['azure'], streams: { one: { ...one, ...place }, two: { ...two, ...place } } }, undefined, '\t')}\n`
    await write('stream-snapshot.json', text)
    const before = await state()
    const words = ['one', DEMONSTRATION.release, 'two', `x86_64=${DEMONSTRATION.release}`]
    const rest = ['aarch64', 'ppc64le', 's390x'].map((arch) => `${arch}=${DEMONSTRATION.release}`)
    const dry = await update(imagesBeforeBump(), '--dry-run', ...words, ...rest)
    expect(dry).toMatchObject({ status: 0 })
    expect(dry.stdout).toMatch(/^one:\n~ {2}build/)
    expect(dry.stderr).toContain('one.json: would be written\n')
    expect(await state()).toEqual(before)
    expect(server.requests).toHaveLength(4)

    expect(await update(imagesBeforeBump(), ...words, ...rest)).toMatchObject({ status: 0 })
    const builds = JSON.stringify(
      Object.fromEntries(DEMONSTRATION.architectures.map((arch) => [arch, DEMONSTRATION.release])),
      undefined,
      '\t',
    ).replaceAll('\n', '\n\t\t\t')
    const url = `"url": "${server.streams}"`
    expect(await read('stream-snapshot.json')).toBe(
      text.replaceAll(url, `${url},\n\t\t\t"builds": ${builds}`),
    )
    expect(await call('check')).toMatchObject({ status: 0 })
    const after = await state()
    expect(await update(imagesBeforeBump())).toMatchObject({ status: 0 })
    expect(await state()).toEqual(after)
  })

  it('distinguish a mistyped name from a version without a stream', async () => {
    const { mockServer: _, ...typo } = await update([], 'tow')
    expect(typo).toMatchObject({ status: 2 })
    expect(typo.stderr).toBe(
      'stream-snapshot: stream-snapshot.json: no stream "tow"\nDid you mean two?\n',
    )
    const { mockServer: __, ...withoutStream } = await update([], '418.94.202410090804-0')
    expect(withoutStream.stderr).toBe(
      'stream-snapshot: 418.94.202410090804-0: a version without a stream\nPut the stream before its version: STREAM 418.94.202410090804-0\n',
    )
  })
})
