import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import { isAwsRegion } from '../../../core/snapshot/values.ts'
import { InputError, ServiceError } from '../../../errors.ts'
import type { CloudSettings, Source } from '../cloud.ts'
import { environmentSecrets, homeFolder, readPath } from '../credentials.ts'

/**
 * Who captures, and how often a query is retried. The SDK finds the endpoint and the credentials
 * itself, as the AWS CLI does.
 */
export interface AwsSettings {
  /** The attempts for one request if EC2 throttles or fails. */
  readonly attempts: number
  /** The region for sign-ins, of the environment or the profile. */
  readonly region: string | undefined
  readonly profile: string | undefined
  /** Ids and secrets of the environment, which no file may contain. */
  readonly secrets: readonly string[]
}

/** One more than the other clouds' SDKs: EC2 throttles accounts, not callers. */
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

  resolve(criteria: AwsCriteria, { args }: Source): AwsCriteria {
    const { regions } = args
    return regions === undefined ? criteria : { ...criteria, regions: regions as string[] }
  },

  read(source: Source): AwsSettings {
    const { env } = source
    readPath('AWS_WEB_IDENTITY_TOKEN_FILE', source)
    readPath('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', source)
    // The SDK fails without a home folder, even if it finds credentials elsewhere.
    if (homeFolder(env) === undefined) process.env.HOME = '/'
    const secrets = environmentSecrets(env, [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_ACCOUNT_ID',
      'AWS_ROLE_ARN',
    ])
    checkKeys(env)
    const profile = env.AWS_PROFILE || undefined
    const profiles = readProfiles(source)
    if (profiles !== undefined) checkProfile(profile, profiles)
    return {
      attempts: Number(env.AWS_MAX_ATTEMPTS) || ATTEMPTS,
      region:
        env.AWS_REGION || env.AWS_DEFAULT_REGION || profiles?.get(profile ?? 'default')?.region,
      profile,
      secrets,
    }
  },
} as const satisfies CloudSettings<AwsCriteria, AwsSettings>

function checkKeys(env: Source['env']): void {
  const [key, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
  if (!env[key] === !env[secret] || env.AWS_PROFILE) return
  const [there, missing] = env[key] ? [key, secret] : [secret, key]
  throw new ServiceError(`aws: ${missing} is missing`, `Set ${missing}, or unset ${there}.`)
}

type Profile = Readonly<Record<string, string>>

/** Each names credentials that need no profile. */
const WITHOUT_PROFILE = [
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
]

/**
 * The profiles of both files of the AWS CLI; undefined if there is none.
 * @throws ServiceError if a variable names a missing file and nothing else can have credentials
 */
function readProfiles(source: Source): ReadonlyMap<string, Profile> | undefined {
  const { env, readFile } = source
  const variables = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'] as const
  const [config, credentials] = ['config', 'credentials'].map(
    (name) => `${homeFolder(env) ?? ''}/.aws/${name}`,
  )
  // The SDK ignores a missing file.
  const read = (variable: string, path = '') =>
    env[variable] ? readPath(variable, source, env[variable], 'optional') : readFile(path)
  const texts = [read(variables[0], config), read(variables[1], credentials)].filter(
    (text) => text !== undefined,
  )
  if (texts.length === 0) {
    if (WITHOUT_PROFILE.some((name) => env[name])) return undefined
    for (const variable of variables) readPath(variable, source)
    return undefined
  }
  const profiles = new Map<string, Profile>()
  let name = ''
  for (const line of texts.flatMap((text) => text.split(/\r?\n/))) {
    const section = /^\s*\[\s*(?:profile\s+)?"?(.+?)"?\s*\]/.exec(line)?.[1]
    if (section !== undefined) name = section
    const [, key, value = ''] = /^([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    profiles.set(name, { ...profiles.get(name), ...(key && { [key.toLowerCase()]: value }) })
  }
  return profiles
}

const KEYS = ['aws_access_key_id', 'aws_secret_access_key']

/** Finds what the SDK reports as `Could not load credentials from any providers`. */
function checkProfile(own: string | undefined, profiles: ReadonlyMap<string, Profile>): void {
  const visited: string[] = []
  for (let name = own ?? 'default'; ; ) {
    const profile = profiles.get(name)
    if (profile === undefined) {
      if (own === undefined) return
      const from = visited.length > 0 ? `profile ${visited.at(-1)}: source_profile` : 'AWS_PROFILE'
      throw new ServiceError(
        `aws: ${from}: no profile ${JSON.stringify(name)}`,
        'Set it to a profile that aws configure list-profiles prints.',
      )
    }
    const missing = KEYS.filter((key) => !profile[key])
    if (missing.length === 1) {
      throw new ServiceError(
        `aws: profile ${name}: ${missing[0]} is missing`,
        `Set it with aws configure set ${missing[0]} VALUE --profile ${name}.`,
      )
    }
    const next = profile.source_profile
    if (next === undefined || next === name) return
    if (visited.includes(next)) {
      throw new ServiceError(
        `aws: profile ${name}: source_profile leads back to ${next}`,
        'Correct source_profile in the AWS config file.',
      )
    }
    visited.push(name)
    name = next
  }
}
