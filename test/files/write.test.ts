import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFolder } from '../../src/files/folder.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const SNAPSHOT = snapshotText([azureImage('418-v2', '418.94.20241009')])

/** Creates a git repository with a snapshot and a stream, and a folder outside of it. */
async function makeRepository(): Promise<{ folder: string; outside: string }> {
  const parent = await temporaryFolder()
  const [folder, outside] = [join(parent, 'repository'), join(parent, 'outside')]
  await mkdir(folder)
  await mkdir(outside)
  await writeFile(join(folder, 's.json'), SNAPSHOT)
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
  await commitAll(folder, 'first')
  return { folder, outside }
}

describe('a path that leads out of the repository', () => {
  const stream = smallStream(EXAMPLE)
  const getWriters = (name: string): readonly (readonly string[])[] => [
    ['regenerate', 's.json', '--target', name],
    ['regenerate', 's.json', '--target', 'rhcos.json', '--marketplace-file', name],
    ['capture', name, '--stream', 'rhcos.json', '--cloud', 'azure'],
  ]

  it.each(getWriters('linked.json'))(
    'is refused if it is a linked file: %s %s %s',
    async (...words) => {
      const { folder, outside } = await makeRepository()
      await writeFile(join(outside, 'victim.json'), stream)
      await symlink('../outside/victim.json', join(folder, 'linked.json'))
      const { status, stderr } = await run(words, { cwd: folder })
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(
          /linked\.json: (a link to .*, outside of the git repository|.*not a snapshot)/,
        ),
      })
      expect(await readFile(join(outside, 'victim.json'), 'utf8')).toBe(stream)
    },
  )

  it.each(getWriters('data/new.json'))(
    'is refused if it is in a linked folder: %s %s %s',
    async (...words) => {
      const { folder, outside } = await makeRepository()
      await symlink('../outside', join(folder, 'data'))
      await writeFile(join(outside, 'other.json'), stream)
      const { status, stderr } = await run(words, { cwd: folder })
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringContaining(': data/new.json: a link to '),
      })
      expect(await readdir(outside)).toEqual(['other.json'])
    },
  )
})

describe('openFolder', () => {
  const open = (path: string) =>
    openFolder(path, { env: process.env, stdin: () => process.stdin as AsyncIterable<Buffer> })

  it('writes through a link within the repository', async () => {
    const { folder } = await makeRepository()
    await symlink('rhcos.json', join(folder, 'linked.json'))
    await open(folder).write([{ file: 'linked.json', text: 'new' }])
    expect(await readFile(join(folder, 'rhcos.json'), 'utf8')).toBe('new')
  })

  it.each([
    ['linked/new.json', 'linked/new.json: a link to '],
    ['.git/hooks/pre-commit', '.git/hooks/pre-commit: is in the .git folder'],
    ['rhcos.json/new.json', 'rhcos.json/new.json: no such file: a part of its path'],
    [`${'n'.repeat(236)}.json`, ': file name of 241 bytes, expected at most 240'],
  ])('does not write %s', async (file, message) => {
    const { folder, outside } = await makeRepository()
    await symlink('../outside', join(folder, 'linked'))
    const writes = [
      { file: 'first.json', text: 'new' },
      { file, text: 'new' },
    ]
    await expect(open(folder).write(writes)).rejects.toThrow(message)
    expect((await readdir(folder)).sort()).toEqual(['.git', 'linked', 'rhcos.json', 's.json'])
    expect(await readdir(outside)).toEqual([])
    const locking = open(folder).lock(
      [file],
      () => undefined,
      async () => 1,
    )
    await expect(locking).rejects.toThrow(message)
  })

  it('locks a file with two names once', async () => {
    const { folder } = await makeRepository()
    const files = ['rhcos.json', './rhcos.json']
    expect(await open(folder).lock(files, expect.fail, async () => 1)).toBe(1)
  })

  it('writes outside of a repository, and to a path that the user specifies outside of this repository', async () => {
    const { folder, outside } = await makeRepository()
    await open(folder).write([{ file: '../outside/a.json', text: 'a' }])
    await open(outside).write([{ file: 'b.json', text: 'b' }])
    expect((await readdir(outside)).sort()).toEqual(['a.json', 'b.json'])
  })
})
