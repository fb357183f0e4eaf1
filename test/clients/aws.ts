import { expect } from 'vitest'
import { type AwsImage, getImageId, MARKETPLACE } from '../mock-servers/aws-image.ts'
import { PRODUCTS } from '../mock-servers/aws-images.ts'
import type { Row, TestClouds } from './test-clouds.ts'

const NAMES = `Name=name,Values=${PRODUCTS.map(({ id }) => `*${id}*`).join(',')}`
const IMAGES = ['ec2', 'describe-images', '--owners', 'aws-marketplace', '--filters', NAMES]
const JSON_OUT = ['--output', 'json']

/**
 * Each function compares the output of aws with a snapshot and with the images of the mock server.
 */
export const AWS = {
  async 'aws ec2 describe-regions'(testClouds: TestClouds): Promise<void> {
    const { Regions: regions } = JSON.parse(
      await testClouds.client('aws', 'ec2', 'describe-regions', ...JSON_OUT),
    )
    const names = regions.map((each: Row) => each.RegionName)
    expect(
      regions.map(({ Endpoint, OptInStatus }: Row) => [Endpoint, OptInStatus]),
      'endpoints',
    ).toEqual(names.map((name: string) => [`ec2.${name}.amazonaws.com`, 'opt-in-not-required']))
    expect(names.toSorted(), 'aws and the mock server').toEqual(
      [...new Set(testClouds.awsImages.map(({ region }) => region))].sort(),
    )
    const { queries } = await testClouds.capture('aws')
    expect(names.toSorted(), 'aws and capture').toEqual(queries.map(({ region }) => region).sort())
  },

  /** aws joins pages of five images. `capture` also includes deprecated images. */
  async 'aws ec2 describe-images --include-deprecated'(testClouds: TestClouds): Promise<void> {
    for (const region of ['us-east-1', 'sa-east-1']) {
      const options = ['--include-deprecated', '--page-size', '5', '--region', region]
      const before = testClouds.clouds.aws.queries.length
      const printed = await describeImages(testClouds, options)
      const pages = testClouds.clouds.aws.queries.length - before
      const known = testClouds.awsImages.filter(
        (image) => image.region === region && isFromMarketplace(image),
      )
      expect(printed.map(getFields).sort(), 'aws and the mock server').toEqual(
        known.map(toRow).sort(),
      )
      // The first page is empty, which EC2 allows.
      expect(pages, 'pages').toBe(1 + Math.ceil(known.length / 5))
      const captured = await testClouds.capture('aws')
      const listed: Row[] = JSON.parse(await captured.list('-o', 'json'))
      const own = listed.filter((row) => row.region === region)
      expect(own.length).toBeGreaterThan(10)
      const ARCHITECTURES = { x86_64: 'x86_64', arm64: 'aarch64' }
      expect(
        printed
          .map(({ Architecture, ImageId, Name }) =>
            [ARCHITECTURES[Architecture as keyof typeof ARCHITECTURES], ImageId, Name].join(' '),
          )
          .sort(),
        'aws and list',
      ).toEqual(
        own.map(({ architecture, image, name }) => [architecture, image, name].join(' ')).sort(),
      )
      expect(
        printed
          .map(({ ImageId, State, DeprecationTime: time }) =>
            [ImageId, State === 'available', time].join(' '),
          )
          .sort(),
        'aws and capture',
      ).toEqual(
        captured.images
          .filter((row) => row.region === region)
          .map(({ image, state, deprecation }) =>
            [image, state !== 'unavailable', deprecation].join(' '),
          )
          .sort(),
      )
    }
  },
} as const satisfies Record<string, (testClouds: TestClouds) => Promise<void>>

async function describeImages(testClouds: TestClouds, options: readonly string[]): Promise<Row[]> {
  return JSON.parse(await testClouds.client('aws', ...IMAGES, ...options, ...JSON_OUT)).Images
}

function isFromMarketplace({ owner = MARKETPLACE.id }: AwsImage): boolean {
  return owner === MARKETPLACE.id
}

function getFields({ ImageId, Name, Architecture, State, DeprecationTime }: Row): string {
  return [ImageId, Name, Architecture, State, DeprecationTime].join(' ')
}

function toRow(image: AwsImage): string {
  const { name, architecture, state = 'available', deprecationTime } = image
  return [getImageId(image), name, architecture, state, deprecationTime].join(' ')
}
