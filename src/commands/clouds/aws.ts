import { join } from 'node:path'
import type { AwsSettings } from '../../capture/clouds/aws/settings.ts'
import type { AwsCriteria } from '../../core/criteria/criteria.ts'
import { InputError } from '../../errors.ts'
import { type ArgsOf, list } from '../option.ts'
import { checkFiles, homeFolder } from './home.ts'
import type { CloudArguments } from './types.ts'

/** One more than the other clouds' libraries try: EC2 throttles accounts, not callers. */
const ATTEMPTS = 5

const options = {
  regions: list(
    'The regions to ask, with commas between them',
    { group: 'AWS:', defaultDescription: 'all that the account has enabled' },
    (names, option) => {
      const unlike = names.find((name) => !/^[a-z]{2,}(-[a-z]+)+-[0-9]+$/.test(name))
      if (unlike === undefined) return names.toSorted()
      throw new InputError(
        `${option}: expected names such as us-east-1, found ${JSON.stringify(unlike)}`,
      )
    },
  ),
}

/** The criteria with what the command line says otherwise. */
function awsCriteria(criteria: AwsCriteria, { regions }: ArgsOf<typeof options>): AwsCriteria {
  return { ...criteria, ...(regions && { regions }) }
}

async function awsSettings(_: object, env: NodeJS.ProcessEnv): Promise<AwsSettings> {
  // The SDK asks for the home folder, and fails of one that nobody knows, whatever else there is.
  if (homeFolder(env) === undefined) env.HOME = '/'
  const folder = join(homeFolder(env) ?? '/', '.aws')
  checkFiles([
    env.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'),
    env.AWS_CONFIG_FILE || join(folder, 'config'),
    env.AWS_WEB_IDENTITY_TOKEN_FILE,
    env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
  ])
  return {
    attempts: Number(env.AWS_MAX_ATTEMPTS) || ATTEMPTS,
    secrets: [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_ACCOUNT_ID',
      'AWS_ROLE_ARN',
    ].flatMap((name) => env[name] ?? []),
  }
}

export const awsArguments: CloudArguments<typeof options, AwsCriteria, AwsSettings> = {
  options,
  criteria: awsCriteria,
  settings: awsSettings,
}
