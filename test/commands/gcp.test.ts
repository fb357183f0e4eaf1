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

const queries = async () => JSON.parse(await read('s.json')).queries.gcp

describe('capture --cloud gcp', () => {
  it('asks for each known name where listing is forbidden', async () => {
    const mockServer = await gcpFor()
    mockServer.setImages([
      { name: 'redhat-coreos-ocp-413-x86-64-202305021736', creationTimestamp: '' },
    ])
    expect(await capture(mockServer)).toMatchObject({ status: 0, stdout: '' })
    expect(mockServer.requests.map(({ status }) => status).sort()).toEqual([
      200, 403, 404, 404, 404, 404, 404,
    ])
    expect(await queries()).toHaveLength(6)
    expect(await queries()).toContainEqual({
      project: 'redhat-marketplace-public',
      name: 'redhat-coreos-oke-48-x86-64-202210040145',
      missing: true,
    })
    const before = [await read('s.json'), await read('s.recording.json')]
    expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
    expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('lists page by page where it may', async () => {
    const mockServer = await gcpFor({ listable: true })
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    expect(mockServer.requests).toHaveLength(3)
    expect(await queries()).toEqual([
      {
        project: 'redhat-marketplace-public',
        filter: 'name eq "(redhat-coreos-ocp-|redhat-coreos-oke-|redhat-coreos-opp-).*"',
        images: 10,
      },
    ])
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('keeps nothing of the one who captured', async () => {
    const planted = ['planted-0123456789', 'somebody@example.com']
    const mockServer = await gcpFor({ secrets: planted })
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    const files = (await read('s.json')) + (await read('s.recording.json'))
    const { email, keyId, projectId, projectNumber } = mockServer.account
    for (const secret of [...planted, email, keyId, projectId, projectNumber]) {
      expect(files).not.toContain(secret)
    }
    expect(files).not.toMatch(/eyJ|bearer|127\.0\.0\.1|gserviceaccount/i)
    expect(files).toContain('https://compute.googleapis.com:443')
  })

  it('waits where Compute throttles', async () => {
    const throttled = { kind: 'status', status: 429, retryAfter: 1 } as const
    const mockServer = await gcpFor({ faults: [{ path: /ocp-413/, fault: throttled, times: 1 }] })
    const started = Date.now()
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    expect(Date.now() - started).toBeGreaterThan(1000)
  })

  it.each([
    ['the API is not enabled', /images\?/, 403, 'returned 403 accessNotConfigured', 'Enable the'],
    ['an image is refused', /ocp-48/, 403, 'ocp-48-x86-64-202210040145: returned 403', 'Enable'],
    ['the token is refused', /images/, 401, 'returned 401 authError', 'application-default'],
  ])('fails as a whole where %s', async (_, path, status, cause, remedy) => {
    const mockServer = await gcpFor({ faults: [{ path, fault: { kind: 'status', status } }] })
    const outcome = await capture(mockServer)
    expect(outcome.status).toBe(3)
    const [error, hint] = outcome.stderr.split('\n')
    expect(error).toMatch(/^stream-snapshot: gcp redhat-marketplace-public/)
    expect(error).toContain(cause)
    expect(hint).toContain(remedy)
    expect(outcome.stderr).not.toContain(mockServer.account.projectNumber)
    expect(await readdir(folder)).toEqual(['rhcos.json'])
  })

  it.each(['html', 'truncated'] as const)('takes no page for an image: %s', async (kind) => {
    const mockServer = await gcpFor({ faults: [{ path: /oke-48/, fault: { kind } }] })
    const outcome = await capture(mockServer)
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain('oke-48-x86-64-202210040145: the response is another image')
  })

  it('says which credentials it misses', async () => {
    const mockServer = await gcpFor()
    const { NODE_EXTRA_CA_CERTS } = mockServer.environment
    const outcome = await capture(mockServer, {
      NODE_EXTRA_CA_CERTS,
      METADATA_SERVER_DETECTION: 'none',
    })
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toMatch(/^stream-snapshot: gcp: no credentials found/)
    expect(outcome.stderr).toContain('gcloud auth application-default login')
  })

  it('fills both layouts', async () => {
    await capture(await gcpFor())
    for (const layout of ['enhancement', 'stream-metadata']) {
      await run(['regenerate', at('s.json'), '--target', at('rhcos.json'), '--layout', layout])
    }
    const extensions = JSON.parse(await read('rhcos.json')).architectures.x86_64[
      'rhel-coreos-extensions'
    ]
    expect(extensions.marketplace.gcp).toEqual(extensions['gcp-marketplace'])
    expect(extensions['gcp-marketplace']).toEqual(
      Object.fromEntries(
        ['ocp', 'opp', 'oke'].map((plan) => [
          plan,
          {
            release: '413.92.202305021736',
            project: 'redhat-marketplace-public',
            name: `redhat-coreos-${plan}-413-x86-64-202305021736`,
          },
        ]),
      ),
    )
  })
})
