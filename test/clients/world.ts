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
import type { GcpImage } from '../mock-servers/gcp-image.ts'
import { demonstrationImages as gcpImages } from '../mock-servers/gcp-images.ts'
import { startProxy } from '../mock-servers/proxy.ts'
import { execute, type Outcome, run } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

export type Row = Readonly<Record<string, unknown>>

/** The clouds as a machine of a company sees them: by their own names, behind a proxy. */
export interface World {
  readonly clouds: Clouds
  readonly azureImages: readonly AzureImage[]
  readonly awsImages: readonly AwsImage[]
  readonly gcpImages: readonly GcpImage[]
  /** For files of the test. */
  readonly folder: string
  /** Runs a client, and gives what it printed. @throws Error where it failed. */
  client(command: string, ...args: readonly string[]): Promise<string>
  /** Runs a client that is to fail. */
  attempt(command: string, ...args: readonly string[]): Promise<Outcome>
  /** Captures a cloud, without some variables, and gives what is in the snapshot. */
  capture(cloud: string, without?: readonly string[]): Promise<Captured>
  close(): Promise<void>
}

export interface Captured {
  readonly images: readonly Row[]
  readonly queries: readonly Row[]
  /** What `list` prints of it. */
  list(...args: readonly string[]): Promise<string>
}

const AZURE_HOSTS = ['login.microsoftonline.com', 'management.azure.com']
const AWS_HOSTS = [...REGIONS, NOT_ENABLED].map((region) => `ec2.${region}.amazonaws.com`)
const GCP_HOSTS = ['compute.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com']

/** Starts the mock servers under the clouds' own names, with the demonstration's images. */
export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-clients-'))
  const tables = { azure: imagesBeforeBump(), aws: awsImages(), gcp: gcpImages() }
  const clouds = await startClouds(folder, {
    azure: { hosts: AZURE_HOSTS, images: tables.azure },
    aws: { hosts: AWS_HOSTS, images: tables.aws, emptyPages: 1 },
    gcp: { hosts: GCP_HOSTS, images: tables.gcp, listable: true },
  })
  const to = (hosts: readonly string[], { url }: { url: string }) =>
    hosts.map((host): [string, number] => [host, Number(new URL(url).port)])
  const proxy = await startProxy({
    hosts: Object.fromEntries([
      ...to(AZURE_HOSTS, clouds.azure),
      ...to(AWS_HOSTS, clouds.aws),
      ...to(GCP_HOSTS, clouds.gcp),
    ]),
  })

  const environment = makeEnvironment(clouds, folder, proxy.url)
  await writeFile(join(folder, 'rhcos.json'), smallStream(EXAMPLE))

  async function capture(cloud: string, without: readonly string[] = []): Promise<Captured> {
    const kept = Object.entries(environment).filter(([name]) => !without.includes(name))
    const snapshot = join(folder, `${cloud}.json`)
    await rm(snapshot, { force: true })
    const question = ['--cloud', cloud, '--stream', join(folder, 'rhcos.json')]
    await succeed(run(['capture', snapshot, ...question], { env: Object.fromEntries(kept) }))
    const { images, queries } = JSON.parse(await readFile(snapshot, 'utf8'))
    return {
      images: images[cloud],
      queries: queries[cloud],
      list: (...args) => succeed(run(['list', snapshot, '--cloud', cloud, ...args])),
    }
  }

  return {
    clouds,
    azureImages: tables.azure,
    awsImages: tables.aws,
    gcpImages: tables.gcp,
    folder,
    client: (command, ...args) => succeed(execute(command, args, environment)),
    attempt: (command, ...args) => execute(command, args, environment),
    capture,
    async close() {
      await Promise.all([clouds.close(), proxy.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What a client and `capture` find in their environment, and nothing of the machine's own. */
function makeEnvironment({ azure, aws, gcp }: Clouds, folder: string, proxy: string) {
  const certificates = join(folder, 'certificates.pem')
  const { AZURE_AUTHORITY_HOST: _, ...azureAccount } = azure.environment
  const { AWS_ENDPOINT_URL_EC2: __, ...awsAccount } = aws.environment
  const { GOOGLE_APPLICATION_CREDENTIALS } = gcp.environment
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
    GOOGLE_APPLICATION_CREDENTIALS,
    CLOUDSDK_CONFIG: join(folder, 'gcloud'),
    CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: certificates,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_CORE_PROJECT: 'redhat-marketplace-public',
    CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT: 'true',
    CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: GOOGLE_APPLICATION_CREDENTIALS,
  }
}

async function succeed(outcome: Promise<Outcome>): Promise<string> {
  const { status, stdout, stderr } = await outcome
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return stdout
}
