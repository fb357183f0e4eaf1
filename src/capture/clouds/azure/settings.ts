/** The service principal that OpenShift's engineers keep in `~/.azure/osServicePrincipal.json`. */
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

/** Where Azure is, and who asks. */
export interface AzureSettings {
  readonly subscription: string
  /** The subscription's, where it is known: a login may be at home in another. */
  readonly tenant?: string
  /** Absent: `DefaultAzureCredential` finds one. */
  readonly principal?: ServicePrincipal
  /** Whose credentials they are, for errors: the principal's file and what it goes before. */
  readonly origin?: string
  /** A Resource Manager that is none of the known environments'. */
  readonly endpoint?: string
  /** An authority of one's own, `AZURE_AUTHORITY_HOST`. */
  readonly authority?: string
  /** What `DefaultAzureCredential` may find in the environment, to keep it out of the files. */
  readonly secrets?: readonly string[]
}
