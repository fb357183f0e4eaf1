import { onTestFinished } from 'vitest'
import { type AwsMockServer, type AwsOptions, startAws } from '../mock-servers/aws.ts'
import { demonstrationImages, NOT_ENABLED } from '../mock-servers/aws-images.ts'

/** A mock server for EC2, with the demonstration's images, that stops when the test is over. */
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
