import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { folderAt } from '../support/io.ts'
import { capturePairs, type Pair } from '../support/pairs.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const call = (...args: string[]) => run(args, { cwd: folder })
const edit = async (name: string, change: (text: string) => string) =>
  writeFile(at(name), change(await read(name)))

const SNAPSHOT = 'snapshots/s.json'
const STREAM = { snapshot: SNAPSHOT, target: 'one.json', layouts: ['stream-metadata'] }
const workspace = (one: object) =>
  writeFile(at('stream-snapshot.json'), JSON.stringify({ clouds: ['azure'], streams: { one } }))

let pair: Pair
beforeAll(async () => {
  pair = (await capturePairs()).older
})

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(at('snapshots'))
})

/** Generated streams by the added keys of the workspace stream, so that each is generated only once. */
const regenerated = new Map<string, string>()

/** Writes a captured snapshot, and a stream that was generated from it. */
async function prepareStream(more: object = {}): Promise<void> {
  await writeFile(at(SNAPSHOT), pair.snapshot)
  await writeFile(at('snapshots/s.recording.json'), pair.recording)
  await workspace({ ...STREAM, ...more })
  const key = JSON.stringify(more)
  const known = regenerated.get(key)
  await writeFile(at('one.json'), known ?? smallStream(EXAMPLE))
  if (known !== undefined) return
  expect(await call('regenerate', 'one')).toMatchObject({ status: 0 })
  expect(await call('check')).toMatchObject({ status: 0, stderr: '' })
  regenerated.set(key, await read('one.json'))
}

/** Runs check, and returns the lines of the failed checks and their remedies. */
async function readFaults(): Promise<string[]> {
  const { status, stderr } = await call('check')
  expect(status).toBe(1)
  return stderr.trimEnd().split('\n').slice(1)
}

const FILES = 'snapshots/s.json snapshots/s.recording.json'

describe('check reports and suggests a remedy for', () => {
  it('an outdated file', async () => {
    await prepareStream()
    await edit('one.json', (text) => text.replace('"418-arm"', '"417-arm"'))
    const { stdout } = await call('check')
    expect(stdout).toMatch(
      /^one: FAILED\nregenerate would make these changes:\n~ {2}azure no-purchase-plan aarch64 gen2 {2}azureopenshift:aro4:417-arm:\S+ -> azureopenshift:aro4:418-arm:/,
    )
    expect(await readFaults()).toEqual([
      `  one: one.json: does not match ${SNAPSHOT}`,
      '    Run stream-snapshot regenerate one',
    ])
    await call('regenerate', 'one')
    expect(await call('check')).toMatchObject({ status: 0 })
  })

  it('an edited snapshot, and skips the checks that depend on the snapshot', async () => {
    await prepareStream()
    const captured = await read(SNAPSHOT)
    await edit(SNAPSHOT, (text) => text.replace('"active"', '"deprecated"'))
    expect((await readFaults())[1]).toBe('    Run stream-snapshot update one.')
    const edited = await read(SNAPSHOT)
    await writeFile(at(SNAPSHOT), captured)
    await commitAll(folder, 'captured')
    await writeFile(at(SNAPSHOT), edited)
    expect(await readFaults()).toEqual([
      `  one: ${SNAPSHOT}: integrity: the content was changed after the capture`,
      `    Run git checkout -- ${FILES}, or stream-snapshot update one.`,
      `  one: ${SNAPSHOT}: replay: the recording does not produce this snapshot`,
      `    Run git checkout -- ${FILES}, or stream-snapshot update one.`,
    ])
    const { stdout } = await call('verify', SNAPSHOT, '--target', 'one.json')
    expect(stdout).toContain(`${SNAPSHOT}: target: not checked\n`)
    await commitAll(folder, 'edited')
    expect((await readFaults())[1]).toBe(
      `    Run git checkout COMMIT -- ${FILES}, where COMMIT is before the change, or stream-snapshot update one.`,
    )
  })

  it('a reformatted snapshot', async () => {
    await prepareStream()
    const before = await read(SNAPSHOT)
    await edit(SNAPSHOT, (text) => JSON.stringify(JSON.parse(text), undefined, 2))
    expect(await readFaults()).toEqual([
      `  one: ${SNAPSHOT}: form: not in the format that capture writes`,
      `    Run stream-snapshot capture ${SNAPSHOT} --replay.`,
    ])
    expect(await call('capture', SNAPSHOT, '--replay')).toMatchObject({ status: 0 })
    expect(await read(SNAPSHOT)).toBe(before)
  })

  it('a moved file, and a snapshot that no stream uses', async () => {
    await prepareStream()
    await writeFile(at('snapshots/old.json'), await read(SNAPSHOT))
    await rename(at('one.json'), at('two.json'))
    expect(await readFaults()).toEqual([
      '  one: one.json: no such file',
      '    Run stream-snapshot regenerate one, or change the files of one in stream-snapshot.json.',
      '  snapshots/old.json: not used by any stream in stream-snapshot.json',
      '    Delete snapshots/old.json, or set it as the snapshot of a stream in stream-snapshot.json.',
    ])
    await rm(at('snapshots/old.json'))
    await workspace({ ...STREAM, target: 'two.json' })
    expect(await call('check')).toMatchObject({ status: 0 })
  })

  it('a stream that was never captured', async () => {
    await workspace({ ...STREAM, marketplaceFile: 'm.json' })
    await writeFile(at('one.json'), smallStream(EXAMPLE))
    expect(await readFaults()).toEqual([
      `  one: ${SNAPSHOT}: no such file`,
      '    Run stream-snapshot update one, or without credentials stream-snapshot update --cloud none one 418.94.202410090804-0',
    ])
  })

  it.each([
    [
      'missing',
      undefined,
      /^ {2}scos: scos\.json: no such file$/,
      /^ {4}Change the files of scos /,
    ],
    [
      'invalid',
      'garbage',
      /^ {2}scos: scos\.json:1:1: /,
      /^ {4}Correct the file, or use another file\.$/,
    ],
  ])('a stream without builds and clouds that is %s', async (_, text, fault, remedy) => {
    const scos = { snapshot: 'snapshots/scos.json', target: 'scos.json', layouts: ['none'] }
    await writeFile(at('stream-snapshot.json'), JSON.stringify({ streams: { scos } }))
    await writeFile(at('scos.json'), smallStream(EXAMPLE))
    expect(await call('check')).toMatchObject({ status: 0 })
    if (text === undefined) await rm(at('scos.json'))
    else await writeFile(at('scos.json'), text)
    expect(await readFaults()).toEqual([
      expect.stringMatching(fault),
      expect.stringMatching(remedy),
    ])
  })

  it('an image in a layout that is not generated', async () => {
    await prepareStream({ layouts: undefined, marketplaceFile: 'm.json' })
    const before = await read('one.json')
    const stream = JSON.parse(before)
    const entry = { publisher: 'p', offer: 'o', sku: 's', version: '418.94.20240916' }
    stream.architectures.x86_64['rhel-coreos-extensions'] = {
      marketplace: { azure: { 'no-purchase-plan': { hyperVGen2: entry } } },
    }
    await writeFile(at('one.json'), JSON.stringify(stream, undefined, 2))
    expect(await readFaults()).toEqual([
      '  one: one.json: 1 azure image in the layout stream-metadata, which is not generated: p:o:s:418.94.20240916',
      '    Remove them with stream-snapshot regenerate one --allow-regression.',
    ])
    const { status, stderr } = await call('regenerate', 'one', '--allow-regression')
    expect(status).toBe(0)
    expect(stderr).toMatch(
      /^one:\n {2}- {2}azure no-purchase-plan x86_64 gen2 {2}p:o:s:418\.94\.20240916 /,
    )
    expect(JSON.parse(await read('one.json')).architectures).toEqual(
      JSON.parse(before).architectures,
    )
    expect(await call('check')).toMatchObject({ status: 0 })
  })

  it('different criteria in the workspace', async () => {
    await writeFile(at('criteria.json'), JSON.stringify(BUILT_IN))
    await prepareStream({ criteria: 'criteria.json' })
    await edit('criteria.json', (text) => text.replace('"earlierMinors":2', '"earlierMinors":1'))
    expect(await readFaults()).toEqual([
      `  one: ${SNAPSHOT}: captured with criteria other than criteria.json`,
      '    Run stream-snapshot update one.',
    ])
  })

  it('a file that regenerate would only update with --allow-regression', async () => {
    await prepareStream()
    await commitAll(folder, 'captured')
    await edit('one.json', (text) => text.replaceAll('418.94.20240916', '418.94.20250122'))
    const [fault, remedy] = await readFaults()
    expect(fault).toMatch(
      /^ {2}one: one\.json: does not match snapshots\/s\.json; the target would get \d+ older marketplace images$/,
    )
    expect(remedy).toBe(
      '    Run stream-snapshot regenerate one --allow-regression, or undo your edits with git checkout -- one.json',
    )
  })

  it('a capture whose images are older than those of the target', async () => {
    await prepareStream()
    await edit('one.json', (text) => text.replaceAll('418.94.20240916', '418.94.20250122'))
    await commitAll(folder, 'newer target')
    const { integrity: _, ...content } = JSON.parse(await read(SNAPSHOT))
    const later = sealSnapshot({ ...content, capturedAt: '2026-01-01T00:00:00Z' })
    await writeFile(at(SNAPSHOT), printSnapshot(later))
    const [, remedy] = await readFaults()
    expect(remedy).toBe(
      `    Run stream-snapshot regenerate one --allow-regression, or undo the capture with git checkout -- ${FILES}`,
    )
  })
})

describe('check of a snapshot with three clouds and builds', () => {
  beforeEach(async () => {
    folder = await temporaryFolder()
    for (const name of ['demo', 'snapshots', 'stream-snapshot.json']) {
      await cp(fileURLToPath(new URL(`../../${name}`, import.meta.url)), at(name), {
        recursive: true,
      })
    }
    await edit('stream-snapshot.json', (text) => {
      const { clouds, streams } = JSON.parse(text)
      return JSON.stringify({ clouds, streams: { 'rhel-9': streams['rhel-9'] } })
    })
    for (const name of ['rhel-10.json', 'rhel-10.recording.json']) await rm(at(`snapshots/${name}`))
  })

  it('suggests one remedy if the workspace and the target have other builds', async () => {
    const { builds } = JSON.parse(await read('stream-snapshot.json')).streams['rhel-9']
    const other = '418.94.202409010000-0'
    for (const name of ['stream-snapshot.json', 'demo/rhcos.json']) {
      await edit(name, (text) => text.replaceAll(builds.x86_64, other))
    }
    const all = await readFaults()
    expect(all).toEqual([
      expect.stringMatching(/^ {2}rhel-9: demo\/rhcos\.json: does not match /),
      expect.stringContaining(`, and stream-snapshot.json has ${other}`),
      '    Run stream-snapshot update --cloud none rhel-9.',
    ])
  })
})

describe('regenerate in a workspace', () => {
  const writeTwoStreams = async () => {
    const other = { ...STREAM, snapshot: 'snapshots/two.json', target: 'two.json' }
    const streams = {
      one: { ...STREAM, snapshot: 'snapshots/one.json' },
      two: other,
      scos: { snapshot: 'snapshots/scos.json', target: 'scos.json', layouts: ['none'] },
    }
    await writeFile(at('stream-snapshot.json'), JSON.stringify({ streams }))
    for (const name of ['one', 'two']) {
      await writeFile(at(`${name}.json`), smallStream(EXAMPLE))
      await writeFile(at(`snapshots/${name}.json`), snapshotWith('418.94.20240916'))
    }
    await writeFile(at('scos.json'), smallStream({ x86_64: '9.0.20250411-0' }, 'c9s'))
  }
  const snapshotWith = (version: string) => snapshotText([azureImage('418-v2', version)])

  it('writes all files, and prints the changes', async () => {
    await writeTwoStreams()
    const { status, stdout, stderr } = await call('regenerate')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toMatch(
      /^one:\n {2}\+ {2}azure [\s\S]* {2}one\.json: updated\ntwo:\n[\s\S]* {2}two\.json: updated\nscos:\n {2}no builds and no clouds, nothing to regenerate\n$/,
    )
    const again = await call('regenerate', '--check')
    expect(again).toMatchObject({ status: 0, stdout: '' })
    const json = await call('regenerate', '-o', 'json')
    expect(Object.keys(JSON.parse(json.stdout))).toEqual(['one', 'two'])
  })

  it('suggests the command that captures a missing snapshot', async () => {
    await writeTwoStreams()
    await rm(at('snapshots/two.json'))
    expect(await call('regenerate')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: snapshots/two.json: no such file\nRun stream-snapshot update two.\n',
    })
  })

  it('refuses a snapshot of another OCP version, as check does', async () => {
    await prepareStream()
    // RHEL 9.6 belongs to several OCP versions.
    await writeFile(at('one.json'), smallStream({ x86_64: '9.6.20250513-0' }))
    await workspace({ ...STREAM, ocp: '4.20' })
    const cause = `${SNAPSHOT}: captured with ocp 4.18, and stream-snapshot.json has 4.20`
    const remedy =
      'Run stream-snapshot update one, or set ocp of one to 4.18 in stream-snapshot.json.'
    expect((await readFaults()).slice(-2)).toEqual([`  one: ${cause}`, `    ${remedy}`])
    expect(await call('regenerate')).toEqual({
      status: 1,
      stdout: '',
      stderr: `stream-snapshot: one: ${cause}\n${remedy}\n`,
    })
  })

  it('refuses options for files, and suggests the stream for a mistyped name', async () => {
    await writeTwoStreams()
    const { status, stderr } = await call('regenerate', 'one', '--target', 'x.json')
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'stream-snapshot: --target, --marketplace-file and --layout: set in stream-snapshot.json for streams of the workspace\nUse the snapshot instead: stream-snapshot regenerate SNAPSHOT --target FILE\n',
    })
    const typo = await call('regenerate', 'tow')
    expect(typo.stderr).toMatch(
      /^stream-snapshot: stream-snapshot\.json: no stream "tow"\nDid you mean two\?\n$/,
    )
  })

  it('reads the files only after it has acquired the lock', async () => {
    await writeTwoStreams()
    let running: ReturnType<typeof call> | undefined
    await folderAt(folder).lock(
      ['one.json'],
      () => undefined,
      async () => {
        running = call('regenerate', 'one')
        await new Promise((resolve) => setTimeout(resolve, 300))
        await writeFile(at('snapshots/one.json'), snapshotWith('418.94.20241009'))
      },
    )
    expect(await running).toMatchObject({ status: 0 })
    expect(await read('one.json')).toContain('418.94.20241009')
  })
})
