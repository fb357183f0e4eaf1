import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { imagesAfterBump } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

describe('a stream made from a snapshot', () => {
  it('has the same bytes wherever, whenever and by whomever it is made', async () => {
    const mockServer = await azureFor(imagesAfterBump())
    await capture(mockServer, at('s.json'), ['--stream', at('rhcos.json')])
    const original = await read('rhcos.json')
    const made: string[] = []
    const environments = [
      { env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
      { env: { TZ: 'America/Los_Angeles', LANG: 'C', NO_COLOR: '1' }, cwd: '/' },
      { wrapper: ['env', '-i'] },
      { wrapper: ['unshare', '-rn'] },
    ]
    for (const environment of environments) {
      await writeFile(at('rhcos.json'), original)
      const outcome = await run(
        ['regenerate', at('s.json'), '--target', at('rhcos.json')],
        environment,
      )
      expect(outcome).toMatchObject({ status: 0 })
      made.push(await read('rhcos.json'))
    }
    expect(new Set(made).size).toBe(1)
    expect(made[0]).not.toBe(original)
  })
})
