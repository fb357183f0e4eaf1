import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { GcpMockServer } from '../mock-servers/gcp.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream({ x86_64: '413.92.202305021736-0' }, 'rhcos-4.13'))
})

const capture = (mockServer: GcpMockServer, env: Record<string, string> = mockServer.environment) =>
  run(
    ['capture', at('s.json'), '--cloud', 'gcp', '--stream', at('rhcos.json')].concat(
      '--gcp-endpoint',
      mockServer.url,
    ),
    { env },
  )

const readQueries = async () => JSON.parse(await read('s.json')).queries.gcp

describe('capture --cloud gcp', () => {
  it('queries each known name if listing is forbidden', async () => {
    const mockServer = await gcpFor()
    mockServer.setImages([
      { name: 'redhat-coreos-ocp-413-x86-64-202305021736', creationTimestamp: '' },
    ])
    expect(await capture(mockServer)).toMatchObject({ status: 0, stdout: '' })
    expect(mockServer.requests.map(({ status }) => status).sort()).toEqual([
      200, 403, 404, 404, 404, 404, 404,
    ])
    expect(await readQueries()).toHaveLength(6)
    expect(await readQueries()).toContainEqual({
      project: 'redhat-marketplace-public',
      name: 'redhat-coreos-oke-48-x86-64-202210040145',
      missing: true,
    })
    const before = [await read('s.json'), await read('s.recording.json')]
    expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
    expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('lists images page by page if listing is allowed', async () => {
    const mockServer = await gcpFor({ listable: true })
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    expect(mockServer.requests).toHaveLength(3)
    expect(await readQueries()).toEqual([
      {
        project: 'redhat-marketplace-public',
        filter: 'name eq "(redhat-coreos-ocp-|redhat-coreos-oke-|redhat-coreos-opp-).*"',
        images: 10,
      },
    ])
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('fails for all images if one image is refused', async () => {
    const faults = [{ path: /ocp-48/, fault: { kind: 'status', status: 403 } as const }]
    const mockServer = await gcpFor({ faults })
    const outcome = await capture(mockServer)
    expect(outcome.status).toBe(3)
    const [error, hint] = outcome.stderr.split('\n')
    expect(error).toMatch(
      /^stream-snapshot: gcp redhat-marketplace-public.*ocp-48-.*: returned 403/,
    )
    expect(hint).toContain('Enable')
    expect(outcome.stderr).not.toContain(mockServer.account.projectNumber)
    expect(await readdir(folder)).toEqual(['rhcos.json'])
  })
})
