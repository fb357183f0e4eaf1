import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readIfInRevision } from '../../../src/files/git/revision.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { commitAll } from '../../support/git.ts'
import { folderAt } from '../../support/io.ts'

describe('readIfInRevision', () => {
  it('does not pass a revision as an option to git', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'x.json'), '{}')
    await commitAll(folder, 'x')
    await expect(readIfInRevision(folderAt(folder), '--textconv:x.json')).rejects.toThrow(
      '--textconv: unknown revision',
    )
    await expect(readIfInRevision(folderAt(folder), '--output=evil:x.json')).rejects.toThrow(
      '--output=evil: unknown revision',
    )
    expect(await readdir(folder)).toEqual(['.git', 'x.json'])
  })

  it('returns the unchanged text, without textconv', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'x.json'), '{ "ä": 1 }\r\n')
    await writeFile(join(folder, '.gitattributes'), '*.json diff=json\n')
    await commitAll(folder, 'x')
    expect(await readIfInRevision(folderAt(folder), 'HEAD:x.json')).toBe('{ "ä": 1 }\r\n')
  })
})
