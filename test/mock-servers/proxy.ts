import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ProxyOptions {
  /** Local ports for host names. Tunnels to other hosts are not redirected. */
  readonly hosts?: Readonly<Record<string, number>>
  /** A status other than 200 refuses all tunnels. */
  readonly status?: number
}

export interface MockProxy {
  /** For `HTTPS_PROXY`. */
  readonly url: string
  /** The `host:port` of each tunnel, in the order of the requests. */
  readonly tunnels: readonly string[]
  close(): Promise<void>
}

/** Starts a proxy on 127.0.0.1 that only supports CONNECT. */
export async function startProxy({
  hosts = {},
  status = 200,
}: ProxyOptions = {}): Promise<MockProxy> {
  const tunnels: string[] = []
  const sockets = new Set<Duplex>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (request: IncomingMessage, near: Duplex, head: Buffer) => {
    const target = request.url ?? ''
    tunnels.push(target)
    sockets.add(near)
    near.on('error', () => undefined)
    if (status !== 200) {
      near.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      return
    }
    const [, host = '', port = ''] = /^(.*):([0-9]+)$/.exec(target) ?? []
    const far: Socket = connect(
      Object.hasOwn(hosts, host)
        ? { host: '127.0.0.1', port: hosts[host] ?? 0 }
        : { host, port: Number(port) },
    )
    sockets.add(far)
    far.on('error', () => near.destroy())
    far.on('connect', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.write(head)
      near.pipe(far)
      far.pipe(near)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    async close() {
      for (const socket of sockets) socket.destroy()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
