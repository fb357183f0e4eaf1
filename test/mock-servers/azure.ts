import { type AzureAccount, DEMONSTRATION_ACCOUNT } from './azure-account.ts'
import type { AzureImage } from './azure-image.ts'
import { createResourceManager } from './azure-resource-manager.ts'
import { plantSecrets } from './azure-secrets.ts'
import { createSignIn } from './azure-sign-in.ts'
import { type SecureOptions, type SecureServer, startSecureServer } from './server.ts'

export interface AzureOptions extends SecureOptions {
  images: readonly AzureImage[]
  /** Existing regions. Each region has all images. Default: `eastus`. */
  locations?: readonly string[]
  /** Overrides for the account of the demonstration. IDs must be in lower case. */
  account?: Partial<AzureAccount>
  /**
   * Strings for the places where Azure identifies the caller: percent-encoded in the headers
   * `x-ms-operation-identifier`, `x-ms-client-principal-id` and `set-cookie`, and in the `tags` of
   * items and the `additionalInfo` of errors. Tests verify that recordings do not contain the
   * strings.
   */
  secrets?: readonly string[]
}

export interface AzureMockServer extends SecureServer {
  account: AzureAccount
  /** Variables for `capture`: sign-in host, credentials and trusted certificate. */
  environment: Record<AzureVariable, string>
  setImages(images: readonly AzureImage[]): void
}

export type AzureVariable =
  | 'NODE_EXTRA_CA_CERTS'
  | 'NO_PROXY'
  | 'AZURE_AUTHORITY_HOST'
  | 'AZURE_TENANT_ID'
  | 'AZURE_CLIENT_ID'
  | 'AZURE_CLIENT_SECRET'
  | 'AZURE_SUBSCRIPTION_ID'

/**
 * Starts a server that is the sign-in host and the Resource Manager of one subscription. Clients
 * send instance discovery for an unknown host to Microsoft. They only reach this server through a
 * proxy, or if instance discovery is disabled.
 */
export async function startAzure(options: AzureOptions): Promise<AzureMockServer> {
  const account = { ...DEMONSTRATION_ACCOUNT, ...options.account }
  const planted = plantSecrets(options.secrets ?? [])
  let images = [...options.images]
  const signIn = createSignIn(account, planted)
  const manager = createResourceManager({
    account,
    signIn,
    planted,
    locations: options.locations ?? ['eastus'],
    images: () => images,
  })

  const server = await startSecureServer(
    (request) => signIn.respond(request) ?? manager.respond(request),
    {
      gzip: true,
      ...options,
      errorResponse: (status, request) =>
        signIn.fail(status, request) ?? manager.fail(status, request),
    },
  )

  return {
    ...server,
    account,
    environment: {
      NODE_EXTRA_CA_CERTS: server.certificateFile,
      // A proxy on another machine cannot reach this server.
      NO_PROXY: '127.0.0.1',
      AZURE_AUTHORITY_HOST: server.url,
      AZURE_TENANT_ID: account.tenantId,
      AZURE_CLIENT_ID: account.clientId,
      AZURE_CLIENT_SECRET: account.clientSecret,
      AZURE_SUBSCRIPTION_ID: account.subscriptionId,
    },
    setImages(replacement) {
      images = [...replacement]
    },
  }
}
