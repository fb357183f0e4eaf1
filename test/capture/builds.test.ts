import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fetchBuild } from '../../src/capture/builds.ts'
import { DEMONSTRATION, demonstrationMeta } from '../mock-servers/demonstration-builds.ts'
import type { Fault } from '../mock-servers/faults.ts'
import { buildServer } from '../support/builds.ts'

const { name, release } = DEMONSTRATION
const WANTED = { architecture: 's390x', release } as const

async function fetch(faults: { fault: Fault; times?: number }[], more = {}, timeout = 5000) {
  const server = await buildServer({
    faults: faults.map((rule) => ({ path: /./, ...rule })),
    ...more,
  })
  const place = { name, url: server.streams }
  const found = fetchBuild(WANTED, place, { timeout })
  return { server, found, url: `${server.streams}/${name}/builds/${release}/s390x/meta.json` }
}

describe('the build server', () => {
  it.each<[string, Fault]>([
    ['throttles', { kind: 'status', status: 429, retryAfter: 0 }],
    ['is not available', { kind: 'status', status: 503 }],
    ['resets the connection', { kind: 'reset' }],
    ['cuts its response off', { kind: 'cut-off' }],
  ])('is retried if it %s', async (_, fault) => {
    const { server, found } = await fetch([{ fault, times: 2 }], { gzip: true })
    expect((await found).build.release).toBe(release)
    expect(server.requests).toHaveLength(3)
  })

  it('may compress its responses', async () => {
    const meta = gzipSync(JSON.stringify(demonstrationMeta('s390x')))
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(meta)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const found = await fetchBuild(WANTED, { name, url }, { timeout: 5000 })
    expect(found.build.release).toBe(release)
  })

  it.each<[string, Fault, RegExp, number]>([
    ['no build', { kind: 'status', status: 404 }, /returned 404: the build server does not/, 1],
    ['no access', { kind: 'status', status: 403 }, /returned 403: the build server does not/, 1],
    ['an error', { kind: 'status', status: 500 }, /returned 500$/, 4],
    ['a page', { kind: 'html' }, /the response is a web page, expected a meta\.json/, 1],
    ['half of it', { kind: 'truncated' }, /the response is not JSON, expected a meta\.json/, 1],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://elsewhere.example/x?sig=secret' },
      /returned 302: a redirect, which is not followed$/,
      1,
    ],
  ])('returns %s', async (_, fault, message, requests) => {
    const { server, found, url } = await fetch([{ fault }])
    const error = await found.catch((caught: unknown) => caught)
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringMatching(message) })
    expect((error as Error).message.startsWith(`${url}: `)).toBe(true)
    expect(server.requests).toHaveLength(requests)
  })

  it('does not respond in time', async () => {
    const { found } = await fetch([{ fault: { kind: 'late', milliseconds: 3000 } }], {}, 100)
    await expect(found).rejects.toThrow(/meta\.json: no complete response within 0\.1 s$/)
  })

  it('is not running', async () => {
    const server = await buildServer()
    await server.close()
    const place = { name, url: server.streams }
    const found = fetchBuild(WANTED, place, { timeout: 5000 })
    await expect(found).rejects.toMatchObject({ exitCode: 3, message: /ECONNREFUSED/ })
  })
})
