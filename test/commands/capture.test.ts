import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'
import { runOnTerminal } from '../support/terminal.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

const fromStream = () => ['--stream', at('rhcos.json')]
const getSkuQueries = (requests: readonly { path: string }[]) =>
  requests.map(({ path }) => path).filter((path) => path.includes('/skus/'))

describe('capture', () => {
  it('reads the stream of --stream from stdin', async () => {
    const { url, environment: env } = await azureFor(imagesBeforeBump())
    const words = ['capture', 's.json', '--stream', '-', '--azure-endpoint', url]
    const stdin = smallStream(EXAMPLE)
    expect(await run(words, { cwd: folder, env, stdin })).toMatchObject({ status: 0 })
    expect(JSON.parse(await read('s.json')).stream.ocp).toBe('4.18')
  })

  it('queries each SKU of three OCP versions and both naming conventions once', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const { status, stdout } = await capture(mockServer, at('s.json'), fromStream())
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    const queried = getSkuQueries(mockServer.requests).map(
      (path) => /skus\/([^/]+)\/versions/.exec(path)?.[1],
    )
    const all = Object.values(BUILT_IN.azure?.plans ?? {}).flatMap(({ skus }) =>
      skus.flatMap(({ name, since }) => {
        if (!name.includes('{')) return [name]
        const minorVersions = since === '5.0' ? [] : ['16', '17', '18']
        return minorVersions.map((minor) => name.replace('{major}', '4').replace('{minor}', minor))
      }),
    )
    expect(all.length).toBeGreaterThan(26)
    expect([...queried].sort()).toEqual(all.sort())
    expect(new Set(getSkuQueries(mockServer.requests)).size).toBe(all.length)
    expect(queried).toEqual(
      expect.arrayContaining(['418-v2', 'aro_418-v2', 'aro_417', '416-arm', 'rh-opp-worker-gen1']),
    )
    const snapshot = JSON.parse(await read('s.json'))
    expect(snapshot.queries.azure).toContainEqual({
      publisher: 'azureopenshift',
      offer: 'aro4',
      sku: 'aro_418-v2',
      missing: true,
    })
    expect(snapshot.stream).toMatchObject({ name: 'rhcos-4.18', ocp: '4.18' })
    expect(snapshot.builds).toEqual({})
  })

  it('records no credentials and nothing that identifies the account', async () => {
    const planted = ['planted-0123456789', 'AKIAIOSFODNN7EXAMPLE', 'hunter2hunter2']
    const mockServer = await azureFor(imagesBeforeBump(), { secrets: planted })
    expect(await capture(mockServer, at('s.json'), fromStream())).toMatchObject({ status: 0 })
    const files = (await read('s.json')) + (await read('s.recording.json'))
    const { AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID } =
      mockServer.environment
    for (const secret of [
      ...planted,
      AZURE_CLIENT_ID,
      AZURE_CLIENT_SECRET,
      AZURE_TENANT_ID,
      AZURE_SUBSCRIPTION_ID,
    ]) {
      expect(files.toLowerCase()).not.toContain(secret.toLowerCase())
    }
    expect(files).not.toMatch(/eyJ[\w-]+\.|bearer|127\.0\.0\.1|localhost|request-id/i)
    expect(files).toContain('https://management.azure.com:443')
    expect(files).toContain('/subscriptions/00000000-0000-0000-0000-000000000000/')
    const headers = JSON.parse(await read('s.recording.json')).flatMap(
      (each: { rawHeaders: object }) => Object.keys(each.rawHeaders),
    )
    expect(new Set(headers)).toEqual(new Set(['content-type']))
  })

  it('changes no byte if the responses are unchanged', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    await capture(mockServer, at('s.json'), fromStream())
    const before = [await read('s.json'), await read('s.recording.json')]
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const { stderr } = await capture(mockServer, at('s.json'), fromStream())
    expect(stderr).toContain('s.json: up to date\n')
    expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
  })

  it('records the national cloud that it queried', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const cloud = ['--azure-environment', 'AzureUSGovernmentCloud']
    await capture(mockServer, at('s.json'), [...fromStream(), ...cloud])
    expect(await read('s.recording.json')).toContain('https://management.usgovcloudapi.net:443')
    const before = await read('s.json')
    expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
    expect(await read('s.json')).toBe(before)
  })

  it('uses the criteria of --criteria', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const criteria = {
      schemaVersion: 1,
      earlierMinors: 0,
      rhel: { '4.18': ['9.4'] },
      azure: {
        environment: 'AzurePublicCloud',
        location: 'eastus',
        plans: {
          'no-purchase-plan': {
            publisher: 'AzureOpenShift',
            offer: 'ARO4',
            skus: [{ name: '{major}{minor}-v2', architecture: 'x86_64', generation: 2 }],
          },
        },
      },
    }
    await writeFile(at('c.json'), JSON.stringify(criteria))
    expect(
      await capture(mockServer, at('s.json'), [...fromStream(), '--criteria', at('c.json')]),
    ).toMatchObject({ status: 0 })
    expect(getSkuQueries(mockServer.requests)).toHaveLength(1)
    const { stdout } = await run([
      'regenerate',
      at('s.json'),
      '--target',
      at('rhcos.json'),
      '--output',
      'json',
    ])
    expect(JSON.parse(stdout).selections[0].image).toMatchObject({
      publisher: 'AzureOpenShift',
      sku: '418-v2',
    })
  })
})

describe('capture to an existing file', () => {
  it.each([
    ['a stream', smallStream(EXAMPLE), 'a CoreOS stream, expected a snapshot', 'Use another path'],
    ['text', 'x\n', ':1:1: expected', 'Use another path'],
  ])('refuses to replace %s', async (_, text, message, remedy) => {
    const mockServer = await azureFor(imagesBeforeBump())
    await writeFile(at('x.json'), text)
    const args = [...fromStream(), '--cloud', 'azure']
    const { status, stderr } = await capture(mockServer, at('x.json'), args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(remedy)
    expect(await read('x.json')).toBe(text)
    expect(mockServer.requests).toEqual([])
  })

  it('refuses to replace an unrelated file that has the name of the recording', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    await writeFile(at('s.recording.json'), smallStream(EXAMPLE))
    const args = [...fromStream(), '--cloud', 'azure']
    const { status, stderr } = await capture(mockServer, at('s.json'), args)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /s\.recording\.json: expected a list of exchanges\nUse another path: capture only replaces snapshots\.\n$/,
    )
    expect(await read('s.recording.json')).toBe(smallStream(EXAMPLE))
    expect(mockServer.requests).toEqual([])
  })

  it('refuses to replace a snapshot of a later schema version, and a file without .json', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    await capture(mockServer, at('s.json'), fromStream())
    const later = (await read('s.json')).replace(/(\n {2}"schemaVersion":) ?1/, '$12')
    await writeFile(at('s.json'), later)
    const args = [...fromStream(), '--cloud', 'azure']
    const { status, stderr } = await capture(mockServer, at('s.json'), args)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /s\.json: schemaVersion 2, expected at most 1\nUpdate stream-snapshot\.\n$/,
    )
    expect(await read('s.json')).toBe(later)
    const other = await capture(mockServer, at('s.txt'), args)
    expect(other).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/SNAPSHOT: expected a path that ends in \.json/),
    })
  })

  it('keeps the criteria of the snapshot, unless other criteria are specified', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const { azure: own, ...rest } = BUILT_IN
    const plans = { ocp: own?.plans.ocp }
    await writeFile(at('c.json'), JSON.stringify({ ...rest, azure: { ...own, plans } }))
    await capture(mockServer, at('s.json'), [...fromStream(), '--criteria', at('c.json')])
    const before = await read('s.json')
    expect(await capture(mockServer, at('s.json'), ['--check'])).toMatchObject({ status: 0 })
    expect(await capture(mockServer, at('s.json'), fromStream())).toMatchObject({ status: 0 })
    expect(await read('s.json')).toBe(before)
    const builtIn = [...fromStream(), '--criteria', 'built-in']
    expect(await capture(mockServer, at('s.json'), builtIn)).toMatchObject({ status: 0 })
    expect(JSON.parse(await read('s.json')).criteria.azure).toEqual(own)
  })

  it('updates capturedAt if a deprecation date has passed', async () => {
    const images = imagesBeforeBump().map((image) =>
      image.sku === '418-v2'
        ? {
            ...image,
            imageState: 'ScheduledForDeprecation' as const,
            scheduledDeprecationTime: '2025-03-01T00:00:00Z',
          }
        : image,
    )
    const mockServer = await azureFor(images)
    await capture(mockServer, at('s.json'), fromStream())
    const { integrity: _, ...content } = JSON.parse(await read('s.json'))
    const earlier = sealSnapshot({ ...content, capturedAt: '2025-02-01T00:00:00Z' })
    await writeFile(at('s.json'), printSnapshot(earlier))
    const checked = await capture(mockServer, at('s.json'), ['--check'])
    expect(checked.status).toBe(1)
    expect(checked.stdout).toMatch(
      /^~ {2}azure no-purchase-plan x86_64 gen2 {2}azureopenshift:aro4:418-v2:\S+ {2}deprecated since 2025-03-01T00:00:00Z$/m,
    )
    const server = await buildServer({}, ({ release, architecture }) =>
      JSON.stringify({ buildid: release, 'coreos-assembler.basearch': architecture, images: {} }),
    )
    await copyFile(at('s.json'), at('kept.json'))
    await copyFile(at('s.recording.json'), at('kept.recording.json'))
    const builds = ['--cloud', 'none', '--url', server.streams, 'x86_64=418.94.202410090804-0']
    const kept = await capture(mockServer, at('kept.json'), builds)
    expect(kept.stderr).toMatch(/^azure: not queried, \d+ images unchanged$/m)
    expect(kept.stderr).not.toContain('deprecated')
    const { criteria } = JSON.parse(await read('kept.json'))
    expect(criteria.selectedAt).toEqual({ azure: '2025-02-01T00:00:00Z' })
    expect(await run(['verify', at('kept.json')])).toMatchObject({ status: 0 })
    const again = await capture(mockServer, at('kept.json'), [...builds, '--check'])
    expect(again).toMatchObject({ status: 0 })
    const { integrity: __, ...whole } = JSON.parse(await read('kept.json'))
    for (const time of ['2025-13-45T00:00:00Z', '2099-01-01T00:00:00Z']) {
      const criteria = { ...whole.criteria, selectedAt: { azure: time } }
      await writeFile(at('bad.json'), printSnapshot(sealSnapshot({ ...whole, criteria })))
      expect((await run(['list', at('bad.json')])).stderr).toContain(
        `bad.json: .criteria.selectedAt.azure: expected a time before .capturedAt, found "${time}"\n`,
      )
    }
    const copy = ['--replay', at('kept.recording.json'), '--drop', 'azure']
    await copyFile(at('kept.json'), at('copy.json'))
    await copyFile(at('kept.recording.json'), at('copy.recording.json'))
    expect(await capture(mockServer, at('copy.json'), copy)).toMatchObject({ status: 0 })
    expect(JSON.parse(await read('copy.json')).criteria).not.toHaveProperty('selectedAt')
    const queried = await capture(mockServer, at('kept.json'), ['--cloud', 'azure'])
    expect(queried.stderr).toMatch(/^ {2}deprecated since 2025-03-01T00:00:00Z: azureopenshift/m)
    expect(JSON.parse(await read('kept.json')).criteria).not.toHaveProperty('selectedAt')
    const captured = await capture(mockServer, at('s.json'), [])
    expect(captured.stderr).toMatch(/^ {2}deprecated since 2025-03-01T00:00:00Z: azureopenshift/m)
    expect(Date.parse(JSON.parse(await read('s.json')).capturedAt)).toBeGreaterThan(
      Date.parse('2025-03-01T00:00:00Z'),
    )
    expect(await capture(mockServer, at('s.json'), ['--check'])).toMatchObject({ status: 0 })
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })
})

it('capture does not take the page of a proxy for a missing SKU', async () => {
  const page = '<h1>The requested URL was not found on this proxy</h1>'
  const fault = { kind: 'body', status: 404, body: page, type: 'text/html' } as const
  const faults = [{ path: /skus\/418-v2\/versions/, fault }]
  const mockServer = await azureFor(imagesBeforeBump(), { faults })
  const { status, stderr } = await capture(mockServer, at('s.json'), fromStream())
  expect(status).toBe(3)
  expect(stderr).toMatch(
    /^stream-snapshot: azure azureopenshift:aro4:418-v2: the response is not JSON, or is incomplete\n/m,
  )
})

describe('capture with only --ocp', () => {
  it('captures the images of that OCP version', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    expect(await capture(mockServer, at('s.json'), ['--ocp', '4.18'])).toMatchObject({ status: 0 })
    const { stream, builds, images } = JSON.parse(await read('s.json'))
    expect({ stream, builds }).toMatchObject({ stream: { ocp: '4.18' }, builds: {} })
    expect(images.azure.length).toBeGreaterThan(0)
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })
})

describe('capture --replay', () => {
  it('does not depend on the version of the API', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    await capture(mockServer, at('s.json'), fromStream())
    const old = (await read('s.recording.json')).replaceAll(
      /api-version=[0-9-]+/g,
      'api-version=2020-01-01',
    )
    await writeFile(at('old.recording.json'), old)
    const args = ['capture', at('t.json'), '--replay', at('old.recording.json'), ...fromStream()]
    expect(await run(args)).toMatchObject({ status: 0 })
    const images = async (name: string) => JSON.parse(await read(name)).images
    expect(await images('t.json')).toEqual(await images('s.json'))
  })
})

describe('capture of an empty marketplace', () => {
  it('prints a warning', async () => {
    const mockServer = await azureFor([])
    const { status, stderr } = await capture(mockServer, at('s.json'), fromStream())
    expect(status).toBe(0)
    expect(stderr).toMatch(
      /^azure: 0 images, (\d+) of \1 queries not found\nwarning: azure: no images; check that the account has access to the region and the offers of the criteria\n/m,
    )
  })
})

describe('the command line of capture', () => {
  it.each([
    ['a file that is not a stream', ['--stream', 'package.json'], 'package.json'],
    ['only a snapshot path', [], 'nothing to capture is specified'],
    [
      'an OCP version without clouds',
      ['--ocp', '4.19', '--cloud', 'none'],
      'no build and no cloud is specified',
    ],
    [
      'a stream without clouds',
      ['--stream', 'rhcos.json', '--cloud', 'none'],
      'no cloud is specified',
    ],
    ['an invalid number', ['--concurrency', 'many'], '--concurrency: expected a whole number'],
    ['invalid criteria', ['--criteria', 'package.json', '--stream', 'rhcos.json'], 'package.json'],
  ])('refuses %s with exit 2', async (_, args, message) => {
    await writeFile(at('package.json'), '{ "name": "x" }\n')
    const { status, stdout, stderr } = await run(['capture', 's.json', ...args], { cwd: folder })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.split('\n')[0]).toMatch(/^stream-snapshot: /)
    expect(await readdir(folder)).toEqual(['package.json', 'rhcos.json'])
  })
})

describe('capture on a terminal', () => {
  it('shows progress per cloud', async () => {
    const mockServer = await azureFor(imagesBeforeBump())
    const words = ['capture', 's.json', ...fromStream(), '--azure-endpoint', mockServer.url]
    const env = { ...mockServer.environment }
    const { stdout } = await runOnTerminal(words, { cwd: folder, env })
    expect(stdout).toMatch(/azure \d+\/\d+/)
  })
})
