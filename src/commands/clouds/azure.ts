import type { Argv } from 'yargs'
import type { AzureSettings } from '../../capture/clouds/azure/settings.ts'
import type { AzureCriteria, AzureEnvironment } from '../../core/criteria/criteria.ts'
import { InputError, ServiceError } from '../../errors.ts'
import { once, urlOption } from '../options.ts'
import { readLogin, readPrincipal } from './azure-login.ts'
import type { CloudArguments } from './types.ts'

export interface AzureArgs {
  readonly subscription?: string | undefined
  readonly location?: string | undefined
  readonly 'azure-environment'?: AzureEnvironment | undefined
  readonly 'azure-endpoint'?: string | undefined
}

function azureOptions<T>(argv: Argv<T>) {
  return argv
    .option('subscription', {
      type: 'string',
      group: 'Azure:',
      describe: 'The subscription to ask with',
      defaultDescription: 'AZURE_SUBSCRIPTION_ID, the service principal file, or az login',
      coerce: once('subscription'),
    })
    .option('location', {
      type: 'string',
      group: 'Azure:',
      describe: 'The region to ask; the images are the same in all',
      defaultDescription: "the criteria's",
      coerce: locationOption,
    })
    .option('azure-environment', {
      choices: ['AzurePublicCloud', 'AzureUSGovernmentCloud', 'AzureChinaCloud'] as const,
      group: 'Azure:',
      describe: 'The cloud to ask',
      defaultDescription: "the criteria's",
    })
    .option('azure-endpoint', {
      type: 'string',
      group: 'Azure:',
      describe: 'Any other Resource Manager',
      coerce: urlOption('azure-endpoint'),
    })
}

/** As Azure itself reads it: `East US` is `eastus`. It stands in a URL and in the recording. */
function locationOption(value: unknown): string | undefined {
  const text = once('location')(value)
  if (text === undefined) return undefined
  const name = text.toLowerCase().replaceAll(' ', '')
  if (!/^[a-z0-9]+$/.test(name)) {
    throw new InputError(
      `--location: expected a region such as eastus, found ${JSON.stringify(text)}`,
    )
  }
  return name
}

/** The criteria with what the command line says otherwise. */
function azureCriteria(criteria: AzureCriteria, args: AzureArgs): AzureCriteria {
  return {
    ...criteria,
    environment: args['azure-environment'] ?? criteria.environment,
    location: args.location ?? criteria.location,
  }
}

/**
 * Where Azure is and who asks: from the command line, the environment, the service principal file
 * that OpenShift's tools share, and what `az login` left.
 *
 * @throws ServiceError where no subscription is to be found
 */
async function azureSettings(args: AzureArgs, env: NodeJS.ProcessEnv): Promise<AzureSettings> {
  const { principal, origin } = await readPrincipal(env)
  const named = args.subscription ?? (env.AZURE_SUBSCRIPTION_ID || principal?.subscriptionId)
  const login = principal === undefined ? await readLogin(env, named) : undefined
  const subscription = named ?? login?.subscription
  if (!subscription) {
    throw new ServiceError(
      'azure: no subscription to ask with',
      'Set --subscription or AZURE_SUBSCRIPTION_ID, or AZURE_AUTH_LOCATION to a service principal file, or log in with az login.',
    )
  }
  const tenant = env.AZURE_TENANT_ID || login?.tenant
  const endpoint = args['azure-endpoint']
  const authority = env.AZURE_AUTHORITY_HOST
  return {
    subscription,
    ...(tenant && { tenant }),
    ...(principal && { principal }),
    ...(origin && { origin }),
    ...(endpoint && { endpoint }),
    ...(authority && { authority }),
    secrets: [
      'AZURE_CLIENT_ID',
      'AZURE_CLIENT_SECRET',
      'AZURE_TENANT_ID',
      'AZURE_SUBSCRIPTION_ID',
    ].flatMap((name) => env[name] ?? []),
  }
}

export const azureArguments: CloudArguments<AzureArgs, AzureCriteria, AzureSettings> = {
  options: azureOptions,
  criteria: azureCriteria,
  settings: azureSettings,
}
