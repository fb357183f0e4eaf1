import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'
import { commitAll } from '../support/git.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

/** Command lines that read FILE. */
const READERS = [
  'list FILE',
  'history FILE',
  'verify FILE',
  'configmap FILE',
  'regenerate FILE',
  'image FILE',
  'image rhcos.json --merge FILE',
  'skew FILE',
  'report FILE --file page.html',
  'diff FILE',
  'diff FILE rhcos.json',
  'init FILE',
  'capture s.json --stream FILE --cloud none',
  'capture s.json --stream rhcos.json --cloud azure --ocp 4.18 --criteria FILE',
  'cosa2stream --name 4.18-9.4 --target FILE x86_64=418.94.202410090804-0 --url http://127.0.0.1:9',
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'missing-'))
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
  await writeFile(join(folder, 'valid.json'), '{}\n')
  await writeFile(join(folder, 'removed.json'), '{}\n')
  await commitAll(folder, 'first')
  await writeFile(join(folder, 'valid.json'), '{"a": [1,}\n')
  await rm(join(folder, 'removed.json'))
  return () => rm(folder, { recursive: true })
})

describe.each(READERS)('%s', (line) => {
  const fail = async (file: string) => {
    const { status, stderr } = await run(line.replace('FILE', file).split(' '), { cwd: folder })
    const [message = '', remedy] = stderr.trimEnd().split('\n')
    return { status, message, remedy }
  }

  const isCreated = line.startsWith('cosa2stream')
  it.skipIf(isCreated).each([
    ['is missing', 'nowhere.json', 'Specify the path of an existing file.'],
    ['has a similar name', 'rhcso.json', 'Did you mean rhcos.json?'],
  ])('suggests a remedy for a file that %s', async (_, file, remedy) => {
    expect(await fail(file)).toEqual({
      status: 2,
      message: `stream-snapshot: ${file}: no such file`,
      remedy,
    })
  })

  // These commands read the committed version, which is well-formed.
  const isHistory = /^(history|report)/.test(line)
  it.skipIf(isHistory)('suggests a remedy for a malformed file', async () => {
    const { status, stderr } = await run(line.replace('FILE', 'valid.json').split(' '), {
      cwd: folder,
    })
    expect([1, 2]).toContain(status)
    expect(stderr).toMatch(/\n[A-Z][^\n]+\n$/)
  })
})
