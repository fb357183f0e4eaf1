import { InputError } from '../../../errors.ts'

/** The service principal that OpenShift's engineers keep in `~/.azure/osServicePrincipal.json`. */
export interface ServicePrincipal {
  readonly subscriptionId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly tenantId: string
}

/** Where Azure is, and who asks. */
export interface AzureSettings {
  readonly subscription: string
  /** Absent: `DefaultAzureCredential` finds one. */
  readonly principal?: ServicePrincipal
  /** A Resource Manager that is none of the known environments'. */
  readonly endpoint?: string
  /** An authority of one's own, `AZURE_AUTHORITY_HOST`. */
  readonly authority?: string
  /** What `DefaultAzureCredential` may find in the environment, to keep it out of the files. */
  readonly secrets?: readonly string[]
}

/** Reads a service principal's file. @throws InputError that names the file and the missing member */
export function readPrincipal(value: unknown, file: string): ServicePrincipal {
  const members = (value ?? {}) as Record<string, unknown>
  const member = (name: keyof ServicePrincipal) => {
    const text = members[name]
    if (typeof text !== 'string' || text === '') {
      throw new InputError(`${file}: .${name}: expected a text, as in a service principal's file`)
    }
    return text
  }
  return {
    subscriptionId: member('subscriptionId'),
    clientId: member('clientId'),
    clientSecret: member('clientSecret'),
    tenantId: member('tenantId'),
  }
}
