import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
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

/** Each names what to type. */
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
    'unexpected argument: rhcos.json\nSpecify the stream to update with --target FILE.',
  ],
])('%s', async (words, said) => {
  expect(await run(words.split(' '), { cwd: folder })).toEqual({
    status: 2,
    stdout: '',
    stderr: `stream-snapshot: ${said}\n`,
  })
})
