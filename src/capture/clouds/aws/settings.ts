import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import { isAwsRegion } from '../../../core/snapshot/values.ts'
import { InputError, ServiceError } from '../../../errors.ts'
import type { CloudSettings, Source } from '../cloud.ts'
import { getHomeFolder, readPath, readSecrets } from '../credentials.ts'

/** The SDK itself finds the endpoint and the credentials, as the AWS CLI does. */
export interface AwsSettings {
  /** For one request, if EC2 throttles or fails. */
  readonly attempts: number
  /** For the sign-in; undefined: that of the profile, which the SDK reads. */
  readonly region: string | undefined
  readonly profile: string | undefined
  /** The regions to query instead of those of the criteria or the account. */
  readonly regions: readonly string[] | undefined
  readonly secrets: readonly string[]
}

/** One more than the other clouds, because EC2 throttles accounts, not callers. */
const ATTEMPTS = 5

export const awsSettings = {
  options: {
    regions: {
      describe: 'Regions such as us-east-1',
      default: 'all enabled',
      isList: true,
      read(name: string, option: string): string {
        if (isAwsRegion(name)) return name
        const found = JSON.stringify(name)
        throw new InputError(`${option}: expected a region such as us-east-1, found ${found}`)
      },
    },
  },

  resolve: (criteria: AwsCriteria) => criteria,

  read(source: Source): AwsSettings {
    const { args, env } = source
    readPath('AWS_WEB_IDENTITY_TOKEN_FILE', source)
    readPath('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', source)
    // The SDK ignores a missing file.
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
      readPath(name, source, env[name], true)
    }
    // The SDK fails without a home folder, even if it finds credentials elsewhere.
    if (getHomeFolder(env) === undefined) process.env.HOME = '/'
    const secrets = readSecrets(env, [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_ACCOUNT_ID',
      'AWS_ROLE_ARN',
    ])
    checkKeys(env)
    return {
      attempts: Number(env.AWS_MAX_ATTEMPTS) || ATTEMPTS,
      region: env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
      profile: env.AWS_PROFILE || undefined,
      regions: args.regions as string[] | undefined,
      secrets,
    }
  },
} as const satisfies CloudSettings<AwsCriteria, AwsSettings>

function checkKeys(env: Source['env']): void {
  const [key, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
  if (!env[key] === !env[secret] || env.AWS_PROFILE) return
  const [present, missing] = env[key] ? [key, secret] : [secret, key]
  throw new ServiceError(`aws: ${missing} is missing`, `Set ${missing}, or unset ${present}.`)
}
