import { onTestFinished } from 'vitest'
import { type GcpMockServer, type GcpOptions, startGcp } from '../mock-servers/gcp.ts'
import { demonstrationImages } from '../mock-servers/gcp-images.ts'

/** Starts a mock server for the Compute API that is closed after the test. */
export async function gcpFor(options: Partial<GcpOptions> = {}): Promise<GcpMockServer> {
  const mockServer = await startGcp({ images: demonstrationImages(), pageSize: 4, ...options })
  onTestFinished(() => mockServer.close())
  return mockServer
}
