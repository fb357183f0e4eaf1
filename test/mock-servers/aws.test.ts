import { Agent } from 'node:https'
import {
  DescribeImagesCommand,
  type DescribeImagesRequest,
  EC2Client,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AwsMockServer, type AwsOptions, startAws } from './aws.ts'
import { DEMONSTRATION_AWS_ACCOUNT } from './aws-account.ts'
import { type AwsImage, MARKETPLACE } from './aws-image.ts'

// Silences the SDK's warning about Node versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const REGION = 'us-east-1'
const OTHER = '111122223333'
const PAST = { deprecationTime: '2024-12-01T00:00:00.000Z' }

function image(name: string, more: Partial<AwsImage> = {}): AwsImage {
  const creationDate = '2024-10-15T11:02:55.000Z'
  return { region: REGION, name, architecture: 'x86_64', creationDate, ...more }
}

const IMAGES: AwsImage[] = [
  image('first', { description: 'What is first' }),
  image('second', { architecture: 'arm64' }),
  image('a*b'),
  image('theirs', { owner: OTHER }),
  image('past', PAST),
  image('ours-past', { ...PAST, owner: DEMONSTRATION_AWS_ACCOUNT.accountId }),
  image('disabled', { state: 'disabled' }),
  image('ours-disabled', { state: 'disabled', owner: DEMONSTRATION_AWS_ACCOUNT.accountId }),
  image('elsewhere', { region: 'eu-central-1' }),
]

let aws: AwsMockServer

async function start(options: Partial<AwsOptions> = {}): Promise<void> {
  await aws?.close()
  aws = await startAws({ images: IMAGES, otherRegions: ['me-south-1'], ...options })
}

beforeEach(() => start())
afterEach(() => aws.close())

function connect(region = REGION): EC2Client {
  return new EC2Client({
    region,
    endpoint: aws.url,
    credentials: aws.account,
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca: aws.certificate }) },
  })
}

/** The names of the listed images. */
async function list(input: DescribeImagesRequest = {}): Promise<unknown> {
  const { Images = [] } = await connect().send(new DescribeImagesCommand(input))
  return Images.map(({ Name }) => Name)
}

const NAMES = { Name: 'name', Values: ['first', 'second'] }
const PUBLIC = ['first', 'second', 'a*b', 'theirs']

test.each<[string, DescribeImagesRequest, string[]]>([
  ['public and own images by default', {}, [...PUBLIC, 'ours-past']],
  [
    'deprecated images with IncludeDeprecated',
    { IncludeDeprecated: true },
    [...PUBLIC, 'past', 'ours-past'],
  ],
  [
    'own disabled images with IncludeDisabled',
    { IncludeDisabled: true },
    [...PUBLIC, 'ours-past', 'ours-disabled'],
  ],
  ['own images of the owner "self"', { Owners: ['self'] }, ['ours-past']],
  [
    'marketplace images by owner alias',
    { Owners: [MARKETPLACE.alias] },
    ['first', 'second', 'a*b'],
  ],
  ['images of two owners', { Owners: [MARKETPLACE.id, OTHER] }, PUBLIC],
  ['images with one of two names', { Filters: [NAMES] }, ['first', 'second']],
  [
    'images whose names match wildcards',
    { Filters: [{ Name: 'name', Values: ['?irst', 'se*d'] }] },
    ['first', 'second'],
  ],
  [
    'no images if the case of the name differs',
    { Filters: [{ Name: 'name', Values: ['First'] }] },
    [],
  ],
])('lists %s', async (_, input, names) => {
  expect(await list(input)).toEqual(names)
})

test('returns empty pages before pages with images', async () => {
  await start({ pageSize: 2, emptyPages: 2 })
  const sizes: number[] = []
  for await (const { Images = [] } of paginateDescribeImages(
    { client: connect() },
    { MaxResults: 5 },
  )) {
    sizes.push(Images.length)
  }
  expect(sizes).toEqual([0, 0, 2, 2, 1])
  expect(await list()).toHaveLength(5)
})
