import { onTestFinished } from 'vitest'
import { type AwsMockServer, type AwsOptions, startAws } from '../mock-servers/aws.ts'
import { demonstrationImages, NOT_ENABLED } from '../mock-servers/aws-images.ts'

/** Starts a mock server for EC2 that is closed after the test. */
export async function awsFor(options: Partial<AwsOptions> = {}): Promise<AwsMockServer> {
  const mockServer = await startAws({
    images: demonstrationImages(),
    otherRegions: [NOT_ENABLED],
    pageSize: 30,
    ...options,
  })
  onTestFinished(() => mockServer.close())
  return mockServer
}
