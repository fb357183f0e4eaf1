import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'fs-extra'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startAzure } from '../mock-servers/azure.ts'
import { imagesAfterBump, imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const call = (...args: string[]) => run(args, { cwd: folder })

/** A workspace that was committed after the first update, and updated again without a commit. */
let template: string

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'streams-'))
  for (const name of ['one', 'two', 'bare'])
    await writeFile(join(template, `${name}.json`), smallStream(EXAMPLE))
  const streams = {
    one: { snapshot: 'snapshots/one.json', target: 'one.json' },
    two: { snapshot: 'snapshots/two.json', target: 'two.json' },
    bare: { snapshot: 'snapshots/bare.json', target: 'bare.json', layouts: ['none'] },
  }
  await writeFile(join(template, 'stream-snapshot.json'), JSON.stringify({ streams }))
  const mockServer = await startAzure({ images: imagesBeforeBump() })
  const update = () =>
    run(['update', '--azure-endpoint', mockServer.url], {
      cwd: template,
      env: mockServer.environment,
    })
  expect(await update()).toMatchObject({ status: 0 })
  await commitAll(template, 'first')
  mockServer.setImages(imagesAfterBump())
  expect(await update()).toMatchObject({ status: 0 })
  await mockServer.close()
})

afterAll(() => fs.remove(template))

beforeEach(async () => {
  folder = await temporaryFolder()
  await fs.copy(template, folder)
})

describe('a stream name in place of a file', () => {
  it('selects the snapshot and the target of the stream', async () => {
    const pairs: [words: string[], equivalent: string[]][] = [
      [
        ['list', 'one', '--sku', '418-arm'],
        ['list', 'snapshots/one.json', '--sku', '418-arm'],
      ],
      [
        ['skew', 'two', '-o', 'json'],
        ['skew', 'snapshots/two.json', '--target', 'two.json', '-o', 'json'],
      ],
      [
        ['history', 'one'],
        ['history', 'snapshots/one.json', '--target', 'one.json'],
      ],
    ]
    for (const [words, equivalent] of pairs) {
      const [named, plain] = [await call(...words), await call(...equivalent)]
      expect(named).toEqual(plain)
      expect(named.stdout).not.toBe('')
    }
    const report = await call('report', 'one', '--file', 'r.html')
    expect(report).toMatchObject({ status: 0 })
    expect(await readFile(at('r.html'), 'utf8')).toContain('<h1>one</h1>')
  })

  it('is ignored if a file has this name, and must be exact', async () => {
    await writeFile(at('one'), 'x')
    expect((await call('list', 'one')).stderr).toMatch(/^stream-snapshot: one:1:1: /)
    expect((await call('list', 'ones')).stderr).toBe(
      'stream-snapshot: ones: no such file or stream\nDid you mean one?\n',
    )
  })
})

describe('a command without a file', () => {
  it('reads all streams with images, and prints each stream below its name', async () => {
    const skew = await call('skew', '--fail-on', 'older-release')
    expect(skew.status).toBe(0)
    expect(skew.stdout).toMatch(/^one:\n[\s\S]*\ntwo:\n/)
    const failing = await call('skew', '--fail-on', 'newer-build', '-o', 'json')
    expect(failing.status).toBe(1)
    expect(failing.stdout).not.toMatch(/^(one|two):/m)
    expect(failing.stderr).toMatch(
      /^stream-snapshot: a check failed for 2 of 2 streams\n {2}one: .*\n(?: {4}azure .*\n){2} {2}two: .*\n(?: {4}azure .*\n){2}$/,
    )
    expect((await call('history')).stdout).toMatch(/^one:\n[\s\S]*first[\s\S]*\ntwo:\n/)
  })

  it('reports clouds of the workspace that were not queried', async () => {
    const workspace = JSON.parse(await readFile(at('stream-snapshot.json'), 'utf8'))
    await writeFile(
      at('stream-snapshot.json'),
      JSON.stringify({ ...workspace, clouds: ['azure', 'gcp'] }),
    )
    const { stderr } = await call('skew', 'one')
    expect(stderr).toBe('snapshots/one.json: gcp was not queried\n')
    expect((await call('skew', 'one', '--cloud', 'azure')).stderr).toBe('')
  })

  it('reports the committed streams, and prints a line for each other stream', async () => {
    const workspace = JSON.parse(await readFile(at('stream-snapshot.json'), 'utf8'))
    workspace.streams.new = { snapshot: 'snapshots/new.json', target: 'new.json' }
    await writeFile(at('stream-snapshot.json'), JSON.stringify(workspace))
    const added = 'snapshots/new.json: no such file; skipped\n'
    expect(await call('report', '--file', 'r.html')).toEqual({
      status: 0,
      stdout: '',
      stderr: `${added}r.html: written, 3 versions of 3 streams\n`,
    })
    const page = await readFile(at('r.html'), 'utf8')
    expect(page.match(/<h1>.*?<\/h1>/g)).toEqual(['<h1>one</h1>', '<h1>two</h1>', '<h1>bare</h1>'])
    for (const name of ['one', 'two', 'bare']) delete workspace.streams[name]
    workspace.streams.newer = { snapshot: 'snapshots/newer.json', target: 'newer.json' }
    await writeFile(at('snapshots/new.json'), '{}')
    await writeFile(at('stream-snapshot.json'), JSON.stringify(workspace))
    expect(await call('report', '--file', 'none.html')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: snapshots/new.json: not committed\nCommit it first.\n',
    })
  })
})

describe('several streams', () => {
  it('are printed as one JSON object, one TSV with a stream column, or Markdown with headings', async () => {
    const json = JSON.parse((await call('list', '-o', 'json')).stdout)
    expect(Object.keys(json)).toEqual(['one', 'two'])
    expect(json.two).toEqual(JSON.parse((await call('list', 'two', '-o', 'json')).stdout))
    const tsv = (await call('list', '-o', 'tsv')).stdout
    const one = (await call('list', 'one', '-o', 'tsv')).stdout
    expect(tsv.startsWith(one.replace(/^(?=.)/gm, 'one\t'))).toBe(true)
    expect(tsv).toContain('\ntwo\t')
    const markdown = (await call('skew', '-o', 'markdown')).stdout
    expect(markdown.match(/^## .*/gm)).toEqual(['## one', '## two'])
  })

  it('are verified by name', async () => {
    const { status, stdout } = await call('verify', 'one', 'two')
    expect(status).toBe(0)
    expect(stdout).toContain('snapshots/one.json')
    expect(stdout).toContain('snapshots/two.json')
    expect((await call('verify', 'on')).stderr).toBe(
      'stream-snapshot: on: no such file or stream\nDid you mean one?\n',
    )
  })
})
