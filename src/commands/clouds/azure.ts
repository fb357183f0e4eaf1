import type { AzureSettings } from '../../capture/clouds/azure/settings.ts'
import type { AzureCriteria } from '../../core/criteria/criteria.ts'
import { InputError, MissingCredentials } from '../../errors.ts'
import { type ArgsOf, choice, text } from '../option.ts'
import { checkUrl } from '../url.ts'
import { readLogin, readPrincipal } from './azure-login.ts'
import { checkFiles } from './home.ts'
import type { CloudArguments } from './types.ts'

const options = {
  subscription: text('The subscription to ask with', {
    group: 'Azure:',
    defaultDescription: 'AZURE_SUBSCRIPTION_ID, the service principal file, or az login',
  }),
  location: text(
    'The region to ask; the images are the same in all',
    { group: 'Azure:', defaultDescription: "the criteria's" },
    readLocation,
  ),
  'azure-environment': choice(
    'The cloud to ask',
    ['AzurePublicCloud', 'AzureUSGovernmentCloud', 'AzureChinaCloud'] as const,
    { group: 'Azure:', defaultDescription: "the criteria's" },
  ),
  'azure-endpoint': text('Any other Resource Manager', { group: 'Azure:' }, checkUrl),
}

type AzureArgs = ArgsOf<typeof options>

/** As Azure itself reads it: `East US` is `eastus`. It stands in a URL and in the recording. */
function readLocation(text: string, option: string): string {
  const name = text.toLowerCase().replaceAll(' ', '')
  if (!/^[a-z0-9]+$/.test(name)) {
    throw new InputError(
      `${option}: expected a region such as eastus, found ${JSON.stringify(text)}`,
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
  checkFiles([env.AZURE_CLIENT_CERTIFICATE_PATH, env.AZURE_FEDERATED_TOKEN_FILE])
  const { principal, origin } = await readPrincipal(env)
  const named = args.subscription ?? (env.AZURE_SUBSCRIPTION_ID || principal?.subscriptionId)
  const login = principal === undefined ? await readLogin(env, named) : undefined
  const subscription = named ?? login?.subscription
  if (!subscription) {
    throw new MissingCredentials(
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

export const azureArguments: CloudArguments<typeof options, AzureCriteria, AzureSettings> = {
  options,
  criteria: azureCriteria,
  settings: azureSettings,
}
