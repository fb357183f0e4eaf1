import type { AzureCriteria, AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { InputError, MissingCredentials, ServiceError } from '../../../errors.ts'
import type { CloudSettings, Source } from '../cloud.ts'
import { getHomeFolder, parseCredentials, readPath, readSecrets } from '../credentials.ts'

export interface Hosts {
  /** The Resource Manager. */
  readonly endpoint: string
  readonly authority: string
  readonly scope: string
  /** The name of this cloud in `az`. */
  readonly azName: string
}

function hosts(azName: string, apiDomain: string, loginDomain: string): Hosts {
  const endpoint = `https://management.${apiDomain}`
  const authority = `https://login.${loginDomain}`
  return { azName, endpoint, authority, scope: `${endpoint}/.default` }
}

export const ENVIRONMENTS: Readonly<Record<AzureEnvironment, Hosts>> = {
  AzurePublicCloud: hosts('AzureCloud', 'azure.com', 'microsoftonline.com'),
  AzureUSGovernmentCloud: hosts('AzureUSGovernment', 'usgovcloudapi.net', 'microsoftonline.us'),
  AzureChinaCloud: hosts('AzureChinaCloud', 'chinacloudapi.cn', 'chinacloudapi.cn'),
}

const NAMES = Object.keys(ENVIRONMENTS) as AzureEnvironment[]

/** The service principal file of OpenShift's tools; a missing member is empty. */
interface ServicePrincipal {
  readonly subscriptionId: string
  readonly tenantId: string
  readonly clientId: string
  /** Empty for a certificate and for a managed identity. */
  readonly clientSecret: string
  /** With its private key, as PEM. */
  readonly certificate: string
  readonly certificatePassword: string
}

export interface AzureSettings {
  readonly subscription: string
  /** Of the subscription: the home tenant of a login may be another one. */
  readonly tenant: string | undefined
  /** Undefined: `DefaultAzureCredential` finds credentials. */
  readonly principal: ServicePrincipal | undefined
  readonly principalFile: string
  /** The variable that the service principal of the environment does not have. */
  readonly missing: string | undefined
  /** Another Resource Manager than that of the environment. */
  readonly endpoint: string | undefined
  readonly authority: string | undefined
  readonly secrets: readonly string[]
}

/** The values of `AZURE_TOKEN_CREDENTIALS` that `DefaultAzureCredential` accepts, ignoring case. */
const TOKEN_CREDENTIALS = [
  ...['prod', 'dev', 'EnvironmentCredential', 'WorkloadIdentityCredential'],
  ...['ManagedIdentityCredential', 'VisualStudioCodeCredential', 'AzureCliCredential'],
  ...['AzurePowerShellCredential', 'AzureDeveloperCliCredential'],
]

export const azureSettings = {
  options: {
    subscription: { describe: 'Subscription', default: 'environment or az login' },
    location: { describe: 'Region to query', default: "the snapshot's", read: readLocation },
    'azure-environment': { describe: 'Azure cloud', default: 'from az login', choices: NAMES },
    'azure-endpoint': { describe: 'URL of the Resource Manager', isUrl: true },
  },

  resolve(criteria: AzureCriteria, source: Source): AzureCriteria {
    const { location = criteria.location, 'azure-environment': environment } = source.args
    return {
      ...criteria,
      environment: (environment ?? findEnvironment(criteria, source)) as AzureEnvironment,
      location: String(location),
    }
  },

  read(source: Source): AzureSettings {
    const { args, env } = source
    checkVariables(env)
    readPath('AZURE_CLIENT_CERTIFICATE_PATH', source)
    readPath('AZURE_FEDERATED_TOKEN_FILE', source)
    const { principal, principalFile } = readPrincipal(source)
    if (principal === undefined) checkTokenCredentials(env.AZURE_TOKEN_CREDENTIALS)
    const wanted = args.subscription ?? (env.AZURE_SUBSCRIPTION_ID || principal?.subscriptionId)
    const login = principal ? undefined : readLogin(source, wanted)
    const subscription = wanted ?? login?.id
    const missing = findMissing(env)
    if (typeof subscription !== 'string') {
      if (missing || !env.AZURE_CLIENT_ID || !env.AZURE_TENANT_ID) throw noCredentials(missing)
      throw new MissingCredentials(
        'azure: missing subscription',
        'Set --subscription or AZURE_SUBSCRIPTION_ID.',
      )
    }
    if (!/^[\w.-]+$/.test(subscription)) {
      throw new InputError(
        'azure: the subscription is not a subscription ID',
        'Set --subscription to an ID from az account list.',
      )
    }
    return {
      subscription,
      tenant: env.AZURE_TENANT_ID || login?.tenantId,
      principal,
      principalFile,
      missing,
      endpoint: args['azure-endpoint'] as string | undefined,
      authority: env.AZURE_AUTHORITY_HOST || undefined,
      secrets: readSecrets(env, [
        'AZURE_CLIENT_ID',
        'AZURE_CLIENT_SECRET',
        'AZURE_TENANT_ID',
        'AZURE_SUBSCRIPTION_ID',
      ]),
    }
  },
} as const satisfies CloudSettings<AzureCriteria, AzureSettings>

function getAzureFolder({ env }: Source): string {
  return `${getHomeFolder(env) ?? ''}/.azure`
}

/** Azure also accepts `East US` for `eastus`. */
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

/** The variable that is not set, of the three that are set together. */
function findMissing(env: Source['env']): string | undefined {
  const names = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET']
  const [missing, ...others] = names.filter((name) => !env[name])
  const isOther = env.AZURE_CLIENT_CERTIFICATE_PATH || env.AZURE_FEDERATED_TOKEN_FILE
  return others.length === 0 && !isOther ? missing : undefined
}

export function noCredentials(missing: string | undefined, cause?: unknown): MissingCredentials {
  return missing === undefined
    ? new MissingCredentials('azure: no credentials found', CREDENTIALS, { cause })
    : new MissingCredentials(
        `azure: no credentials found: ${missing} is not set`,
        `Set ${missing}, or sign in with az login.`,
        { cause },
      )
}

const CREDENTIALS =
  'Sign in with az login, or set AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or set AZURE_AUTH_LOCATION to a service principal file.'

/** That of the criteria if it is not public, else that of the sign-in. */
function findEnvironment({ environment }: AzureCriteria, source: Source): AzureEnvironment {
  const { args, env } = source
  if (environment !== 'AzurePublicCloud') return environment
  const authority = env.AZURE_AUTHORITY_HOST?.replace(/\/$/, '')
  const byAuthority = NAMES.find((name) => ENVIRONMENTS[name].authority === authority)
  if (byAuthority !== undefined) return byAuthority
  if (env.AZURE_CLIENT_ID || readPrincipal(source).principal) return environment
  const login = readLogin(source, args.subscription ?? env.AZURE_SUBSCRIPTION_ID)
  return NAMES.find((name) => ENVIRONMENTS[name].azName === login?.environmentName) ?? environment
}

interface Login {
  readonly id?: unknown
  readonly tenantId?: string
  readonly isDefault?: unknown
  readonly environmentName?: unknown
}

function readLogin(source: Source, wanted: unknown): Login | undefined {
  const folder = source.env.AZURE_CONFIG_DIR || getAzureFolder(source)
  // az reports an unreadable profile when it is called for the token.
  const text = source.readFile(`${folder}/azureProfile.json`)
  try {
    const { subscriptions } = parseCredentials(text ?? '{}', '')
    const found = (subscriptions as readonly Login[]).find((each) =>
      wanted
        ? String(each.id).toLowerCase() === String(wanted).toLowerCase()
        : each.isDefault === true,
    )
    return typeof found?.id === 'string' ? found : undefined
  } catch {
    return undefined
  }
}

function readPrincipal(source: Source): Pick<AzureSettings, 'principal' | 'principalFile'> {
  const { AZURE_AUTH_LOCATION: named } = source.env
  const principalFile = named || `${getAzureFolder(source)}/osServicePrincipal.json`
  const text = named ? readPath('AZURE_AUTH_LOCATION', source) : source.readFile(principalFile)
  const principal = text === undefined ? undefined : toPrincipal(text, principalFile, source)
  return { principal, principalFile }
}

/** @throws InputError or ServiceError with the file and the member, without its value */
function toPrincipal(content: string, file: string, source: Source): ServicePrincipal {
  const members = parseCredentials(content, file)
  const optional = (name: string) => {
    const text = members[name] ?? ''
    if (typeof text === 'string' && text === text.trim()) return text
    throw new InputError(
      `${file}: .${name}: has leading or trailing white space, or is not a string`,
      `Correct .${name}.`,
    )
  }
  const required = (name: string) => {
    const text = optional(name)
    if (text !== '') return text
    throw new ServiceError(`${file}: .${name}: missing`, `Add .${name}, or remove ${file}.`)
  }
  const [clientSecret, path] = [optional('clientSecret'), optional('clientCertificate')]
  const member = clientSecret === '' && path === '' ? optional : required
  const hasOther = source.args.subscription !== undefined || source.env.AZURE_SUBSCRIPTION_ID
  const tenantId = member('tenantId')
  if (tenantId !== '') checkTenant(tenantId, `${file}: .tenantId`)
  return {
    subscriptionId: hasOther ? optional('subscriptionId') : required('subscriptionId'),
    clientId: member('clientId'),
    tenantId,
    certificate: path === '' ? '' : readCertificate(path, `${file}: .clientCertificate`, source),
    certificatePassword: optional('clientCertificatePassword'),
    clientSecret,
  }
}

/** A certificate and its key as PEM; the SDK does not read PKCS #12. */
function readCertificate(path: string, place: string, source: Source): string {
  const text = readPath(place, source, path) ?? ''
  if (/-----BEGIN CERTIFICATE-----/.test(text) && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return text
  }
  throw new ServiceError(
    `${place}: expected a file with a certificate and its private key as PEM`,
    'Convert a PKCS #12 file with openssl pkcs12 -in FILE -out FILE.pem.',
  )
}

function checkTenant(tenant: string, place: string): void {
  if (/^[0-9A-Za-z.-]+$/.test(tenant)) return
  throw new InputError(
    `${place}: expected the ID or a domain of a tenant`,
    `Set it to the tenantId that az account show prints.`,
  )
}
