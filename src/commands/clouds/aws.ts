import type { Argv } from 'yargs'
import type { AwsSettings } from '../../capture/clouds/aws/settings.ts'
import type { AwsCriteria } from '../../core/criteria/criteria.ts'
import { InputError } from '../../errors.ts'
import { once } from '../options.ts'
import { homeFolder } from './home.ts'
import type { CloudArguments } from './types.ts'

export interface AwsArgs {
  readonly regions?: readonly string[] | undefined
}

/** One more than the other clouds' libraries try: EC2 throttles accounts, not callers. */
const ATTEMPTS = 5

function awsOptions<T>(argv: Argv<T>) {
  return argv.option('regions', {
    type: 'string',
    group: 'AWS:',
    describe: 'The regions to ask, with commas between them',
    defaultDescription: 'all that the account has enabled',
    coerce: regionNames,
  })
}

function regionNames(value: unknown): readonly string[] | undefined {
  const text = once('regions')(value)
  if (text === undefined) return undefined
  const names = text.split(',').map((name) => name.trim())
  const unlike = names.find((name) => !/^[a-z]{2,}(-[a-z]+)+-[0-9]+$/.test(name))
  if (unlike !== undefined) {
    throw new InputError(
      `--regions: expected names such as us-east-1, found ${JSON.stringify(unlike)}`,
    )
  }
  return [...new Set(names)].sort()
}

/** The criteria with what the command line says otherwise. */
function awsCriteria(criteria: AwsCriteria, { regions }: AwsArgs): AwsCriteria {
  return { ...criteria, ...(regions && { regions }) }
}

async function awsSettings(_: AwsArgs, env: NodeJS.ProcessEnv): Promise<AwsSettings> {
  // The SDK asks for the home folder, and fails of one that nobody knows, whatever else there is.
  if (homeFolder(env) === undefined) env.HOME = '/'
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

export const awsArguments: CloudArguments<AwsArgs, AwsCriteria, AwsSettings> = {
  options: awsOptions,
  criteria: awsCriteria,
  settings: awsSettings,
}
