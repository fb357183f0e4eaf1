import { appendFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fileVersions, openBlobs } from '../../../src/files/git/versions.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { commitAt, git } from '../../support/git.ts'
import { folderAt } from '../../support/io.ts'

let folder: string
let day = 0
const at = (name: string) => join(folder, name)
const commit = (message: string) => commitAt(folder, `2024-01-0${++day}T12:00:00+02:00`, message)
/** Oldest first. */
async function versions(name: string) {
  const found: [subject: string, path: string, content: string | undefined][] = []
  const blobs = openBlobs(folderAt(folder), name)
  for await (const { subject, path, blob } of fileVersions(folderAt(folder), name)) {
    const content = blob && (await blobs.read(blob, path)).toString()
    found.unshift([subject, path, content])
  }
  blobs.close()
  return found
}
const newest = async (file: string) => (await fileVersions(folderAt(folder), file).next()).value

beforeEach(async () => {
  folder = await temporaryFolder()
  day = 0
})

describe('fileVersions', () => {
  it('gives every version with its bytes, oldest first, through renames', async () => {
    await writeFile(at('a.json'), `${'{ "ä": 1 }\r\n'.repeat(9)}no end`)
    await commit('begin')
    await mkdir(at('sub'))
    await rename(at('a.json'), at('sub/b c.json'))
    await commit('rename')
    await appendFile(at('sub/b c.json'), '\n\0\n+ -\n\\ @@\n')
    await commit('change: ä')
    const whole = `${'{ "ä": 1 }\r\n'.repeat(9)}no end`
    expect(await versions('sub/b c.json')).toEqual([
      ['begin', 'a.json', whole],
      ['rename', 'sub/b c.json', whole],
      ['change: ä', 'sub/b c.json', `${whole}\n\0\n+ -\n\\ @@\n`],
    ])
    expect(await newest(at('sub/b c.json'))).toMatchObject({
      date: '2024-01-03T10:00:00Z',
      id: (await git(folder, 'rev-parse', 'HEAD')).trim(),
    })
  })

  it('tells when a file went, came again and was empty', async () => {
    await writeFile(at('a.json'), '1\n')
    await commit('one')
    await rm(at('a.json'))
    await commit('gone')
    await writeFile(at('a.json'), '')
    await commit('empty')
    await writeFile(at('a.json'), '2')
    await commit('two')
    expect(await versions('a.json')).toEqual([
      ['one', 'a.json', '1\n'],
      ['gone', 'a.json', undefined],
      ['empty', 'a.json', ''],
      ['two', 'a.json', '2'],
    ])
  })

  it('begins a copy where it was made, as the original has a life of its own', async () => {
    const text = '{ "stream": "rhcos-4.18" }\n'.repeat(20)
    await writeFile(at('4.18.json'), text)
    await commit('4.18')
    await writeFile(at('4.19.json'), text)
    await commit('4.19')
    expect(await versions('4.19.json')).toEqual([['4.19', '4.19.json', text]])
  })

  it('counts a merge only where it made a file of its own', async () => {
    await writeFile(at('a.json'), 'a\nb\nc\nd\ne\n')
    await commit('base')
    await git(folder, 'checkout', '--quiet', '-b', 'side')
    await writeFile(at('a.json'), 'a\nb\nc\nd\nE\n')
    await commit('side')
    await git(folder, 'checkout', '--quiet', '-')
    await git(folder, 'merge', '--quiet', '--no-ff', '-m', 'without conflict', 'side')
    expect((await versions('a.json')).map(([subject]) => subject)).toEqual(['base', 'side'])
    await git(folder, 'checkout', '--quiet', 'side')
    await writeFile(at('a.json'), 'A\nb\nc\nd\nE\n')
    await commit('top')
    await git(folder, 'checkout', '--quiet', '-')
    await writeFile(at('a.json'), 'a\nb\nc\nd\nEE\n')
    await commit('bottom')
    await git(folder, 'merge', '--quiet', '--no-ff', '-m', 'both', 'side')
    expect((await versions('a.json')).at(-1)).toEqual(['both', 'a.json', 'A\nb\nc\nd\nEE\n'])
  })

  it('is not led astray by settings, attributes and odd names', async () => {
    const name = ':(glob)*.json'
    await writeFile(at(name), '1\n\n2\n')
    await writeFile(at('.gitattributes'), '*.json diff=odd -text\n')
    await commit('one')
    await writeFile(at(name), '1\n\n3\n')
    await commit('two')
    for (const [key, value] of [
      ['diff.odd.textconv', 'false'],
      ['diff.odd.binary', 'true'],
      ['diff.external', 'false'],
      ['diff.suppressBlankEmpty', 'true'],
      ['diff.context', '0'],
      ['diff.noprefix', 'true'],
      ['color.ui', 'always'],
      ['log.showRoot', 'false'],
      ['log.showSignature', 'true'],
    ] as const) {
      await git(folder, 'config', key, value)
    }
    expect(await versions(name)).toEqual([
      ['one', name, '1\n\n2\n'],
      ['two', name, '1\n\n3\n'],
    ])
  })

  it('finds a file whose folder is gone', async () => {
    await mkdir(at('sub'))
    await writeFile(at('sub/a.json'), '1')
    await writeFile(at('b.json'), '1')
    await commit('one')
    await rm(at('sub'), { recursive: true })
    await commit('gone')
    expect(await versions('sub/a.json')).toEqual([
      ['one', 'sub/a.json', '1'],
      ['gone', 'sub/a.json', undefined],
    ])
  })

  it('reads this repository whatever a hook of another has set', async () => {
    await writeFile(at('a.json'), '1')
    await commit('one')
    vi.stubEnv('GIT_DIR', '/nonexistent')
    vi.stubEnv('GIT_DIFF_OPTS', '-u0')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await versions('a.json')).toEqual([['one', 'a.json', '1']])
  })

  it('reads what was committed, whatever is to stand for it and whenever it says it was', async () => {
    await writeFile(at('a.json'), '1')
    await commit('one')
    await writeFile(at('a.json'), '2')
    await git(folder, 'add', '--all')
    const [tree, parent] = await Promise.all([
      git(folder, 'write-tree'),
      git(folder, 'rev-parse', 'HEAD'),
    ])
    const who = 'nobody <nobody@example.com> 99999999999999 +0000'
    await writeFile(
      at('.git/far'),
      `tree ${tree}parent ${parent}author ${who}\ncommitter ${who}\n\nfar\n`,
    )
    const far = await git(folder, 'hash-object', '-t', 'commit', '-w', '--literally', '.git/far')
    await git(folder, 'update-ref', 'HEAD', far.trim())
    await git(folder, 'replace', '--force', 'HEAD', 'HEAD~1')
    expect(await versions('a.json')).toEqual([
      ['one', 'a.json', '1'],
      ['far', 'a.json', '2'],
    ])
  })

  it.each([
    ['ext::touch RAN', 'protocol.ext.allow', 'always'],
    ['ssh://127.0.0.1/x', 'core.sshCommand', 'touch RAN'],
    ['/x', 'remote.origin.uploadpack', 'touch RAN'],
  ])('runs nothing that the repository configures: %s, %s', async (url, key, value) => {
    const named = (text: string) => text.replace('RAN', at('ran'))
    await writeFile(at('a.json'), '1')
    await commit('one')
    await git(folder, 'config', 'core.fsmonitor', `touch ${at('ran')}; false`)
    await git(folder, 'config', 'extensions.partialClone', 'origin')
    await git(folder, 'config', 'remote.origin.promisor', 'true')
    await git(folder, 'config', 'remote.origin.url', named(url))
    await git(folder, 'config', key, named(value))
    const blob = (await git(folder, 'rev-parse', 'HEAD:a.json')).trim()
    await rm(at(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`))
    await expect(versions('a.json')).rejects.toThrow('a.json: its content is not in this clone')
    expect(await readdir(folder)).toEqual(['.git', 'a.json'])
  })

  it('refuses in one line what has no history', async () => {
    await expect(newest(at('a.json'))).rejects.toThrow(/a\.json: git cannot tell its history/)
    await writeFile(at('a.json'), '1')
    await commit('one')
    await writeFile(at('b.json'), '1')
    await expect(newest(at('b.json'))).rejects.toThrow('b.json: no version of it is in git')
    await expect(newest(at('c.json'))).rejects.toThrow('c.json: no such file')
    await expect(newest(at('d/c.json'))).rejects.toThrow('c.json: no such file')
    await expect(newest(folder)).rejects.toThrow('is a directory, expected a file')
  })
})
