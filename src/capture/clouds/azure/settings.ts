import type { AzureCriteria, AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { InputError, MissingCredentials } from '../../../errors.ts'
import type { CloudSettings, Source } from '../cloud.ts'
import { credentialMembers, environmentSecrets, homeFolder, readPath } from '../credentials.ts'
import { checkTenant, readPrincipal, type ServicePrincipal } from './principal.ts'

/** The hosts of an Azure cloud: Resource Manager, authority, and the audience of its tokens. */
export interface Hosts {
  readonly endpoint: string
  readonly authority: string
  readonly scope: string
  /** What `az` calls this cloud. */
  readonly azName: string
}

export const ENVIRONMENTS = {
  AzurePublicCloud: {
    endpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    scope: 'https://management.azure.com/.default',
    azName: 'AzureCloud',
  },
  AzureUSGovernmentCloud: {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    scope: 'https://management.usgovcloudapi.net/.default',
    azName: 'AzureUSGovernment',
  },
  AzureChinaCloud: {
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    scope: 'https://management.chinacloudapi.cn/.default',
    azName: 'AzureChinaCloud',
  },
} as const satisfies Record<AzureEnvironment, Hosts>

const NAMES = Object.keys(ENVIRONMENTS) as AzureEnvironment[]

/** Where Azure is, and who captures. */
export interface AzureSettings {
  readonly subscription: string
  /** The subscription's tenant, if it is known: a login may have another home tenant. */
  readonly tenant?: string
  /** Absent: `DefaultAzureCredential` finds credentials. */
  readonly principal?: ServicePrincipal
  /** Which file the principal is from and what it overrides, as a remedy. */
  readonly origin?: string
  /** A Resource Manager that is not of a known environment. */
  readonly endpoint?: string
  /** The value of `AZURE_AUTHORITY_HOST`. */
  readonly authority?: string
  /** Ids and secrets of the environment, which no file may contain. */
  readonly secrets: readonly string[]
}

/** What `DefaultAzureCredential` accepts in `AZURE_TOKEN_CREDENTIALS`, in any case. */
const TOKEN_CREDENTIALS = [
  ...['prod', 'dev', 'EnvironmentCredential', 'WorkloadIdentityCredential'],
  ...['ManagedIdentityCredential', 'VisualStudioCodeCredential', 'AzureCliCredential'],
  ...['AzurePowerShellCredential', 'AzureDeveloperCliCredential'],
]

export const azureSettings = {
  options: {
    subscription: {
      describe: 'Subscription',
      default: 'environment, az login',
    },
    location: {
      describe: 'Region to query',
      default: "the criteria's",
      read: readLocation,
    },
    'azure-environment': {
      describe: 'Azure cloud',
      default: "az login's",
      choices: NAMES,
    },
    'azure-endpoint': { describe: 'URL of the Resource Manager', isUrl: true },
  },

  resolve(criteria: AzureCriteria, source: Source): AzureCriteria {
    const { location, 'azure-environment': environment } = source.args
    return {
      ...criteria,
      environment: (environment ?? findEnvironment(criteria, source)) as AzureEnvironment,
      location: String(location ?? criteria.location),
    }
  },

  read(source: Source): AzureSettings {
    const { args, env } = source
    checkVariables(env)
    readPath('AZURE_CLIENT_CERTIFICATE_PATH', source)
    readPath('AZURE_FEDERATED_TOKEN_FILE', source)
    const { principal, origin } = readPrincipal(source)
    if (principal === undefined) checkTokenCredentials(env.AZURE_TOKEN_CREDENTIALS)
    const wanted = args.subscription ?? (env.AZURE_SUBSCRIPTION_ID || principal?.subscriptionId)
    const login = principal ? undefined : readLogin(source, wanted as string | undefined)
    const subscription = wanted ?? login?.id
    if (typeof subscription !== 'string') throw noSubscription(env)
    if (!/^[\w.-]+$/.test(subscription)) {
      throw new InputError(
        'azure: the subscription is not an id',
        'Set --subscription to an id of az account list.',
      )
    }
    const tenant = env.AZURE_TENANT_ID || login?.tenantId
    const endpoint = args['azure-endpoint']
    return {
      subscription,
      ...(tenant && { tenant }),
      ...(principal && { principal, origin }),
      ...(typeof endpoint === 'string' && { endpoint }),
      ...(env.AZURE_AUTHORITY_HOST && { authority: env.AZURE_AUTHORITY_HOST }),
      secrets: environmentSecrets(env, [
        'AZURE_CLIENT_ID',
        'AZURE_CLIENT_SECRET',
        'AZURE_TENANT_ID',
        'AZURE_SUBSCRIPTION_ID',
      ]),
    } as AzureSettings
  },
} as const satisfies CloudSettings<AzureCriteria, AzureSettings>

/** As Azure reads it: `East US` is `eastus`. It becomes part of a URL and of the recording. */
function readLocation(text: string, option: string): string {
  const name = text.toLowerCase().replaceAll(' ', '')
  if (/^[a-z0-9]+$/.test(name)) return name
  throw new InputError(`${option}: expected a region such as eastus, found ${JSON.stringify(text)}`)
}

function checkVariables(env: Source['env']): void {
  const { AZURE_AUTHORITY_HOST: authority, AZURE_TENANT_ID: tenant } = env
  if (authority && !/^https:\/\/[^\s/@]+\/?$/.test(authority)) {
    throw new InputError(
      'AZURE_AUTHORITY_HOST: expected a URL such as https://login.microsoftonline.com',
      'Correct or unset AZURE_AUTHORITY_HOST.',
    )
  }
  if (tenant) checkTenant(tenant, 'AZURE_TENANT_ID')
}

function checkTokenCredentials(value: string | undefined): void {
  const name = value?.trim().toLowerCase()
  if (!name || TOKEN_CREDENTIALS.some((known) => known.toLowerCase() === name)) return
  throw new InputError(
    'AZURE_TOKEN_CREDENTIALS: unknown value',
    `Set it to ${TOKEN_CREDENTIALS.slice(0, -1).join(', ')} or ${TOKEN_CREDENTIALS.at(-1)}, or unset it.`,
  )
}

function noSubscription(env: Source['env']): Error {
  return env.AZURE_CLIENT_ID && env.AZURE_TENANT_ID
    ? new MissingCredentials(
        'azure: no subscription',
        'Set --subscription or AZURE_SUBSCRIPTION_ID.',
      )
    : new MissingCredentials('azure: no credentials found', CREDENTIALS)
}

export const CREDENTIALS =
  'Sign in with az login, or set AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or set AZURE_AUTH_LOCATION to a service principal file.'

/** An environment in the criteria that is not the public one was chosen; else that of the sign-in. */
function findEnvironment({ environment }: AzureCriteria, source: Source): AzureEnvironment {
  const { args, env } = source
  if (environment !== 'AzurePublicCloud') return environment
  const authority = env.AZURE_AUTHORITY_HOST?.replace(/\/$/, '')
  const byAuthority = NAMES.find((name) => ENVIRONMENTS[name].authority === authority)
  if (byAuthority !== undefined) return byAuthority
  if (env.AZURE_CLIENT_ID || readPrincipal(source).principal) return environment
  const wanted = args.subscription ?? env.AZURE_SUBSCRIPTION_ID
  const login = readLogin(source, (wanted as string) || undefined)
  return NAMES.find((name) => ENVIRONMENTS[name].azName === login?.environmentName) ?? environment
}

interface Login {
  readonly id?: unknown
  readonly tenantId?: string
  readonly isDefault?: unknown
  readonly environmentName?: unknown
}

/** The subscription of `az login` with this id, or the default one. */
function readLogin(source: Source, wanted: string | undefined): Login | undefined {
  const home = homeFolder(source.env)
  const folder = source.env.AZURE_CONFIG_DIR || (home && `${home}/.azure`)
  if (!folder) return undefined
  // An unreadable profile is reported by az, which is called for the token.
  const text = source.readFile(`${folder}/azureProfile.json`)
  try {
    const { subscriptions } = credentialMembers(text ?? '{}', '')
    const all = (Array.isArray(subscriptions) ? subscriptions : []) as readonly Login[]
    const found = all.find((each) =>
      wanted === undefined
        ? each?.isDefault === true
        : String(each?.id).toLowerCase() === wanted.toLowerCase(),
    )
    return typeof found?.id === 'string' ? found : undefined
  } catch {
    return undefined
  }
}
