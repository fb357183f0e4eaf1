import { join } from 'node:path'
import type { AzureSettings, ServicePrincipal } from '../../capture/clouds/azure/settings.ts'
import { ServiceError } from '../../errors.ts'
import { readIfExists } from '../../files/read.ts'
import { credentialsFile, homeFolder } from './home.ts'

/** The variables that a service principal's file goes before. */
const SHADOWED = [
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_TENANT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
]

/** The principal of the file that OpenShift's tools share, and what to say where it does not work. */
export async function readPrincipal(
  env: NodeJS.ProcessEnv,
): Promise<Pick<AzureSettings, 'principal' | 'origin'>> {
  const named = env.AZURE_AUTH_LOCATION
  const home = homeFolder(env)
  const file = named || (home && join(home, '.azure', 'osServicePrincipal.json'))
  if (!file) return {}
  const members = await credentialsFile(file)
  if (members === undefined) {
    if (!named) return {}
    throw new ServiceError(
      'azure: AZURE_AUTH_LOCATION names a file that is not there',
      'Set it to a service principal file, or unset it.',
    )
  }
  const shadowed = SHADOWED.filter((name) => env[name])
  const over = shadowed.length > 0 ? `, which goes before ${shadowed.join(', ')}` : ''
  return {
    principal: await principalIn(members, file),
    origin: `They are those of ${file}${over}: renew or remove it.`,
  }
}

/** @throws ServiceError that names the file and the member, and nothing that stands in it */
async function principalIn(
  members: Readonly<Record<string, unknown>>,
  file: string,
): Promise<ServicePrincipal> {
  const optional = (name: string) => {
    const text = members[name]
    return typeof text === 'string' ? text : ''
  }
  const member = (name: string) => {
    const text = optional(name)
    if (text !== '') return text
    throw new ServiceError(
      `${file}: .${name}: expected a text, as in a service principal's file`,
      'Write it anew, or remove it.',
    )
  }
  const [secret, certificate] = [optional('clientSecret'), optional('clientCertificate')]
  const isManaged = secret === '' && certificate === ''
  const password = optional('clientCertificatePassword')
  return {
    subscriptionId: member('subscriptionId'),
    clientId: isManaged ? optional('clientId') : member('clientId'),
    tenantId: isManaged ? optional('tenantId') : member('tenantId'),
    ...(certificate !== ''
      ? {
          certificate: await readCertificate(certificate, file),
          ...(password !== '' && { certificatePassword: password }),
        }
      : secret !== '' && { clientSecret: secret }),
  }
}

/** A certificate and its key, as PEM; the SDK reads no PKCS #12, which others' tools also take. */
async function readCertificate(certificate: string, file: string): Promise<string> {
  const text = await readIfExists(certificate).catch(() => '')
  if (text === undefined) {
    throw new ServiceError(
      `${file}: .clientCertificate: ${certificate}: no such file`,
      'Name the file of the certificate and its private key.',
    )
  }
  if (
    !/-----BEGIN CERTIFICATE-----/.test(text) ||
    !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
  ) {
    throw new ServiceError(
      `${file}: .clientCertificate: ${certificate}: expected a certificate and its private key as PEM`,
      'A PKCS #12 file becomes one with openssl pkcs12 -in FILE -out FILE.pem.',
    )
  }
  return text
}

/** A subscription of `az login`, and the tenant that it is in. */
export interface Login {
  readonly subscription: string
  readonly tenant: string | undefined
}

/**
 * What `az login` left: the subscription of this id, or the one that is the default.
 *
 * @param wanted the id, in any case; undefined for the default
 */
export async function readLogin(
  env: NodeJS.ProcessEnv,
  wanted: string | undefined,
): Promise<Login | undefined> {
  const home = homeFolder(env)
  const folder = env.AZURE_CONFIG_DIR || (home && join(home, '.azure'))
  if (!folder) return undefined
  // A profile that cannot be read is the business of az, which is asked for the token.
  const profile = await credentialsFile(join(folder, 'azureProfile.json')).catch(() => undefined)
  const all: readonly unknown[] = Array.isArray(profile?.subscriptions) ? profile.subscriptions : []
  const found = all
    .map((each) => (each ?? {}) as { id?: unknown; tenantId?: unknown; isDefault?: unknown })
    .find(({ id, isDefault }) =>
      wanted === undefined ? isDefault === true : String(id).toLowerCase() === wanted.toLowerCase(),
    )
  if (typeof found?.id !== 'string') return undefined
  return {
    subscription: found.id,
    tenant: typeof found.tenantId === 'string' ? found.tenantId : undefined,
  }
}
