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
import { type Front, startFront } from './front.ts'

/** A service that a capture asks, and how it is asked. */
export interface Service {
  /** What of its requests a fault befalls. */
  readonly path: RegExp
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The certificates to trust. */
  readonly trusted: readonly string[]
  /** What nobody may read in what is said. */
  readonly secrets: readonly string[]
  readonly front: Front
  setFaults(rules: readonly FaultRule[]): void
  close(): Promise<void>
}

type Running = Pick<Service, 'setFaults' | 'close'> & { readonly url: string }

/** Puts a front before a server: whoever asked the server asks the front. */
export async function behindFront(
  server: Running,
  service: Omit<Service, 'front' | 'setFaults' | 'close' | 'trusted'> & {
    readonly trusted?: readonly string[]
  },
  others: readonly { close(): Promise<unknown> }[] = [],
): Promise<Service> {
  const { port } = new URL(server.url)
  const front = await startFront(Number(port))
  const moved = (text: string) => text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${front.port}`)
  return {
    trusted: [],
    ...service,
    args: service.args.map(moved),
    env: Object.fromEntries(Object.entries(service.env).map(([name, text]) => [name, moved(text)])),
    front,
    setFaults: (rules) => server.setFaults(rules),
    async close() {
      await Promise.all([server, front, ...others].map((each) => each.close()))
    },
  }
}

export const makeStream = (folder: string) => ['--stream', join(folder, 'rhcos.json')]

/** Each takes a folder for files of its own, in which `rhcos.json` is a stream. */
export const SERVICES: Readonly<Record<string, (folder: string) => Promise<Service>>> = {
  'Resource Manager': async (folder) => {
    const server = await startAzure({ images: imagesBeforeBump() })
    return behindFront(server, {
      path: /skus\/418-v2/,
      args: ['--azure-endpoint', server.url, ...makeStream(folder)],
      // The sign-in is at the same mock server, and is none of the service.
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
    return behindFront(server, {
      path: /\//,
      args: ['--cloud', 'aws', '--regions', 'us-east-1', ...makeStream(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [accessKeyId, secretAccessKey, sessionToken],
    })
  },
  Compute: async (folder) => {
    const server = await startGcp({ images: gcpImages() })
    return behindFront(server, {
      path: /images/,
      args: ['--cloud', 'gcp', '--gcp-endpoint', server.url, ...makeStream(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [String(server.account.projectNumber)],
    })
  },
  'build server': async () => {
    const server = await startBuilds(demonstrationBuilds)
    const args = ['--cloud', 'none', '--name', '4.18-9.4', '--url', server.streams, ...ALL_BUILDS]
    return behindFront(server, { path: /s390x/, env: {}, args, secrets: [] })
  },
}
