import { type AzureAccount, DEMONSTRATION_ACCOUNT } from './azure-account.ts'
import { plant } from './azure-echo.ts'
import type { AzureImage } from './azure-image.ts'
import { resourceManager } from './azure-resource-manager.ts'
import { signIn } from './azure-sign-in.ts'
import { type SecureOptions, type SecureServer, startSecureServer } from './server.ts'

export interface AzureOptions extends SecureOptions {
  images: readonly AzureImage[]
  /** Regions that exist; all of them have all the images. Default `eastus` alone. */
  locations?: readonly string[]
  /** Differences from the demonstration's account; ids in lower case. */
  account?: Partial<AzureAccount>
  /**
   * Strings to plant wherever Azure says who asked: in the headers `x-ms-operation-identifier`,
   * `x-ms-client-principal-id` and `set-cookie`, percent-encoded; in each item's `tags` and each
   * error's `additionalInfo`. A test of what a recording keeps then looks for them.
   */
  secrets?: readonly string[]
}

/** A running mock server for Azure. */
export interface AzureMockServer extends SecureServer {
  account: AzureAccount
  /**
   * The variables that let a child process find, trust and sign in to the mock server. They replace
   * a `NODE_EXTRA_CA_CERTS` and a `NO_PROXY` of the surroundings.
   */
  environment: Record<AzureVariable, string>
  /** Replaces all images. */
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
 * Starts an https server that is both the sign-in host and the Resource Manager of one
 * subscription, with the four lists of virtual machine images and each image alone.
 *
 * It answers instance discovery as well; but a client that does not know its host asks Microsoft,
 * unless a proxy leads from there to here, or it is told not to ask.
 *
 * @throws Error where the port cannot be had.
 */
export async function startAzure(options: AzureOptions): Promise<AzureMockServer> {
  const account = { ...DEMONSTRATION_ACCOUNT, ...options.account }
  const echo = plant(options.secrets ?? [])
  let images = [...options.images]
  const identity = signIn(account, echo)
  const manager = resourceManager({
    account,
    identity,
    echo,
    locations: options.locations ?? ['eastus'],
    images: () => images,
  })

  const server = await startSecureServer(
    (request) => identity.answer(request) ?? manager.answer(request),
    {
      gzip: true,
      ...options,
      errorAnswer: (status, request) =>
        identity.fail(status, request) ?? manager.fail(status, request),
    },
  )

  return {
    ...server,
    account,
    environment: {
      NODE_EXTRA_CA_CERTS: server.certificateFile,
      // A proxy of the surroundings could not reach the loopback interface of this machine.
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
