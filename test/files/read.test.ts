import { execFile } from 'node:child_process'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const runShell = (folder: string, script: string) =>
  promisify(execFile)('sh', ['-ec', script], { cwd: folder })

/** Commands that read s.json as a snapshot, a stream, criteria or a recording. */
const READERS = [
  ['list', 's.json'],
  ['regenerate', 's.json'],
  ['verify', 's.json'],
  ['skew', 's.json'],
  ['image', 's.json'],
  ['configmap', 's.json'],
  ['regenerate', 'good.json', '--target', 's.json'],
  ['capture', 'a.json', '--stream', 's.json'],
  ['capture', 'b.json', '--stream', 'rhcos.json', '--criteria', 's.json'],
  ['capture', 'c.json', '--stream', 'rhcos.json', '--replay', 's.json'],
]

const SNAPSHOT = snapshotText([azureImage('418-v2', '418.94.20241009')])
const STREAM = smallStream(EXAMPLE)
const CONFLICT = STREAM.replace(/\n/, '\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n')

describe('an input file', () => {
  it.each<[name: string, content: string | Buffer, message: string]>([
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n',
      's.json: a Git LFS pointer, not the file itself\nRun git lfs pull.',
    ],
    [
      'UTF-16 text',
      Buffer.from(`\ufeff${STREAM}`, 'utf16le'),
      's.json: UTF-16 text, expected UTF-8\nSave the file as UTF-8; in PowerShell with Out-File -Encoding utf8.',
    ],
    [
      'UTF-16 text without a byte order mark',
      Buffer.from(STREAM, 'utf16le'),
      's.json: UTF-16 text, expected UTF-8\nSave the file as UTF-8; in PowerShell with Out-File -Encoding utf8.',
    ],
    [
      'text with only the end of a conflict',
      `${STREAM}>>>>>>> theirs\n`,
      `s.json:${STREAM.split('\n').length}:1: merge conflict marker >>>>>>>\nResolve the conflict, or restore the file with git checkout HEAD -- s.json`,
    ],
    [
      'text with conflict markers',
      CONFLICT,
      's.json:2:1: merge conflict marker <<<<<<<\nResolve the conflict, or restore the file with git checkout HEAD -- s.json',
    ],
    [
      'binary',
      Buffer.from([0x89, 0x50, 0xff, 0xfe]),
      's.json: not UTF-8 text\nCorrect the file, or use another file.',
    ],
  ])('is reported with a remedy if it is %s', async (_, content, message) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 's.json'), content)
    await writeFile(join(folder, 'rhcos.json'), STREAM)
    const { stderr } = await run(['list', 's.json'], { cwd: folder })
    expect(stderr).toBe(`stream-snapshot: ${message}\n`)
  })

  it('is checked by all commands that read files', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 's.json'), 'version https://git-lfs.github.com/spec/v1\n')
    await writeFile(join(folder, 'good.json'), SNAPSHOT)
    await writeFile(join(folder, 'rhcos.json'), STREAM)
    const outcomes = await Promise.all(
      READERS.map(async (words) => {
        const { status, stderr } = await run(words, { cwd: folder })
        return [words.join(' '), status, stderr]
      }),
    )
    const message =
      'stream-snapshot: s.json: a Git LFS pointer, not the file itself\nRun git lfs pull.\n'
    expect(outcomes).toEqual(READERS.map((words) => [words.join(' '), 2, message]))
  })

  it.each([
    ['cut off', STREAM.slice(0, 300)],
    ['empty', ''],
  ])('is reported with a remedy if it is %s', async (_, text) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 's.json'), text)
    const { status, stderr } = await run(['image', 's.json'], { cwd: folder })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /found (the end of the file|an empty file|nothing)\nCorrect the file, or /,
    )
  })

  it('is reported with a remedy if it is in a submodule that is not checked out', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'lib/data'), { recursive: true })
    await writeFile(
      join(folder, '.gitmodules'),
      '[submodule "data"]\n\tpath = lib/data\n\turl = https://example.com/data\n',
    )
    await commitAll(folder, 'first')
    expect(await run(['list', 'lib/data/s.json'], { cwd: folder })).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: lib/data/s.json: in the submodule lib/data, which is not checked out\nRun git submodule update --init lib/data.\n',
    })
  })

  it.each<[name: string, make: string, message: string, remedy?: string]>([
    ['a pipe', 'mkfifo s.json', 's.json: is a pipe, expected a file'],
    ['a directory', 'mkdir s.json', 's.json: is a directory, expected a file'],
    ['a link to a device', 'ln -s /dev/zero s.json', 's.json: is a device, expected a file'],
    [
      'a link to itself',
      'ln -s s.json s.json',
      's.json: a link that leads to itself',
      'Correct the link.',
    ],
    ['too long', 'truncate -s 65M s.json', 's.json: longer than 64 MB'],
  ])(
    'is refused without reading its content if it is %s',
    async (_, make, message, remedy = 'Use another file.') => {
      const folder = await temporaryFolder()
      await runShell(folder, make)
      for (const command of ['list', 'image']) {
        expect(await run([command, 's.json'], { cwd: folder })).toEqual({
          status: 2,
          stdout: '',
          stderr: `stream-snapshot: ${message}\n${remedy}\n`,
        })
      }
    },
  )

  it('can have a name of 255 bytes', async () => {
    const folder = await temporaryFolder()
    const name = `${'n'.repeat(250)}.json`
    await writeFile(join(folder, name), '')
    await truncate(join(folder, name), 65 * 1024 * 1024)
    expect(await run(['list', name], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: ${name}: longer than 64 MB\nUse another file.\n`,
    })
    expect(await run(['list', `n${name}`], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: n${name}: file name too long\nUse a shorter name.\n`,
    })
  })
})
