import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownImages } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'

const STREAMS = join(process.env.CORPUS_DIR ?? '../shared/corpus', 'streams')

/**
 * The OCP minor of each stream from 2024 on, by its releases and what is known of RHEL: 9.6 is of
 * 4.19 to 4.21, 9.8 and 10.2 of 4.22 to 5.1, and a name that its RHEL belies is not believed. Where
 * several are left, those that the question names; none for streams without marketplace images.
 */
const MINORS: Readonly<Record<string, string | readonly string[]>> = {
  '077-415.92.202402130021-0.json': '4.15',
  '079-415.92.202402201450-0.json': '4.15',
  '081-416.94.202404301731-0.json': '4.16',
  '083-417.94.202405291927-0.json': '4.17',
  '085-417.94.202407010929-0.json': '4.17',
  '087-415.92.202407091355-0.json': '4.15',
  '089-417.94.202408270355-0.json': '4.17',
  '091-418.94.202409162337-0.json': '4.18',
  '093-417.94.202410090854-0.json': '4.17',
  '095-9.0.20250222-0.json': [],
  '097-9.6.20250321-0.json': '4.19',
  '099-9.0.20250411-0.json': [],
  '101-9.6.20250513-0.json': '4.20',
  'n001-9.6.20250523-0.json': '4.20',
  'n003-9.6.20250701-0.json': '4.20',
  'n005-9.6.20251015-1.json': '4.21',
  'n007-10.0.20251103-0.json': [],
  'n009-10.2.20260217-0.json': '4.22',
  'n011-9.8.20260403-0.json': ['4.22', '4.23', '5.0', '5.1'],
  'n013-9.8.20260428-0.json': ['4.22', '4.23', '5.0', '5.1'],
}

describe('the OCP minor of a published stream', () => {
  it('is in the table for all from 2024 on', async () => {
    const files = await readdir(STREAMS)
    const recent = files.filter((file) => /-9\.|-10\.|\.2024\d{8}-/.test(file))
    expect(recent.sort()).toEqual(Object.keys(MINORS).sort())
  })

  it.each(Object.entries(MINORS))('%s: %s', async (file, minor) => {
    const folder = await temporaryFolder()
    const at = (name: string) => join(folder, name)
    await writeFile(at('rhcos.json'), await readFile(join(STREAMS, file)))
    if (typeof minor === 'string') {
      const mockServer = await azureFor(knownImages())
      const captured = await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
      expect(captured).toMatchObject({ status: 0 })
      const { stream } = JSON.parse(await readFile(at('s.json'), 'utf8'))
      expect(stream.ocp).toBe(minor)
      return
    }
    const asked = await run(['capture', 's.json', '--stream', 'rhcos.json'], { cwd: folder })
    expect(asked.status).toBe(2)
    expect(asked.stderr.split('\n')[0]).toMatch(
      minor.length > 0
        ? /^stream-snapshot: rhcos\.json: unknown OCP version: RHEL 9\.8 is in OCP 4\.22, 4\.23, 5\.0 or 5\.1$/
        : /^stream-snapshot: rhcos\.json: unknown OCP version: RHEL (9|10)\.0 is in no OCP version$/,
    )
  })
})
