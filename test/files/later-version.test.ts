import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const SNAPSHOT = snapshotText([azureImage('418-v2', '418.94.20241009')])
const later = (text: string) => text.replace('\n  "schemaVersion":1', '\n  "schemaVersion":2')
const WORKSPACE = JSON.stringify({
  streams: { 'rhcos-4.18': { snapshot: 's.json', target: 'rhcos.json', ocp: '4.18' } },
})

const FILES: Readonly<Record<string, readonly [text: string, commands: readonly string[]]>> = {
  's.json': [
    later(SNAPSHOT),
    [
      'list s.json',
      'diff s.json good.json',
      'diff s.json',
      'skew s.json',
      'regenerate s.json',
      'image s.json',
      'verify s.json',
      'check',
      'capture s.json --stream rhcos.json --cloud azure',
      'capture s.json --stream rhcos.json --cloud none',
      'capture s.json --replay',
      'update',
      'history s.json',
    ],
  ],
  's.recording.json': [
    '{"schemaVersion":2,"exchanges":[]}',
    ['capture s.json --replay', 'capture new.json --stream rhcos.json --replay s.recording.json'],
  ],
  'stream-snapshot.json': [
    WORKSPACE.replace('{', '{"schemaVersion":2,'),
    ['check', 'update', 'list rhcos-4.18'],
  ],
  'criteria.json': [
    '{"schemaVersion":2}',
    ['capture s.json --stream rhcos.json --criteria criteria.json'],
  ],
}

it.each(
  Object.entries(FILES).flatMap(([file, [text, commands]]) =>
    commands.map((command) => [command, file, text] as const),
  ),
)('%s refuses a later schemaVersion of %s', async (command, file, text) => {
  const folder = await temporaryFolder()
  const at = (name: string) => join(folder, name)
  await writeFile(at('s.json'), SNAPSHOT)
  await writeFile(at('s.recording.json'), '[]')
  await writeFile(at('good.json'), SNAPSHOT)
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
  await writeFile(at('stream-snapshot.json'), WORKSPACE)
  await writeFile(at(file), text)
  if (/^(diff s\.json|history s\.json)$/.test(command)) await commitAll(folder, 'first')
  const { status, stdout, stderr } = await run(command.split(' '), { cwd: folder })
  expect(stderr).toContain(`${file}: schemaVersion 2, expected at most 1`)
  expect(stderr).toContain('Update stream-snapshot.\n')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(await readFile(at(file), 'utf8')).toBe(text)
  expect(await readFile(at('rhcos.json'), 'utf8')).toBe(smallStream(EXAMPLE))
})
