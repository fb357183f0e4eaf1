import { join } from 'node:path'
import type { GcpSettings } from '../../capture/clouds/gcp/settings.ts'
import type { GcpCriteria } from '../../core/criteria/criteria.ts'
import { ServiceError } from '../../errors.ts'
import { text } from '../option.ts'
import { checkUrl } from '../url.ts'
import { checkFiles, credentialsFile, homeFolder } from './home.ts'
import type { CloudArguments } from './types.ts'

const options = {
  'gcp-endpoint': text('Any other Compute API', { group: 'GCP:' }, checkUrl),
}

export const gcpArguments: CloudArguments<typeof options, GcpCriteria, GcpSettings> = {
  options,

  criteria: (criteria) => criteria,

  async settings({ 'gcp-endpoint': endpoint }, env) {
    await checkFile(env.GOOGLE_APPLICATION_CREDENTIALS)
    const folder = env.CLOUDSDK_CONFIG || join(homeFolder(env) ?? '/', '.config/gcloud')
    checkFiles([join(folder, 'application_default_credentials.json')])
    return {
      ...(endpoint && { endpoint }),
      secrets: ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'GOOGLE_CLOUD_QUOTA_PROJECT'].flatMap(
        (name) => env[name] ?? [],
      ),
    }
  },
}

/** The library's own words for it are free text, or say that some token is unexpected. */
async function checkFile(file: string | undefined): Promise<void> {
  if (!file || (await credentialsFile(file)) !== undefined) return
  throw new ServiceError(
    'gcp: GOOGLE_APPLICATION_CREDENTIALS names a file that is not there',
    'Set it to a key file, or unset it and log in with gcloud auth application-default login.',
  )
}
