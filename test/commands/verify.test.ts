import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyEvidence } from '../../src/capture/verify.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { capturePairs, type Pair } from '../support/pairs.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const call = (...args: string[]) => run(args, { cwd: folder })

let captured: Pair

beforeAll(async () => {
  captured = (await capturePairs()).older
})

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('s.json'), captured.snapshot)
  await writeFile(at('s.recording.json'), captured.recording)
})

type Exchanges = readonly { readonly response: unknown }[]

function addMember(response: unknown): unknown {
  return Array.isArray(response)
    ? response.map((each) => ({ ...each, tags: { a: 'b' } }))
    : response
}

const failedChecks = async (snapshot: string, recording: string) => {
  const { checks } = await verifyEvidence({
    file: 's.json',
    text: snapshot,
    recordingFile: 's.recording.json',
    recordingText: recording,
  })
  return checks.filter(({ fault }) => fault !== undefined).map(({ name }) => name)
}

describe('verify', () => {
  it('prints each check by name, and what verify does not prove', async () => {
    const { status, stdout, stderr } = await call('verify', 's.json')
    expect(status).toBe(0)
    expect(stderr).toBe(
      '1 snapshot: all checks passed\n' +
        'This proves that each snapshot follows from its recording. It does not prove that a cloud sent these responses; capture --check proves that.\n',
    )
    expect(stdout.trim().split('\n')).toEqual(
      ['schema', 'integrity', 'form', 'recording', 'replay', 'secrets'].map(
        (name) => `s.json: ${name}: ok`,
      ),
    )
  })

  it('detects a changed character in the snapshot or the recording', async () => {
    const [snapshot, recording] = [await read('s.json'), await read('s.recording.json')]
    expect(await failedChecks(snapshot, recording)).toEqual([])
    const change = (text: string, position: number) => {
      const other = text[position] === 'x' ? 'y' : text[position] === ' ' ? '\t' : 'x'
      return text.slice(0, position) + other + text.slice(position + 1)
    }
    for (let step = 0; step < 30; step++) {
      const inSnapshot = Math.floor((snapshot.length * step) / 30)
      // Without a recording there is no replay, so the other checks must detect the change.
      const found = await failedChecks(change(snapshot, inSnapshot), '')
      expect(
        found.filter((name) => name !== 'recording'),
        `at ${inSnapshot}`,
      ).not.toEqual([])
    }
    for (let step = 0; step < 10; step++) {
      const inRecording = Math.floor((recording.length * step) / 10)
      expect(await failedChecks(snapshot, change(recording, inRecording))).toContain('recording')
    }
  })

  it.each<[name: string, change: (exchanges: Exchanges) => unknown, fault: RegExp]>([
    [
      'an exchange that the capture does not request',
      (all) => [...all, { ...all[0], scope: 'https://zzz.example:443' }],
      /\[[0-9]+\]: not a response of this capture/,
    ],
    [
      'a duplicate exchange',
      (all) => [all[0], ...all],
      /\[1\]: not in the form or the order that capture records/,
    ],
    ['another order', (all) => all.toReversed(), /\[0\]: .*the order that capture records/],
    [
      'a member of a response that is never recorded',
      (all) => all.map((each) => ({ ...each, response: addMember(each.response) })),
      /\[[0-9]+\]: not in the form or the order that capture records/,
    ],
    [
      'a header that is never recorded',
      (all) => all.map((each) => ({ ...each, rawHeaders: { 'set-cookie': 'a=b' } })),
      /\[0\]\.rawHeaders: expected /,
    ],
    [
      'an unknown member of an exchange',
      (all) => all.map((each) => ({ ...each, reqheaders: {} })),
      /\[0\]: unknown key reqheaders, expected scope, method, path/,
    ],
  ])('refuses a recording with a valid digest and %s', async (_, change, fault) => {
    const { sealSnapshot, printSnapshot } = await import('../../src/core/snapshot/read.ts')
    const { sha256 } = await import('../../src/core/snapshot/canonical.ts')
    const { integrity: _integrity, ...rest } = JSON.parse(await read('s.json'))
    const changed = change(JSON.parse(await read('s.recording.json')))
    const recording = `${JSON.stringify(changed, undefined, 2)}\n`
    rest.recording.sha256 = sha256(recording)
    await writeFile(at('s.json'), printSnapshot(sealSnapshot(rest)))
    await writeFile(at('s.recording.json'), recording)
    const { status, stdout } = await call('verify', 's.json')
    expect(status).toBe(1)
    expect(stdout).toMatch(new RegExp(`s.json: replay: FAILED: s.recording.json: ${fault.source}`))
  })

  it('compares the target of a workspace stream using the settings of the workspace', async () => {
    const one = { snapshot: 's.json', target: 'rhcos.json', marketplaceFile: 'm.json' }
    await writeFile(
      at('stream-snapshot.json'),
      JSON.stringify({ clouds: ['azure'], streams: { one } }),
    )
    expect(await call('regenerate', 'one')).toMatchObject({ status: 0 })
    const verify = ['verify', 's.json', '--target', 'rhcos.json']
    expect(await call(...verify)).toMatchObject({ status: 0 })
    await writeFile(at('m.json'), '{}')
    expect(await call(...verify)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('target: FAILED: m.json: does not match s.json\n'),
      stderr: 'stream-snapshot: 1 of 7 checks failed\nRun stream-snapshot regenerate one\n',
    })
  })

  it('prints the changes that would repair the target, as check does', async () => {
    const target = ['--target', 'rhcos.json']
    await call('regenerate', 's.json', ...target)
    const text = await read('rhcos.json')
    await writeFile(at('rhcos.json'), text.replace('418-v2', '417-v2'))
    const { status, stdout } = await call('verify', 's.json', ...target)
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /\nregenerate would make these changes:\n~ {2}azure no-purchase-plan x86_64 gen2 .*417-v2.* -> .*418-v2/,
    )
    const json = await call('verify', 's.json', ...target, '-o', 'json')
    expect(JSON.parse(json.stdout)[0].changes).toEqual([
      expect.objectContaining({ kind: 'slot', change: 'changed' }),
    ])
  })

  it('refuses options of a target without a target', async () => {
    expect(await call('verify', 's.json', '--layout', 'none')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: --layout requires --target\nSpecify the stream with --target.\n',
    })
  })

  it('suggests --target for a stream', async () => {
    const { status, stderr } = await call('verify', 'rhcos.json')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'stream-snapshot: 1 of 6 checks failed\nVerify it with its snapshot: stream-snapshot verify SNAPSHOT --target rhcos.json\n',
    })
  })

  it('exits 1 and reports the failed check', async () => {
    await writeFile(at('s.recording.json'), `${await read('s.recording.json')} `)
    const { status, stdout, stderr } = await call('verify', 's.json')
    expect(status).toBe(1)
    expect(stdout).toContain('s.json: recording: FAILED: s.recording.json: its SHA-256')
    expect(stdout).toContain('s.json: replay: not checked\n')
    expect(stderr).toBe(
      'stream-snapshot: 1 of 6 checks failed\nRun stream-snapshot capture s.json.\n',
    )
  })

  it('does not report an AWS product ID as a secret', async () => {
    const [product] =
      JSON.stringify(BUILT_IN.aws).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) ?? []
    const recording = await read('s.recording.json')
    await writeFile(at('s.recording.json'), recording.replace('"NotFound"', `"${product}"`))
    const { stdout } = await call('verify', 's.json')
    expect(stdout).toContain('s.json: recording: FAILED')
    expect(stdout).toContain('s.json: secrets: ok\n')
  })

  it('suggests a remedy for a secret before any other remedy', async () => {
    const recording = await read('s.recording.json')
    await writeFile(
      at('s.recording.json'),
      recording.replace('"NotFound"', '"AKIAIOSFODNN7EXAMPLE"'),
    )
    const { status, stderr } = await call('verify', 's.json')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'stream-snapshot: 2 of 6 checks failed\nRevoke the secrets, capture again, and do not push the files.\n',
    })
  })

  it('exits 1 for a snapshot with conflict markers, and verifies the next one', async () => {
    await writeFile(at('t.json'), `<<<<<<< HEAD\n${await read('s.json')}`)
    const { status, stdout } = await call('verify', 't.json', 's.json', '-o', 'json')
    expect(status).toBe(1)
    const [broken, whole] = JSON.parse(stdout)
    expect(broken.checks[0]).toMatchObject({
      name: 'schema',
      fault: expect.stringContaining('t.json:1:1'),
    })
    expect(whole.checks.every((check: { fault?: string }) => check.fault === undefined)).toBe(true)
  })
})
