import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AwsMockServer, type AwsOptions, startAws } from './aws.ts'
import { demonstrationImages as awsImages, NOT_ENABLED } from './aws-images.ts'
import { type AzureMockServer, type AzureOptions, startAzure } from './azure.ts'
import { imagesBeforeBump } from './azure-images.ts'
import { type GcpMockServer, type GcpOptions, startGcp } from './gcp.ts'
import { demonstrationImages as gcpImages } from './gcp-images.ts'

export interface CloudOptions {
  readonly azure?: Partial<AzureOptions>
  readonly aws?: Partial<AwsOptions>
  readonly gcp?: Partial<GcpOptions>
}

export interface Clouds {
  readonly azure: AzureMockServer
  readonly aws: AwsMockServer
  readonly gcp: GcpMockServer
  /** Options for `capture`. */
  readonly args: readonly string[]
  /** Variables for `capture`: endpoints, credentials and trusted certificates. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/**
 * Starts mock servers for all clouds, by default with the images of the demonstration.
 * @param folder for the file with the certificates
 */
export async function startClouds(folder: string, options: CloudOptions = {}): Promise<Clouds> {
  const [azure, aws, gcp] = await Promise.all([
    startAzure({ images: imagesBeforeBump(), ...options.azure }),
    startAws({ images: awsImages(), otherRegions: [NOT_ENABLED], pageSize: 30, ...options.aws }),
    startGcp({ images: gcpImages(), pageSize: 4, ...options.gcp }),
  ])
  const certificates = [...new Set([azure, aws, gcp].map(({ certificate }) => certificate))]
  const file = join(folder, 'certificates.pem')
  if (certificates.length > 1) await writeFile(file, certificates.join(''))
  return {
    azure,
    aws,
    gcp,
    args: ['--cloud', 'azure,aws,gcp', '--azure-endpoint', azure.url, '--gcp-endpoint', gcp.url],
    environment: {
      ...azure.environment,
      ...aws.environment,
      ...gcp.environment,
      ...(certificates.length > 1 && { NODE_EXTRA_CA_CERTS: file }),
    },
    close: async () => {
      await Promise.all([azure.close(), aws.close(), gcp.close()])
    },
  }
}
