import { onTestFinished } from 'vitest'
import { type AwsOptions, type AwsStandIn, startAws } from '../stand-in/aws.ts'
import { demonstrationImages, NOT_ENABLED } from '../stand-in/aws-images.ts'

/** A stand-in for EC2, with the demonstration's images, that stops when the test is over. */
export async function awsFor(options: Partial<AwsOptions> = {}): Promise<AwsStandIn> {
  const standIn = await startAws({
    images: demonstrationImages(),
    otherRegions: [NOT_ENABLED],
    pageSize: 30,
    ...options,
  })
  onTestFinished(() => standIn.close())
  return standIn
}
