import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { noteFailure, noteWait, withTimeLimit } from '../../../src/capture/http/time-limit.ts'
import { openTransport } from '../../../src/capture/http/transport.ts'
import { withReplay } from '../../../src/capture/replay.ts'

/** A server that counts connections, and responds with bytes or not at all. */
async function serve(bytes?: number) {
  const seen = { connections: 0 }
  const server = createServer((_, response) => {
    if (bytes !== undefined) response.end(Buffer.alloc(bytes, 32))
  }).on('connection', () => {
    seen.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { seen, url: `http://127.0.0.1:${port}/`, origin: `http://127.0.0.1:${port}` }
}

const get = (url: string) => ({ method: 'GET', url, headers: {} })

describe('a replay', () => {
  it.each(['http', 'https'])('opens no %s connection', async (scheme) => {
    const { seen, origin } = await serve()
    const url = `${origin.replace('http', scheme)}/a`
    const replayed = withReplay([], [], (replay) =>
      openTransport({ timeout: 5_000, replay })(get(url)),
    )
    await expect(replayed).rejects.toThrow('the recording has no response to GET /a')
    await wait(50)
    expect(seen.connections).toBe(0)
  })

  it('blocks the network until all requests have ended, also after a refusal', async () => {
    const { seen, url } = await serve()
    const replayed = withReplay([], [], async (replay) => {
      const send = openTransport({ timeout: 5_000, replay })
      await send(get(url)).catch(() => wait(20))
      return send(get(`${url}later`))
    })
    await expect(replayed).rejects.toThrow('the recording has no response to GET /')
    expect(seen.connections).toBe(0)
  })

  it('returns a response from the recording even after the time limit', async () => {
    const { seen, url, origin } = await serve()
    const exchange = { scope: origin, method: 'GET', path: '/', status: 200, response: { a: 1 } }
    await withReplay([exchange], [], async (replay) => {
      const send = openTransport({ timeout: 1, replay })
      const sent = withTimeLimit('a query', undefined, () => send(get(url)))
      const end = Date.now() + 100
      while (Date.now() < end);
      expect((await sent).body.toString()).toBe('{"a":1}')
    })
    expect(seen.connections).toBe(0)
  })

  it('is not affected by a failed request outside the replay', async () => {
    const { seen, url, origin } = await serve()
    const exchange = { scope: origin, method: 'GET', path: '/', status: 200, response: {} }
    const { status } = await withReplay([exchange], [], async (replay) => {
      await expect(openTransport({ timeout: 5_000 })(get(`${url}other`))).rejects.toThrow()
      return openTransport({ timeout: 5_000, replay })(get(url))
    })
    expect(status).toBe(200)
    expect(seen.connections).toBe(0)
  })
})

it('a canceled capture sends no requests', async () => {
  const { seen, url } = await serve()
  const send = openTransport({ timeout: 5_000, ended: AbortSignal.abort() })
  await expect(send(get(url))).rejects.toThrow('the capture is over')
  expect(seen.connections).toBe(0)
})

describe('responses', () => {
  const MB = 1024 * 1024

  it('are refused when they exceed the total size limit of the capture', async () => {
    const { url } = await serve(7 * MB)
    const send = openTransport({ timeout: 5_000, budget: { bytes: 10 * MB } })
    await send(get(url))
    await expect(send(get(url))).rejects.toMatchObject({ code: 'CAPTURE_TOO_LONG' })
  })

  it('are refused when one response exceeds 8 MB', async () => {
    const { url } = await serve(9 * MB)
    const send = openTransport({ timeout: 5_000 })
    await expect(send(get(url))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LONG' })
  })
})

it('a time limit of 25 days does not end immediately', async () => {
  const { url } = await serve(2)
  const days = 25 * 24 * 3_600_000
  const send = openTransport({ timeout: days })
  const sent = withTimeLimit('a query', { milliseconds: days }, () => send(get(url)))
  expect((await sent).status).toBe(200)
})

describe('a time limit', () => {
  it('reports the failure of the last attempt, also after a short wait', async () => {
    const attempt = async () => {
      noteFailure('returned 503')
      noteWait(0.01)
      await new Promise(() => undefined)
    }
    await expect(withTimeLimit('a query', { milliseconds: 50 }, attempt)).rejects.toThrow(
      'a query: no success within 0.05 s, including sign-in and retries; the last attempt: returned 503',
    )
  })

  it('ends immediately when the required wait is longer', async () => {
    const attempt = async () => noteWait(3600)
    await expect(withTimeLimit('a query', { milliseconds: 50 }, attempt)).rejects.toThrow(
      'a query: the server requires a wait of 3600 s, longer than the time limit of 0.05 s',
    )
  })
})
