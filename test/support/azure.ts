import { request } from 'node:https'
import { onTestFinished } from 'vitest'
import { type AzureOptions, type AzureStandIn, startAzure } from '../stand-in/azure.ts'
import type { AzureImage } from '../stand-in/azure-image.ts'
import { type Outcome, run } from './cli.ts'

/** A stand-in for Azure that stops when the test is over. */
export async function azureFor(
  images: readonly AzureImage[],
  options: Omit<AzureOptions, 'images'> = {},
): Promise<AzureStandIn> {
  const standIn = await startAzure({ images, ...options })
  onTestFinished(() => standIn.close())
  return standIn
}

/** `capture` against a stand-in. */
export function capture(
  standIn: AzureStandIn,
  snapshot: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return run(['capture', snapshot, '--azure-endpoint', standIn.url, ...args], {
    env: { ...standIn.environment, ...env },
  })
}

/** What a stand-in for Azure needs to be found and trusted, without credentials. */
export function withoutLogin({ environment }: AzureStandIn): Readonly<Record<string, string>> {
  const { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY } = environment
  return { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY }
}

/** A token that the stand-in takes. */
export function tokenOf({ url, certificate, account }: AzureStandIn): Promise<string> {
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
