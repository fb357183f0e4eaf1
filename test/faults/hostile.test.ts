import { createHash } from 'node:crypto'
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import builtIn from '../../src/core/criteria/criteria.json' with { type: 'json' }
import { canonicalJson, computeIntegrity } from '../../src/core/snapshot/canonical.ts'
import { printSnapshot } from '../../src/core/snapshot/read.ts'
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { capturePairs, type Pair } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const USAGE = fileURLToPath(new URL('usage.js', import.meta.url))
const ESCAPES = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u007f\u202e'
const DEEP = 100_000
const deepArray = '['.repeat(DEEP) + ']'.repeat(DEEP)

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)

let pair: Pair
let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  pair = (await capturePairs()).older
}, 60_000)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('s.json'), pair.snapshot)
  await writeFile(at('s.recording.json'), pair.recording)
})

interface Usage {
  readonly megabytes: number
  readonly seconds: number
}

/** Expects a short error without escapes or leaks, bounded CPU and memory, and no new files. */
async function expectSafe(line: string, statuses: readonly number[]): Promise<void> {
  const before = (await readdir(folder)).sort()
  const { status, stdout, stderr } = await run(line.split(' '), {
    cwd: folder,
    node: ['--import', USAGE],
    env: { USAGE: `${folder}.usage` },
  })
  const output = stdout + stderr
  expect({ status, stderr }).toEqual({
    status: expect.toSatisfy((code) => statuses.includes(code)),
    stderr,
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must not contain them
  expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(output).not.toMatch(/root:x:|bug in stream-snapshot|\bat .*\.js:/)
  if (status !== 0) {
    const error = stderr.split('\n').find((each) => each.startsWith('stream-snapshot: ')) ?? ''
    expect(error).toMatch(/^stream-snapshot: .{3,400}$/)
  }
  const usage: Usage = JSON.parse(await readFile(`${folder}.usage`, 'utf8'))
  expect(usage.megabytes).toBeLessThan(300)
  expect(usage.seconds).toBeLessThan(1.5)
  expect((await readdir(folder)).sort()).toEqual(before)
}

/** Changes the snapshot and recomputes its integrity. */
function changeAndSeal(change: (snapshot: Record<string, unknown>) => unknown): string {
  const snapshot = JSON.parse(pair.snapshot)
  const { integrity, ...rest } = (change(snapshot) ?? snapshot) as Record<string, unknown>
  return printSnapshot({
    ...rest,
    integrity: computeIntegrity(canonicalJson(rest)),
  } as unknown as Snapshot)
}

/** Replaces the first match in the text of the snapshot. */
const edit = (from: string | RegExp, to: string) => pair.snapshot.replace(from, () => to)

const addKey = (key: string) => edit('{\n', `{\n  ${JSON.stringify(key)}:{"polluted":true},\n`)
const setRecordingFile = (file: string) =>
  changeAndSeal((each) => ({ ...each, recording: { file, sha256: ZEROS } }))
const ZEROS = '0'.repeat(64)

describe('a malicious snapshot is handled safely', () => {
  it.each<[name: string, text: () => string]>([
    ['a key __proto__', () => addKey('__proto__')],
    ['__proto__ in the stream', () => edit('"stream":{', '"stream":{"__proto__":{"ocp":"9.9"},')],
    [
      'an architecture __proto__',
      () => edit('"builds":{', '"builds":{"__proto__":{"release":"1","location":"x","meta":{}}'),
    ],
    ['nested 100,000 levels', () => deepArray],
    [
      'a build nested 100,000 levels',
      () => edit('"builds":{', `"builds":{"x86_64":{"release":"1","meta":{"a":${deepArray}}}`),
    ],
    [
      'a number with a million digits',
      () => edit(/"generation":[12]/, `"generation":${'9'.repeat(1_000_000)}`),
    ],
    ['a wrong integrity', () => edit(/sha256-[^"]+/, `sha256-${'A'.repeat(43)}=`)],
    ['an integrity of another type', () => edit(/"sha256-[^"]+"/, '["sha256"]')],
    ['an infinite schema version', () => edit('"schemaVersion":1', '"schemaVersion":1e999')],
    ['a recording ../../etc/passwd', () => setRecordingFile('../../etc/passwd')],
    ['a recording /etc/passwd', () => setRecordingFile('/etc/passwd')],
    ['a recording with a backslash', () => setRecordingFile('..\\x.recording.json')],
    ['escapes in a key', () => addKey(ESCAPES)],
    ['a key of 1 MB', () => addKey('k'.repeat(1_000_000))],
  ])('%s', async (_, text) => {
    await writeFile(at('s.json'), text())
    await expectSafe('regenerate s.json --target rhcos.json', [1, 2])
    await expectSafe('verify s.json', [1, 2])
    // A replay corrects a wrong integrity, because it writes the content of the recording.
    await expectSafe('capture s.json --replay', [0, 1, 2, 3])
    expect(await readFile(at('rhcos.json'), 'utf8')).toBe(smallStream(EXAMPLE))
  })
})

describe('a malicious recording is handled safely', () => {
  const changeFirst = (change: object) => () => {
    const [one, ...rest] = JSON.parse(pair.recording)
    return JSON.stringify([{ ...one, ...change }, ...rest])
  }
  it.each<[name: string, text: () => string]>([
    ['nested 100,000 levels', () => deepArray],
    [
      'a response nested 100,000 levels',
      () => pair.recording.replace('"response": ', () => `"response": ${deepArray}, "x": `),
    ],
    ['a duplicate key', () => pair.recording.replace('"status": ', '"status": 200, "status": ')],
    ['a status out of range', changeFirst({ status: 99_999 })],
    ['a host with only colons', changeFirst({ scope: 'https://:::::' })],
    ['a form with the key toString', changeFirst({ body: { toString: 'x' } })],
    [
      'a hexadecimal decompression bomb',
      changeFirst({
        response: gzipSync(Buffer.alloc(50_000_000)).toString('hex'),
        rawHeaders: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      }),
    ],
    ['200 KB of base64', changeFirst({ response: { error: { code: 'QUFB'.repeat(50_000) } } })],
    ['escapes in a host', changeFirst({ scope: ESCAPES })],
    ['escapes in a path', changeFirst({ path: `/${ESCAPES}` })],
    ['escapes in a header', changeFirst({ rawHeaders: { 'content-type': ESCAPES } })],
    ['a header __proto__', changeFirst({ rawHeaders: JSON.parse('{"__proto__":{"a":1}}') })],
    [
      'a secret',
      changeFirst({ response: { token: `eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.${'x'.repeat(20)}` } }),
    ],
    ['not a list', () => '{"0":{}}'],
    ['empty', () => ''],
    ['a null exchange', () => '[null]'],
    ['a version __proto__', changeFirst({ status: 200, response: [{ name: '__proto__' }] })],
  ])('%s', async (_, text) => {
    const recording = text()
    await writeFile(at('s.recording.json'), recording)
    const sha256 = createHash('sha256').update(recording).digest('hex')
    const file = 's.recording.json'
    await writeFile(
      at('s.json'),
      changeAndSeal((each) => ({ ...each, recording: { file, sha256 } })),
    )
    await expectSafe('verify s.json', [1, 2])
  })

  it.each([
    ['/etc/passwd', '/etc/passwd'],
    ['another folder', '../usage'],
    ['a missing file', 'nowhere'],
  ])('a link to %s', async (_, target) => {
    await rm(at('s.recording.json'))
    await symlink(target, at('s.recording.json'))
    await expectSafe('verify s.json', [1, 2])
    await expectSafe('capture s.json --replay', [1, 2])
  })
})

describe('another malicious file is handled safely', () => {
  const stream = smallStream(EXAMPLE)
  const criteria = JSON.stringify(builtIn)
  const withArchitecture = (name: string) =>
    stream.replace(
      '"architectures": {',
      `"architectures": {"${name}": {"artifacts": {"metal": {"release": "1"}}},`,
    )
  const withPlan = (plan: string) =>
    `{"x86_64":{"azure":{${JSON.stringify(plan)}:{"hyperVGen2":{"version":"1"}}}}}`
  const REGENERATE = 'regenerate s.json --target rhcos.json --check --explain'
  const CAPTURE = 'capture t.json --stream rhcos.json --replay s.recording.json --ocp 4.17'

  it.each<[name: string, text: string, statuses: number[]]>([
    ['nested 100,000 levels', deepArray, [2]],
    ['artifacts nested 100,000 levels', stream.replace('{}', deepArray), [2]],
    ['a duplicate key', stream.replace('"stream":', '"stream": "x", "stream":'), [2]],
    ['an architecture __proto__', withArchitecture('__proto__'), [0, 1]],
    ['an architecture constructor', withArchitecture('constructor'), [0, 1]],
    ['escapes in a release', stream.replaceAll(EXAMPLE.x86_64, escaped(ESCAPES)), [2]],
    [
      'escapes in a key',
      stream.replace('"stream":', `"${escaped(ESCAPES)}": 1, "stream":`),
      [0, 1],
    ],
    ['NUL', stream.replace('rhcos', 'rh\u0000cos'), [2]],
    ['empty', '', [2]],
  ])('stream: %s', async (_, text, statuses) => {
    await writeFile(at('rhcos.json'), text)
    await expectSafe(REGENERATE, statuses)
    await expectSafe(CAPTURE, [1, 2, 3])
  })

  it.each<[name: string, text: string]>([
    ['nested 100,000 levels', deepArray],
    ['__proto__', criteria.replace('{', '{"__proto__":{"x":1},')],
    ['a number out of range', criteria.replace(/"earlierMinors":\d+/, '"earlierMinors":1e9')],
    ['a SKU that changes the URL', criteria.replace('aro_', '../../../x?y#')],
    ['escapes in a location', criteria.replace('"eastus"', JSON.stringify(ESCAPES))],
  ])('criteria: %s', async (_, text) => {
    await writeFile(at('c.json'), text)
    await expectSafe(`${CAPTURE} --criteria c.json`, [2])
  })

  it.each<[name: string, text: string, statuses: number[]]>([
    ['nested 100,000 levels', deepArray, [2]],
    ['an architecture __proto__', '{"__proto__":{"azure":{"ocp":{"hyperVGen2":{}}}}}', [0, 1]],
    ['a plan constructor', withPlan('constructor'), [0, 1]],
    ['escapes in a plan', withPlan(ESCAPES), [0, 1]],
    ['a list', '[]', [2]],
  ])('marketplace file: %s', async (_, text, statuses) => {
    await writeFile(at('m.json'), text)
    await expectSafe(`${REGENERATE} --marketplace-file m.json`, statuses)
  })

  it('a device', async () => {
    await expectSafe('regenerate /dev/zero', [2])
  })
})
