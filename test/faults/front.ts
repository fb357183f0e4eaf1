import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'

/** What befalls a connection before a byte of HTTP. */
export type Wire =
  /** It ends as soon as it is there. */
  | 'reset'
  /** It is taken, and nobody says anything. */
  | 'silent'
  /** Another server is behind it. */
  | { readonly port: number }

/** What stands before a server of this machine, at a port of its own. */
export interface Front {
  readonly port: number
  set(wire?: Wire): void
  close(): Promise<void>
}

export async function startFront(behind: number): Promise<Front> {
  let wire: Wire = { port: behind }
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    if (wire === 'reset') near.resetAndDestroy()
    if (typeof wire === 'string') return
    const far = connect(wire.port, '127.0.0.1')
    keep(far)
    near.pipe(far).pipe(near)
    // A reset stays one, and is no orderly end.
    far.on('error', () => near.resetAndDestroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroySoon())
  })
  return {
    port: await portOf(server),
    set(next = { port: behind }) {
      wire = next
    },
    close: () => closed(server, sockets),
  }
}

/** Servers with certificates that nobody should take, and what to trust so that just that is wrong. */
export interface BadServers {
  /** By what is wrong with the certificate. */
  readonly ports: Readonly<Record<'self-signed' | 'expired' | 'of another host', number>>
  readonly trusted: string
  close(): Promise<void>
}

const HOUR = 3_600_000

export async function startBadServers(hosts: readonly string[]): Promise<BadServers> {
  const own = [...hosts, 'localhost']
  const [selfSigned, expired, another] = await Promise.all([
    certificateFor('nobody', own, HOUR),
    certificateFor('expired', own, -HOUR),
    certificateFor('another', ['another.example'], HOUR),
  ])
  const servers = [selfSigned, expired, another].map((each) =>
    createHttpsServer({ key: each.private, cert: each.cert }, (_, response) => response.end('{}')),
  )
  const [first = 0, second = 0, third = 0] = await Promise.all(servers.map(portOf))
  return {
    ports: { 'self-signed': first, expired: second, 'of another host': third },
    trusted: `${expired.cert}\n${another.cert}`,
    async close() {
      for (const server of servers) server.closeAllConnections()
      await Promise.all(servers.map((server) => closed(server)))
    },
  }
}

function certificateFor(name: string, hosts: readonly string[], left: number) {
  const ip = { type: 7 as const, ip: '127.0.0.1' }
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 24 * HOUR),
    notAfterDate: new Date(Date.now() + left),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...hosts.map((value) => ({ type: 2 as const, value })),
          ...(hosts.includes('localhost') ? [ip] : []),
        ],
      },
    ],
  })
}

/** A host to which answers point; whoever connects to it follows what nobody should. */
export async function startElsewhere() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  const port = await portOf(server)
  return {
    url: `https://localhost:${port}/elsewhere`,
    connections: () => connections,
    close: () => closed(server),
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function closed(server: Server, sockets: Iterable<Socket> = []): Promise<void> {
  const end = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets) socket.destroy()
  await end
}
