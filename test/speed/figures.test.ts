import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { readSnapshot } from '../../src/core/snapshot/read.ts'
import type { AzureMockServer } from '../mock-servers/azure.ts'
import { imagesAfterBump } from '../mock-servers/azure-images.ts'
import { azureFor, capture } from '../support/azure.ts'
import { buildServer } from '../support/builds.ts'
import { temporaryFolder } from '../support/cli.ts'
import { loaded, SNAPSHOT } from '../support/loaded.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

describe('node', () => {
  it('loads one file for --version', async () => {
    expect((await loaded(['--version'])).files).toEqual(['dist/cli.cjs'])
  })

  it('loads the entry point and one bundle for regenerate', async () => {
    const { files } = await loaded(['regenerate', SNAPSHOT])
    expect(files).toEqual(['dist/cli.cjs', 'dist/regenerate.cjs'])
  })
})

describe('capture', () => {
  it('sends each query once with the allowed concurrency, and signs in once', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))
    const isQuery = (path: string) => path.startsWith('/subscriptions/')
    const azure: AzureMockServer = await azureFor(imagesAfterBump(), {
      latencyMs: 40,
      // Holds all responses until 8 queries have arrived, so that a busy machine reaches the concurrency.
      waitFor: async (path) => {
        for (let tries = 0; isQuery(path) && count() < 8 && tries < 500; tries++) await delay(20)
      },
    })
    const count = () => azure.requests.filter(({ path }) => isQuery(path)).length
    const args = ['--stream', join(folder, 'rhcos.json'), '--concurrency', '8']
    expect(await capture(azure, join(folder, 's.json'), args)).toMatchObject({ status: 0 })
    const queries = azure.requests.filter(({ path }) => isQuery(path))
    const paths = queries.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(Math.max(...queries.map(({ concurrency }) => concurrency))).toBe(8)
    const others = azure.requests.filter((request) => !queries.includes(request))
    expect(others.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      expect.stringMatching(/^GET .*openid-configuration$/),
      expect.stringMatching(/^POST .*token$/),
    ])
  })

  it('queries the build server before the cloud responds', async () => {
    const folder = await temporaryFolder()
    const azure = await azureFor(imagesAfterBump(), { latencyMs: 200 })
    const builds = await buildServer()
    const { streams } = builds
    const url = `${streams}/4.18-9.4/builds/418.94.202410090804-0/x86_64/meta.json`
    const outcome = await capture(azure, join(folder, 's.json'), [url, '--ocp', '4.18'])
    expect(outcome).toMatchObject({ status: 0 })
    const first = azure.requests.find(({ path }) => path.startsWith('/subscriptions/'))
    expect(builds.requests.map(({ path }) => basename(path))).toEqual(['meta.json'])
    expect(builds.requests[0]?.time).toBeLessThan(first?.time ?? 0)
  })
})

describe('readSnapshot', () => {
  it('does not serialize the snapshot', () => {
    const versions = Array.from({ length: 500 }, (_, index) => `418.94.2024${1010 + (index % 18)}`)
    const images = versions.map((version, index) =>
      azureImage('418-v2', `${version}${1000 + index}`),
    )
    const text = snapshotText(images.filter(({ version }) => /[0-5][0-9]$/.test(version)))
    const spy = vi.spyOn(JSON, 'stringify')
    readSnapshot(text, 's.json')
    const bytes = spy.mock.results.reduce((sum, { value }) => sum + String(value).length, 0)
    spy.mockRestore()
    expect(text.length).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(100)
  })
})
