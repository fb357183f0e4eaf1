import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'

/** Connection behavior: reset at once, accepted without a response, or forwarded to a port. */
export type ConnectionMode = 'reset' | 'silent' | { readonly port: number }

/** A TCP forwarder in front of a local server. */
export interface Forwarder {
  readonly port: number
  /** Sets how new connections behave; by default they are forwarded to the server. */
  setMode(mode?: ConnectionMode): void
  close(): Promise<void>
}

export async function startForwarder(serverPort: number): Promise<Forwarder> {
  let mode: ConnectionMode = { port: serverPort }
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    track(client)
    if (mode === 'reset') client.resetAndDestroy()
    if (typeof mode === 'string') return
    const upstream = connect(mode.port, '127.0.0.1')
    track(upstream)
    client.pipe(upstream).pipe(client)
    // Forwards a reset as a reset, because a normal close has another meaning in HTTP.
    upstream.on('error', () => client.resetAndDestroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroySoon())
  })
  return {
    port: await getPort(server),
    setMode(next = { port: serverPort }) {
      mode = next
    },
    close: () => closeServer(server, sockets),
  }
}

export type BadCertificate =
  | 'self-signed'
  | 'expired'
  | 'for another host'
  | 'not valid yet'
  | 'for clients'

/** HTTPS servers with invalid certificates. */
export interface BadServers {
  readonly ports: Readonly<Record<BadCertificate, number>>
  /** The certificates to trust, so that each certificate has only one defect. */
  readonly trusted: string
  close(): Promise<void>
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

export async function startBadServers(hosts: readonly string[]): Promise<BadServers> {
  const names = [...hosts, 'localhost']
  const certificates: Record<BadCertificate, Awaited<ReturnType<typeof createCertificate>>> = {
    'self-signed': await createCertificate('self-signed', names, [-DAY, HOUR]),
    expired: await createCertificate('expired', names, [-DAY, -HOUR]),
    'for another host': await createCertificate('another', ['another.example'], [-DAY, HOUR]),
    'not valid yet': await createCertificate('tomorrow', names, [HOUR, DAY]),
    'for clients': await createCertificate('client', names, [-DAY, HOUR], 'clientAuth'),
  }
  const defects = Object.keys(certificates) as BadCertificate[]
  const servers = defects.map((defect) => {
    const { private: key, cert } = certificates[defect]
    return createHttpsServer({ key, cert }, (_, response) => response.end('{}'))
  })
  const ports = await Promise.all(servers.map(getPort))
  return {
    ports: Object.fromEntries(
      defects.map((defect, index) => [defect, ports[index]]),
    ) as BadServers['ports'],
    trusted: defects
      .flatMap((defect) => (defect === 'self-signed' ? [] : [certificates[defect].cert]))
      .join('\n'),
    async close() {
      for (const server of servers) server.closeAllConnections()
      await Promise.all(servers.map((server) => closeServer(server)))
    },
  }
}

function createCertificate(
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

/** Starts a redirect target that counts connections. */
export async function startRedirectTarget() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  const port = await getPort(server)
  return {
    url: `https://localhost:${port}/redirected`,
    connections: () => connections,
    close: () => closeServer(server),
  }
}

async function getPort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function closeServer(server: Server, sockets: Iterable<Socket> = []): Promise<void> {
  const end = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets) socket.destroy()
  await end
}
