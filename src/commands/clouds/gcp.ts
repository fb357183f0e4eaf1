import type { GcpSettings } from '../../capture/clouds/gcp/settings.ts'
import type { GcpCriteria } from '../../core/criteria/criteria.ts'
import { urlOption } from '../options.ts'
import type { CloudArguments } from './types.ts'

export interface GcpArgs {
  readonly 'gcp-endpoint'?: string | undefined
}

export const gcpArguments: CloudArguments<GcpArgs, GcpCriteria, GcpSettings> = {
  options: (argv) =>
    argv.option('gcp-endpoint', {
      type: 'string',
      group: 'GCP:',
      describe: 'Any other Compute API',
      coerce: urlOption('gcp-endpoint'),
    }),

  criteria: (criteria) => criteria,

  async settings({ 'gcp-endpoint': endpoint }, env) {
    return {
      ...(endpoint && { endpoint }),
      secrets: ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'GOOGLE_CLOUD_QUOTA_PROJECT'].flatMap(
        (name) => env[name] ?? [],
      ),
    }
  },
}
