import { onTestFinished } from 'vitest'
import { type GcpOptions, type GcpStandIn, startGcp } from '../stand-in/gcp.ts'
import { demonstrationImages } from '../stand-in/gcp-images.ts'

/** A stand-in for Compute, with the demonstration's images, that stops when the test is over. */
export async function gcpFor(options: Partial<GcpOptions> = {}): Promise<GcpStandIn> {
  const standIn = await startGcp({ images: demonstrationImages(), pageSize: 4, ...options })
  onTestFinished(() => standIn.close())
  return standIn
}
