import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imagesBeforeBump } from '../../scripts/stand-in/azure-images.ts'
import { awsFor } from './aws.ts'
import { azureFor } from './azure.ts'
import { gcpFor } from './gcp.ts'

type Options = {
  readonly [cloud in 'azure' | 'aws' | 'gcp']?: object
}

/** All three stand-ins, and what a capture needs to ask them. */
export async function cloudsFor(folder: string, options: Options = {}) {
  const [azure, aws, gcp] = await Promise.all([
    azureFor(imagesBeforeBump(), options.azure),
    awsFor(options.aws),
    gcpFor(options.gcp),
  ])
  const certificates = join(folder, 'certificates.pem')
  await writeFile(certificates, [azure, aws, gcp].map(({ certificate }) => certificate).join('\n'))
  return {
    azure,
    aws,
    gcp,
    args: ['--cloud', 'azure,aws,gcp', '--azure-endpoint', azure.url, '--gcp-endpoint', gcp.url],
    env: {
      ...azure.environment,
      ...aws.environment,
      ...gcp.environment,
      NODE_EXTRA_CA_CERTS: certificates,
    },
  }
}
