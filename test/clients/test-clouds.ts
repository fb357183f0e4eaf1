import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AwsImage } from '../mock-servers/aws-image.ts'
import {
  demonstrationImages as awsImages,
  NOT_ENABLED,
  REGIONS,
} from '../mock-servers/aws-images.ts'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { type Clouds, startClouds } from '../mock-servers/clouds.ts'
import { startProxy } from '../mock-servers/proxy.ts'
import { execute, type Outcome, run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

export type Row = Readonly<Record<string, unknown>>

/** Mock servers that are reached through a proxy by the host names of the real clouds. */
export interface TestClouds {
  readonly clouds: Clouds
  readonly azureImages: readonly AzureImage[]
  readonly awsImages: readonly AwsImage[]
  /** Runs a client. @returns its stdout @throws if it fails */
  client(command: string, ...args: readonly string[]): Promise<string>
  /** Runs a client that may fail. */
  attempt(command: string, ...args: readonly string[]): Promise<Outcome>
  /** Captures a cloud. @param without variables that are not set */
  capture(cloud: string, without?: readonly string[]): Promise<Captured>
  close(): Promise<void>
}

export interface Captured {
  readonly images: readonly Row[]
  readonly queries: readonly Row[]
  /** The output of `list` for the snapshot. */
  list(...args: readonly string[]): Promise<string>
}

const AZURE_HOSTS = ['login.microsoftonline.com', 'management.azure.com']
const AWS_HOSTS = [...REGIONS, NOT_ENABLED].map((region) => `ec2.${region}.amazonaws.com`)

export async function startTestClouds(): Promise<TestClouds> {
  const folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-clients-'))
  const images = { azure: imagesBeforeBump(), aws: awsImages() }
  const clouds = await startClouds(folder, {
    azure: { hosts: AZURE_HOSTS, images: images.azure },
    aws: { hosts: AWS_HOSTS, images: images.aws, emptyPages: 1 },
  })
  const toPort = (hosts: readonly string[], { url }: { url: string }) =>
    hosts.map((host): [string, number] => [host, Number(new URL(url).port)])
  const proxy = await startProxy({
    hosts: Object.fromEntries([
      ...toPort(AZURE_HOSTS, clouds.azure),
      ...toPort(AWS_HOSTS, clouds.aws),
    ]),
  })

  const environment = makeEnvironment(clouds, folder, proxy.url)
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))

  async function capture(cloud: string, without: readonly string[] = []): Promise<Captured> {
    const kept = Object.entries(environment).filter(([name]) => !without.includes(name))
    const snapshot = join(folder, `${cloud}.json`)
    await rm(snapshot, { force: true })
    const options = ['--cloud', cloud, '--stream', join(folder, 'rhcos.json')]
    await succeed(run(['capture', snapshot, ...options], { env: Object.fromEntries(kept) }))
    const { images, queries } = JSON.parse(await readFile(snapshot, 'utf8'))
    return {
      images: images[cloud],
      queries: queries[cloud],
      list: (...args) => succeed(run(['list', snapshot, '--cloud', cloud, ...args])),
    }
  }

  return {
    clouds,
    azureImages: images.azure,
    awsImages: images.aws,
    client: (command, ...args) => succeed(execute(command, args, environment)),
    attempt: (command, ...args) => execute(command, args, environment),
    capture,
    async close() {
      await Promise.all([clouds.close(), proxy.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** All variables for a client and for `capture`. */
function makeEnvironment({ azure, aws }: Clouds, folder: string, proxy: string) {
  const certificates = join(folder, 'certificates.pem')
  const { AZURE_AUTHORITY_HOST: _, ...azureAccount } = azure.environment
  const { AWS_ENDPOINT_URL_EC2: __, ...awsAccount } = aws.environment
  return {
    ...azureAccount,
    ...awsAccount,
    HOME: folder,
    LANG: 'C.UTF-8',
    PATH: process.env.PATH ?? '',
    HTTPS_PROXY: proxy,
    NO_PROXY: '',
    NODE_EXTRA_CA_CERTS: certificates,
    REQUESTS_CA_BUNDLE: certificates,
    AZURE_CONFIG_DIR: join(folder, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_NO_COLOR: 'true',
    AWS_CA_BUNDLE: certificates,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
}

async function succeed(outcome: Promise<Outcome>): Promise<string> {
  const { status, stdout, stderr } = await outcome
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return stdout
}
