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
