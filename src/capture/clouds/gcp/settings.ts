import { createPrivateKey } from 'node:crypto'
import type { GcpCriteria } from '../../../core/criteria/criteria.ts'
import { ServiceError } from '../../../errors.ts'
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
    if (text !== undefined) checkCredentials(text, env[variable] ?? login)
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

/** The library reports a malformed key with a message of OpenSSL. */
function checkCredentials(text: string, file: string): void {
  const { type, private_key: key, universe_domain: universe } = parseCredentials(text, file)
  if (typeof universe === 'string' && universe !== 'googleapis.com') {
    throw new ServiceError(
      `${file}: the universe of the credentials is not googleapis.com`,
      'Use credentials of Google Cloud, or remove the file.',
    )
  }
  if (typeof type !== 'string') {
    throw new ServiceError(`${file}: .type: missing`, `Download the key again, or remove ${file}.`)
  }
  if (type !== 'service_account') return
  try {
    createPrivateKey(String(key))
  } catch {
    throw new ServiceError(
      `${file}: .private_key: malformed`,
      'Download the key again: its line ends must be written as \\n in the JSON text.',
    )
  }
}
