import type { GcpCriteria } from '../../../core/criteria/criteria.ts'
import type { CloudSettings, Source } from '../cloud.ts'
import { getHomeFolder, parseCredentials, readPath, readSecrets } from '../credentials.ts'

export interface GcpSettings {
  readonly endpoint: string | undefined
  readonly secrets: readonly string[]
}

export const gcpSettings = {
  options: { 'gcp-endpoint': { describe: 'URL of the Compute API', isUrl: true } },

  resolve: (criteria: GcpCriteria) => criteria,

  read(source: Source): GcpSettings {
    const { args, env } = source
    const variable = 'GOOGLE_APPLICATION_CREDENTIALS'
    // Unlike gcloud, the library does not read CLOUDSDK_CONFIG.
    const login = `${getHomeFolder(env) ?? ''}/.config/gcloud/application_default_credentials.json`
    const text = env[variable] ? readPath(variable, source) : source.readFile(login)
    // The library may print the text of a file that is not JSON.
    if (text !== undefined) parseCredentials(text, env[variable] ?? login)
    return {
      endpoint: args['gcp-endpoint'] as string | undefined,
      secrets: readSecrets(env, [
        'GOOGLE_CLOUD_PROJECT',
        'GCLOUD_PROJECT',
        'GOOGLE_CLOUD_QUOTA_PROJECT',
      ]),
    }
  },
} as const satisfies CloudSettings<GcpCriteria, GcpSettings>
