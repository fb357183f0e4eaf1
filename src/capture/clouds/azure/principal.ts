import { InputError, ServiceError } from '../../../errors.ts'
import type { Source } from '../cloud.ts'
import { credentialMembers, homeFolder, readPath } from '../credentials.ts'

/** The service principal that OpenShift's tools keep in `~/.azure/osServicePrincipal.json`. */
export interface ServicePrincipal {
  readonly subscriptionId: string
  readonly tenantId: string
  /** Empty for the machine's own managed identity. */
  readonly clientId: string
  /** How it signs in; absent for a managed identity. */
  readonly clientSecret?: string
  /** A certificate and its private key, as PEM. */
  readonly certificate?: string
  readonly certificatePassword?: string
}

interface FoundPrincipal {
  readonly principal?: ServicePrincipal
  readonly origin?: string
}

/** Variables that a service principal file overrides. */
const OVERRIDDEN = [
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_TENANT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
]

/** The principal, and what to do if it does not work. */
export function readPrincipal(source: Source): FoundPrincipal {
  const { env } = source
  const home = homeFolder(env)
  const named = env.AZURE_AUTH_LOCATION
  const file = named || (home && `${home}/.azure/osServicePrincipal.json`)
  if (!file) return {}
  const text = named ? readPath('AZURE_AUTH_LOCATION', source) : source.readFile(file)
  if (text === undefined) return {}
  const overridden = OVERRIDDEN.filter((name) => env[name])
  const which = overridden.length > 0 ? `, which overrides ${overridden.join(', ')}` : ''
  return {
    principal: toPrincipal(credentialMembers(text, file), file, source),
    origin: `Renew or remove ${file}${which}.`,
  }
}

/** @throws InputError or ServiceError that names the file and the member, without its value */
function toPrincipal(
  members: Readonly<Record<string, unknown>>,
  file: string,
  source: Source,
): ServicePrincipal {
  const optional = (name: string) => {
    const text = members[name]
    if (text === undefined || text === null) return ''
    if (typeof text === 'string' && text === text.trim()) return text
    throw new InputError(
      `${file}: .${name}: has white space at its ends, or is not text`,
      `Correct .${name}.`,
    )
  }
  const required = (name: string) => {
    const text = optional(name)
    if (text !== '') return text
    throw new ServiceError(`${file}: .${name}: missing`, `Add .${name}, or remove ${file}.`)
  }
  const [clientSecret, path] = [optional('clientSecret'), optional('clientCertificate')]
  const isManaged = clientSecret === '' && path === ''
  const certificatePassword = optional('clientCertificatePassword')
  const tenantId = isManaged ? optional('tenantId') : required('tenantId')
  if (tenantId !== '') checkTenant(tenantId, `${file}: .tenantId`)
  const certificate = path === '' ? undefined : readCertificate(path, file, source)
  return {
    subscriptionId: required('subscriptionId'),
    clientId: isManaged ? optional('clientId') : required('clientId'),
    tenantId,
    ...(certificate !== undefined && { certificate }),
    ...(certificate !== undefined && certificatePassword !== '' && { certificatePassword }),
    ...(certificate === undefined && clientSecret !== '' && { clientSecret }),
  }
}

/** A certificate and its key as PEM; the SDK does not read PKCS #12. */
function readCertificate(path: string, file: string, source: Source): string {
  const place = `${file}: .clientCertificate`
  const text = readPath(place, source, path)
  if (
    /-----BEGIN CERTIFICATE-----/.test(text ?? '') &&
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text ?? '')
  ) {
    return text ?? ''
  }
  throw new ServiceError(
    `${place}: expected a file with a certificate and its private key as PEM`,
    'Convert a PKCS #12 file with openssl pkcs12 -in FILE -out FILE.pem.',
  )
}

/** @throws InputError for text that the library refuses */
export function checkTenant(tenant: string, place: string): void {
  if (/^[0-9A-Za-z.-]+$/.test(tenant)) return
  throw new InputError(
    `${place}: expected the id or a domain of a tenant`,
    `Set it to the tenantId that az account show prints.`,
  )
}
