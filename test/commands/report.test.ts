import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAt } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const report = (...args: string[]) => run(['report', ...args], { cwd: folder })

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await commitAt(folder, '2024-10-10T12:00:00Z', 'first')
})

describe('report', () => {
  it('writes one page, with the same bytes on each run', async () => {
    const outcome = await report('rhcos.json', '--file', 'report.html')
    expect(outcome).toMatchObject({
      status: 0,
      stdout: '',
      stderr: 'report.html: written, 1 version\n',
    })
    const page = await readFile(at('report.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(page).toContain('<dt>Build for aarch64, x86_64</dt>')
    await report('rhcos.json', '--file', 'again.html')
    expect(await readFile(at('again.html'), 'utf8')).toBe(page)
  })

  it('prints the page for -, and refuses to replace a file that is not a page', async () => {
    const before = await readdir(folder)
    const { status, stdout } = await report('rhcos.json', '--file', '-')
    expect({ status, start: stdout.slice(0, 15) }).toEqual({ status: 0, start: '<!doctype html>' })
    await writeFile(at('notes.txt'), 'notes')
    expect(await report('rhcos.json', '--file', 'notes.txt')).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: --file: notes.txt: exists and is not an HTML page\nChoose another file.\n',
    })
    expect((await readdir(folder)).sort()).toEqual([...before, 'notes.txt'].sort())
  })

  it('writes nothing if there is no history, and refuses to replace its input', async () => {
    const stream = await readFile(at('rhcos.json'), 'utf8')
    const before = await readdir(folder)
    expect(await report('nope.json', '--file', 'report.html')).toMatchObject({
      status: 2,
      stderr: 'stream-snapshot: nope.json: no such file\nSpecify the path of an existing file.\n',
    })
    expect(await report('rhcos.json', '--file', './rhcos.json')).toMatchObject({
      status: 2,
      stderr:
        'stream-snapshot: --file: ./rhcos.json: is an input of the report\nChoose another file.\n',
    })
    expect(await report('rhcos.json')).toMatchObject({ status: 2 })
    expect(await readdir(folder)).toEqual(before)
    expect(await readFile(at('rhcos.json'), 'utf8')).toBe(stream)
  })
})
