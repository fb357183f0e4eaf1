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
    port: await getPort(server),
    set(next = { port: behind }) {
      wire = next
    },
    close: () => closed(server, sockets),
  }
}

export type BadCertificate =
  | 'self-signed'
  | 'expired'
  | 'of another host'
  | 'not valid yet'
  | 'of a client'

/** Servers with certificates that nobody should take, and what to trust so that just that is wrong. */
export interface BadServers {
  /** By what is wrong with the certificate. */
  readonly ports: Readonly<Record<BadCertificate, number>>
  readonly trusted: string
  close(): Promise<void>
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

export async function startBadServers(hosts: readonly string[]): Promise<BadServers> {
  const own = [...hosts, 'localhost']
  const all: Record<BadCertificate, Awaited<ReturnType<typeof certificateFor>>> = {
    'self-signed': await certificateFor('nobody', own, [-DAY, HOUR]),
    expired: await certificateFor('expired', own, [-DAY, -HOUR]),
    'of another host': await certificateFor('another', ['another.example'], [-DAY, HOUR]),
    'not valid yet': await certificateFor('tomorrow', own, [HOUR, DAY]),
    'of a client': await certificateFor('client', own, [-DAY, HOUR], 'clientAuth'),
  }
  const names = Object.keys(all) as BadCertificate[]
  const servers = names.map((name) => {
    const { private: key, cert } = all[name]
    return createHttpsServer({ key, cert }, (_, response) => response.end('{}'))
  })
  const ports = await Promise.all(servers.map(getPort))
  return {
    ports: Object.fromEntries(names.map((name, at) => [name, ports[at]])) as BadServers['ports'],
    trusted: names.flatMap((name) => (name === 'self-signed' ? [] : [all[name].cert])).join('\n'),
    async close() {
      for (const server of servers) server.closeAllConnections()
      await Promise.all(servers.map((server) => closed(server)))
    },
  }
}

function certificateFor(
  name: string,
  hosts: readonly string[],
  [from, to]: readonly [from: number, to: number],
  use: 'serverAuth' | 'clientAuth' = 'serverAuth',
) {
  const ip = { type: 7 as const, ip: '127.0.0.1' }
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + from),
    notAfterDate: new Date(Date.now() + to),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', [use]: true },
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
  const port = await getPort(server)
  return {
    url: `https://localhost:${port}/elsewhere`,
    connections: () => connections,
    close: () => closed(server),
  }
}

async function getPort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function closed(server: Server, sockets: Iterable<Socket> = []): Promise<void> {
  const end = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets) socket.destroy()
  await end
}
