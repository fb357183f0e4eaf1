import { join } from 'node:path'
import { startAws } from '../mock-servers/aws.ts'
import { demonstrationImages as awsImages } from '../mock-servers/aws-images.ts'
import { startAzure } from '../mock-servers/azure.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { startBuilds } from '../mock-servers/builds.ts'
import { demonstrationBuilds } from '../mock-servers/demonstration-builds.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { demonstrationImages as gcpImages } from '../mock-servers/gcp-images.ts'
import { ALL_BUILDS } from '../support/builds.ts'
import { type Forwarder, startForwarder } from './network-servers.ts'

/** A service that a capture queries, and the settings of the capture. */
export interface Service {
  /** The requests that receive the injected faults. */
  readonly path: RegExp
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The certificates to trust. */
  readonly trusted: readonly string[]
  /** Secrets that the output must not contain. */
  readonly secrets: readonly string[]
  readonly forwarder: Forwarder
  setFaults(rules: readonly FaultRule[]): void
  close(): Promise<void>
}

type Running = Pick<Service, 'setFaults' | 'close'> & { readonly url: string }

/** Starts a forwarder in front of a server, and changes the settings so that the capture queries the forwarder. */
export async function startBehindForwarder(
  server: Running,
  service: Omit<Service, 'forwarder' | 'setFaults' | 'close' | 'trusted'> & {
    readonly trusted?: readonly string[]
  },
  others: readonly { close(): Promise<unknown> }[] = [],
): Promise<Service> {
  const { port } = new URL(server.url)
  const forwarder = await startForwarder(Number(port))
  const replacePort = (text: string) =>
    text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${forwarder.port}`)
  return {
    trusted: [],
    ...service,
    args: service.args.map(replacePort),
    env: Object.fromEntries(
      Object.entries(service.env).map(([name, text]) => [name, replacePort(text)]),
    ),
    forwarder,
    setFaults: (rules) => server.setFaults(rules),
    async close() {
      await Promise.all([server, forwarder, ...others].map((each) => each.close()))
    },
  }
}

export const getStreamOption = (folder: string) => ['--stream', join(folder, 'rhcos.json')]

/** Starts each service; the folder contains a stream, `rhcos.json`. */
export const SERVICES: Readonly<Record<string, (folder: string) => Promise<Service>>> = {
  'Resource Manager': async (folder) => {
    const server = await startAzure({ images: imagesBeforeBump() })
    return startBehindForwarder(server, {
      path: /skus\/418-v2/,
      args: ['--azure-endpoint', server.url, ...getStreamOption(folder)],
      // The sign-in uses the same mock server, but its requests must not receive the faults.
      env: {
        ...server.environment,
        AZURE_AUTHORITY_HOST: server.url.replace('127.0.0.1', 'localhost'),
      },
      trusted: [server.certificate],
      secrets: [server.account.clientSecret, server.account.subscriptionId],
    })
  },
  EC2: async (folder) => {
    const server = await startAws({ images: awsImages() })
    const { accessKeyId, secretAccessKey, sessionToken } = server.account
    return startBehindForwarder(server, {
      path: /\//,
      args: ['--cloud', 'aws', '--regions', 'us-east-1', ...getStreamOption(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [accessKeyId, secretAccessKey, sessionToken],
    })
  },
  Compute: async (folder) => {
    const server = await startGcp({ images: gcpImages() })
    return startBehindForwarder(server, {
      path: /images/,
      args: ['--cloud', 'gcp', '--gcp-endpoint', server.url, ...getStreamOption(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [String(server.account.projectNumber)],
    })
  },
  'build server': async () => {
    const server = await startBuilds(demonstrationBuilds)
    const args = ['--cloud', 'none', '--name', '4.18-9.4', '--url', server.streams, ...ALL_BUILDS]
    return startBehindForwarder(server, { path: /s390x/, env: {}, args, secrets: [] })
  },
}
