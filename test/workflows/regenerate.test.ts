import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Folder } from '../../src/files/folder.ts'
import { regenerateStream } from '../../src/workflows/regenerate.ts'
import { temporaryFolder } from '../support/cli.ts'
import { folderAt } from '../support/io.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

it('reads the snapshot and the target after it holds the lock', async () => {
  const path = await temporaryFolder()
  const at = (name: string) => join(path, name)
  const older = snapshotText([azureImage('418-v2', '418.94.20240916')])
  const newer = snapshotText([azureImage('418-v2', '418.94.202410090804')])
  await writeFile(at('s.json'), older)
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  const folder = folderAt(path)
  // Another run holds the lock, and writes the snapshot before it releases the lock.
  const contended: Folder = {
    ...folder,
    async lock(file, options, work) {
      await writeFile(at('s.json'), newer)
      return folder.lock(file, options, work)
    },
  }
  const config = { snapshot: 's.json', target: 'rhcos.json', require: 'any' } as const
  await regenerateStream(config, {}, { folder: contended })
  expect(await readFile(at('rhcos.json'), 'utf8')).toContain('418.94.202410090804"')
})
