import { appendFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readFileHistory } from '../../../src/files/git/history.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { commitAt, git } from '../../support/git.ts'

let folder: string
let day = 0
const at = (name: string) => join(folder, name)
const commit = (message: string) => commitAt(folder, `2024-01-0${++day}T12:00:00+02:00`, message)

const read = (names: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}, cwd = folder) =>
  readFileHistory(
    { env: { PATH: process.env.PATH, ...env }, resolve: (path) => resolve(cwd, path) },
    names,
  )

type Version = [subject: string, path: string, content: string | undefined]

/** Returns the versions of one file, oldest first. */
async function readVersions(name: string, env: NodeJS.ProcessEnv = {}, cwd = folder) {
  const { commits, blobs } = await read([name], env, cwd)
  const found: Version[] = []
  for (const { subject, files } of commits.toReversed()) {
    const [file] = files
    if (file === undefined) continue
    const content = file.blob && (await blobs.read(file.blob, file.path)).toString()
    found.push([subject, file.path, content])
  }
  blobs.close()
  return found
}

beforeEach(async () => {
  folder = await temporaryFolder()
  day = 0
})

describe('readFileHistory', () => {
  it('returns all versions with their bytes, also before a rename', async () => {
    await writeFile(at('a.json'), `${'{ "ä": 1 }\r\n'.repeat(9)}no end`)
    await commit('begin')
    await mkdir(at('sub'))
    await rename(at('a.json'), at('sub/b c.json'))
    await commit('rename')
    await appendFile(at('sub/b c.json'), '\n\0\n+ -\n\\ @@\n')
    await commit('change: ä')
    const whole = `${'{ "ä": 1 }\r\n'.repeat(9)}no end`
    expect(await readVersions('sub/b c.json')).toEqual([
      ['begin', 'a.json', whole],
      ['rename', 'sub/b c.json', whole],
      ['change: ä', 'sub/b c.json', `${whole}\n\0\n+ -\n\\ @@\n`],
    ])
    expect(await readVersions('b c.json', {}, at('sub'))).toHaveLength(3)
    const { commits } = await read(['sub/b c.json'])
    expect(commits[0]).toMatchObject({
      date: '2024-01-03T10:00:00Z',
      id: (await git(folder, 'rev-parse', 'HEAD')).trim(),
      isCut: false,
    })
  })

  it('follows a rename with edits, but ignores other removed files', async () => {
    const text = (name: string) => `${`{ "${name}": 1 }\n`.repeat(20)}`
    await writeFile(at('a.json'), text('a'))
    await writeFile(at('b.json'), text('b'))
    await commit('begin')
    await rename(at('a.json'), at('c.json'))
    await appendFile(at('c.json'), '{}\n')
    await rm(at('b.json'))
    await writeFile(at('d.json'), text('d'))
    await commit('rename')
    expect((await readVersions('c.json')).map(([, path]) => path)).toEqual(['a.json', 'c.json'])
    expect((await readVersions('d.json')).map(([, path]) => path)).toEqual(['d.json'])
  })

  it('returns versions in which a file was removed, added again, and empty', async () => {
    await writeFile(at('a.json'), '1\n')
    await commit('one')
    await rm(at('a.json'))
    await commit('removed')
    await writeFile(at('a.json'), '')
    await commit('empty')
    expect(await readVersions('a.json')).toEqual([
      ['one', 'a.json', '1\n'],
      ['removed', 'a.json', undefined],
      ['empty', 'a.json', ''],
    ])
  })

  it('starts the history of a copy with the commit that added it', async () => {
    const text = '{ "stream": "rhcos-4.18" }\n'.repeat(20)
    await writeFile(at('4.18.json'), text)
    await commit('4.18')
    await writeFile(at('4.19.json'), text)
    await commit('4.19')
    expect(await readVersions('4.19.json')).toEqual([['4.19', '4.19.json', text]])
  })

  it('returns the changed files of each commit for several files', async () => {
    await writeFile(at('a.json'), '1')
    await writeFile(at('b.json'), '1')
    await commit('both')
    await rename(at('b.json'), at('c.json'))
    await commit('rename')
    await writeFile(at('a.json'), '2')
    await commit('one')
    const { commits } = await read(['a.json', 'c.json', 'd.json'])
    expect(commits.map(({ files }) => files.map((file) => file?.path))).toEqual([
      ['a.json', undefined, undefined],
      [undefined, 'c.json', undefined],
      ['a.json', 'b.json', undefined],
    ])
  })

  it('does not depend on git settings, attributes, replaced commits and special names', async () => {
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
      ['diff.renames', 'copies'],
      ['diff.noprefix', 'true'],
      ['color.ui', 'always'],
      ['log.showRoot', 'false'],
      ['log.diffMerges', 'combined'],
      ['log.showSignature', 'true'],
    ] as const) {
      await git(folder, 'config', key, value)
    }
    await git(folder, 'replace', '--force', 'HEAD', 'HEAD~1')
    expect(await readVersions(name)).toEqual([
      ['one', name, '1\n\n2\n'],
      ['two', name, '1\n\n3\n'],
    ])
  })

  it('returns the versions of a file in a removed folder', async () => {
    await mkdir(at('sub'))
    await writeFile(at('sub/a.json'), '1')
    await writeFile(at('b.json'), '1')
    await commit('one')
    await rm(at('sub'), { recursive: true })
    await commit('removed')
    expect((await readVersions('sub/a.json')).map(([subject]) => subject)).toEqual([
      'one',
      'removed',
    ])
  })

  it('reads only the contents of the specified files in a partial clone', async () => {
    await mkdir(at('data'))
    await writeFile(at('data/old.json'), 'x\n'.repeat(50))
    await writeFile(at('other.json'), 'other')
    await commit('one')
    await rename(at('data/old.json'), at('data/a.json'))
    await rm(at('other.json'))
    await writeFile(at('large.json'), 'large')
    await commit('two')
    await git(folder, 'config', 'uploadpack.allowFilter', 'true')
    const clone = join(await temporaryFolder(), 'clone')
    const filter = ['--filter=blob:none', '--no-checkout']
    await git(folder, 'clone', '-q', ...filter, `file://${folder}`, clone)
    await git(clone, 'sparse-checkout', 'set', 'data')
    await git(clone, 'checkout', '-q')
    await git(clone, 'remote', 'set-url', 'origin', 'file:///nonexistent')
    expect((await readVersions('data/a.json', {}, clone)).map(([subject]) => subject)).toEqual([
      'one',
      'two',
    ])
    await expect(readVersions('other.json', {}, clone)).rejects.toThrow(
      'other.json: its content is not in this clone',
    )
  })

  it.each([
    ['ext', 'url', 'ext::sh -c %s% >&2', 'protocol.ext.allow', 'always'],
    ['an ssh command', 'url', 'ssh://x/y', 'core.sshCommand', '%s'],
  ])(
    'does not run a command that the repository configures: %s',
    async (_, __, url, key, value) => {
      const withCommand = (text: string) => text.replace('%s', `touch ${at('ran')}`)
      await writeFile(at('a.json'), '1')
      await commit('one')
      await git(folder, 'config', 'core.fsmonitor', `touch ${at('ran')}; false`)
      await git(folder, 'config', 'extensions.partialClone', 'origin')
      await git(folder, 'config', 'remote.origin.promisor', 'true')
      await git(folder, 'config', 'remote.origin.url', withCommand(url))
      await git(folder, 'config', key, withCommand(value))
      const blob = (await git(folder, 'rev-parse', 'HEAD:a.json')).trim()
      await rm(at(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`))
      await expect(readVersions('a.json')).rejects.toThrow(
        'a.json: its content is not in this clone',
      )
      expect(await readdir(folder)).toEqual(['.git', 'a.json'])
    },
  )

  it('refuses a file without a history', async () => {
    await expect(readVersions('a.json')).rejects.toThrow(
      /^a\.json: no git history: not a git repository/,
    )
    await writeFile(at('a.json'), '1')
    await commit('one')
    await writeFile(at('b.json'), '1')
    await expect(readVersions('b.json')).rejects.toThrow('b.json: not committed')
    await expect(readVersions('c.json')).rejects.toThrow('c.json: no such file')
    await expect(readVersions('d/c.json')).rejects.toThrow('c.json: no such file')
    await expect(readVersions('.')).rejects.toThrow('is a directory, expected a file')
  })
})
