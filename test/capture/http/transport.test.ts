import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { Gate } from '../../../src/capture/http/gate.ts'
import { withPatience } from '../../../src/capture/http/question.ts'
import { openTransport } from '../../../src/capture/http/transport.ts'

/** A server that counts connections and never answers. */
async function listener() {
  const heard = { connections: 0 }
  const server = createServer(() => undefined).on('connection', () => {
    heard.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { heard, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it.each(['http', 'https'])('a replay opens no %s connection, without nock too', async (scheme) => {
  const { heard, host } = await listener()
  const send = openTransport({ timeout: 5_000, live: false })
  const request = { method: 'GET', url: `${scheme}://${host}/`, headers: {} }
  await expect(send(request)).rejects.toMatchObject({ code: 'OFFLINE' })
  await expect(send({ ...request, method: 'POST', body: 'a=b' })).rejects.toMatchObject({
    code: 'OFFLINE',
  })
  await wait(50)
  expect(heard.connections).toBe(0)
})

it('a gate that is shut ends what is under way, waits for that, and lets nothing follow', async () => {
  const { heard, host } = await listener()
  const gate = new Gate()
  const send = openTransport({ timeout: 5_000, live: true })
  const ask = () =>
    withPatience('a question', { patience: 5_000, gate }, () =>
      send({ method: 'GET', url: `http://${host}/`, headers: {} }),
    )
  const ended: string[] = []
  const asked = [ask(), ask()].map((each) =>
    each.catch((error: Error) => void ended.push(error.name)),
  )
  while (heard.connections < 2) await wait(5)
  await gate.shut()
  await Promise.all(asked)
  expect(ended).toEqual(['AbortError', 'AbortError'])
  await expect(ask()).rejects.toThrow('the replay is over')
  await wait(50)
  expect(heard.connections).toBe(2)
})
