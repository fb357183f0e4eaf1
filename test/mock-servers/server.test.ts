import { afterEach, expect, test } from 'vitest'
import type { Fault } from './faults.ts'
import { type MockServer, type ServerOptions, startServer } from './server.ts'

let server: MockServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(options: ServerOptions = {}): Promise<MockServer> {
  const body = JSON.stringify({ items: ['first', 'second', 'third'] })
  server = await startServer(() => ({ status: 200, body }), options)
  return server
}

/** Plain http: what TLS does to a connection, the tests of the cloud mock servers show. */
const withFault = (fault: Fault, gzip = false) => start({ gzip, faults: [{ path: /x/, fault }] })

test('a handler that throws gives status 500', async () => {
  server = await startServer(() => {
    throw new Error('no such thing')
  })
  const answer = await fetch(`${server.url}/x`)
  expect(answer.status).toBe(500)
  expect(await answer.text()).toContain('no such thing')
})

test('a request reaches the handler with its body', async () => {
  server = await startServer(({ method, path, query, body }) => ({
    status: 200,
    body: JSON.stringify({ method, path, action: query.get('Action'), body }),
  }))
  const answer = await fetch(`${server.url}/a%20b?Action=List`, { method: 'POST', body: 'c=d' })
  expect(await answer.json()).toEqual({
    method: 'POST',
    path: '/a%20b',
    action: 'List',
    body: 'c=d',
  })
})

test('an answer is altered where its request says so', async () => {
  const { url } = await start({
    alter: (body, { path }) => (path === '/x' ? body.replace('second', 'other') : body),
  })
  const items = async (path: string) => {
    const { items } = (await (await fetch(`${url}/${path}`)).json()) as { items: string[] }
    return items
  }
  expect(await items('x')).toEqual(['first', 'other', 'third'])
  expect(await items('y')).toEqual(['first', 'second', 'third'])
})

test('the log tells how many requests were under way', async () => {
  const { url, requests } = await start({ latencyMs: 100 })
  await Promise.all([fetch(`${url}/1`), fetch(`${url}/2`), fetch(`${url}/3`)])
  await fetch(`${url}/4`)
  expect(requests.map(({ concurrency }) => concurrency)).toEqual([1, 2, 3, 1])
  expect(requests.map(({ status }) => status)).toEqual([200, 200, 200, 200])
})

test('a fault befalls the first requests that match, and no others', async () => {
  const { url, requests } = await start({
    faults: [{ path: /x/, fault: { kind: 'status', status: 503, retryAfter: 7 }, times: 1 }],
  })
  expect((await fetch(`${url}/y`)).status).toBe(200)
  const answer = await fetch(`${url}/x`)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('7')
  expect((await fetch(`${url}/x`)).status).toBe(200)
  expect(requests.map(({ fault }) => fault)).toEqual([undefined, 'status', undefined])
})

test('late answers come late', async () => {
  const { url, requests } = await withFault({ kind: 'late', milliseconds: 80 })
  const before = performance.now()
  expect((await fetch(`${url}/x`)).status).toBe(200)
  expect(performance.now() - before).toBeGreaterThanOrEqual(75)
  expect(requests[0]?.fault).toBe('late')
})

test.each([true, false])('a cut-off body never ends, compressed or not (%s)', async (gzip) => {
  const { url, requests } = await withFault({ kind: 'cut-off' }, gzip)
  const answer = await fetch(`${url}/x`)
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow()
  expect(requests[0]?.status).toBeUndefined()
})

test('a reset connection gives no answer', async () => {
  const { url } = await withFault({ kind: 'reset' })
  await expect(fetch(`${url}/x`)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
})

test('a web page comes with status 200', async () => {
  const { url } = await withFault({ kind: 'html' })
  const answer = await fetch(`${url}/x`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch('text/html')
  expect(await answer.text()).toMatch(/^<!DOCTYPE html>/)
})

test('truncated JSON is a whole answer', async () => {
  const { url } = await withFault({ kind: 'truncated' }, true)
  const text = await (await fetch(`${url}/x`)).text()
  expect(text).toBe('{"items":["first",')
})

test('a redirect names its address', async () => {
  const { url } = await withFault({ kind: 'redirect', location: '/elsewhere' })
  const answer = await fetch(`${url}/x`, { redirect: 'manual' })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe('/elsewhere')
})

test('faults can be replaced while it runs', async () => {
  const { url, setFaults } = await withFault({ kind: 'html' })
  setFaults([])
  expect(await (await fetch(`${url}/x`)).text()).toMatch(/^\{"items"/)
})

test('closing ends a request that waits', async () => {
  const { url, close } = await withFault({ kind: 'late', milliseconds: 60_000 })
  const request = fetch(`${url}/x`).catch(() => 'ended')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await close()
  expect(await request).toBe('ended')
})

test('a port that is taken is an error', async () => {
  const { url } = await start()
  await expect(
    startServer(() => ({ status: 200 }), { port: Number(new URL(url).port) }),
  ).rejects.toThrow('EADDRINUSE')
})
