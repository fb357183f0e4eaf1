import { request } from 'node:https'
import { onTestFinished } from 'vitest'
import { type AzureMockServer, type AzureOptions, startAzure } from '../mock-servers/azure.ts'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import { type Outcome, run } from './cli.ts'

/** Starts a mock server for Azure that is closed after the test. */
export async function azureFor(
  images: readonly AzureImage[],
  options: Omit<AzureOptions, 'images'> = {},
): Promise<AzureMockServer> {
  const mockServer = await startAzure({ images, ...options })
  onTestFinished(() => mockServer.close())
  return mockServer
}

/** Runs `capture` with a mock server. */
export function capture(
  mockServer: AzureMockServer,
  snapshot: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return run(['capture', snapshot, '--azure-endpoint', mockServer.url, ...args], {
    env: { ...mockServer.environment, ...env },
  })
}

/** Variables for the endpoint and the certificate of a mock server, without credentials. */
export function withoutLogin({ environment }: AzureMockServer): Readonly<Record<string, string>> {
  const { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY } = environment
  return { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY }
}

/** Signs in to a mock server. */
export function getToken({ url, certificate, account }: AzureMockServer): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: account.clientId,
    client_secret: account.clientSecret,
    scope: 'https://management.azure.com/.default',
  })
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/${account.tenantId}/oauth2/v2.0/token`,
      { method: 'POST', ca: certificate },
      async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        resolve(JSON.parse(Buffer.concat(chunks).toString()).access_token)
      },
    )
    sent.on('error', reject).end(String(form))
  })
}
