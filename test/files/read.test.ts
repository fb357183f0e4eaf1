import { execFile } from 'node:child_process'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'

const sh = (folder: string, script: string) =>
  promisify(execFile)('sh', ['-ec', script], { cwd: folder })

describe('an input file', () => {
  it.each<[name: string, make: string, message: string]>([
    ['a pipe', 'mkfifo s.json', 's.json: is a pipe, expected a file'],
    ['a directory', 'mkdir s.json', 's.json: is a directory, expected a file'],
    ['a device', 'ln -s /dev/zero s.json', 's.json: is a device, expected a file'],
    ['a link in a circle', 'ln -s s.json s.json', 's.json: links that lead in a circle'],
    ['too long', 'truncate -s 65M s.json', 's.json: longer than 64 MB'],
  ])('that is %s is refused in one line, at once', async (_, make, message) => {
    const folder = await temporaryFolder()
    await sh(folder, make)
    await writeFile(join(folder, 'good.json'), '{}')
    for (const command of ['list', 'regenerate', 'skew', 'image', 'verify']) {
      expect(await run([command, 's.json'], { cwd: folder })).toEqual({
        status: 2,
        stdout: '',
        stderr: `stream-snapshot: ${message}\n`,
      })
    }
  })

  it('whose name has 255 characters can be told and not written', async () => {
    const folder = await temporaryFolder()
    const name = `${'n'.repeat(250)}.json`
    await writeFile(join(folder, name), '')
    await truncate(join(folder, name), 65 * 1024 * 1024)
    expect(await run(['list', name], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: ${name}: longer than 64 MB\n`,
    })
    expect(await run(['list', `n${name}`], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: `stream-snapshot: n${name}: the name is too long\n`,
    })
  })
})

describe('diff --exit-zero', () => {
  it('is exit 0 where a side cannot be read', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'a.json'), '<<<<<<< ours')
    const args = ['diff', 'a.json', 'none.json']
    expect(await run(args, { cwd: folder })).toMatchObject({ status: 2 })
    const { status, stdout, stderr } = await run([...args, '--exit-zero'], { cwd: folder })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toMatch(/^(stream-snapshot|warning): a\.json/)
  })
})
