import {
  DescribeRegionsCommand,
  EC2Client,
  type EC2ClientConfig,
  type Image,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2'
import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import type { AwsImage, AwsQuery } from '../../../core/snapshot/snapshot.ts'
import { isAwsRegion } from '../../../core/snapshot/values.ts'
import { ServiceError } from '../../../errors.ts'
import { queryError } from '../../http/errors.ts'
import { type Exchange, originWithPort } from '../../http/message.ts'
import type { Cloud } from '../cloud.ts'
import { createPageCheck, malformedMessage, notAList } from '../normalize.ts'
import { explainQuery, refuseOtherHosts } from './errors.ts'
import { getPartition, getProducts, readImages, recordAws } from './images.ts'
import type { AwsSettings } from './settings.ts'
import { awsHandler, readProfileRegion, SILENT, signIn } from './sign-in.ts'

const PAGE_SIZE = 1000

/** Sends one query to EC2 for each region, with all products. */
export const aws: Cloud<AwsQuery, AwsImage, AwsSettings, AwsCriteria> = {
  // Older recordings do not contain deprecated images.
  ignoredParameters: ['Version', 'IncludeDeprecated'],

  async connect(context) {
    const { settings, criteria, recording, shared, warn } = context
    const region = settings && (settings.region ?? (await readProfileRegion()))
    const named = settings?.regions ?? criteria.regions
    const home = region ?? named?.[0] ?? criteria.region
    const { options, secrets } = settings
      ? await shared.once(`aws ${getPartition(home)}`, () => signIn(settings, home, context.signIn))
      : { options: REPLAY_OPTIONS, secrets: [] }
    const open = (region: string) =>
      new EC2Client({
        ...options,
        region,
        requestHandler: awsHandler(refuseOtherHosts(context.send), region),
        logger: SILENT,
        ...(!settings && { endpoint: getPublicUrl(region) }),
      })

    return {
      async listQueries() {
        const list = (from: string) => listRegions(open(from), from, warn)
        const regions = settings
          ? (named ?? (await list(getListingRegion(criteria, region))))
          : await replayRegions(recording ?? [], criteria, list)
        return regions.map((region) => ({ region }))
      },

      async query({ region }) {
        const listed = await listImages(open(region), criteria, region)
        return readImages(listed, criteria, region, warn)
      },

      describe,
      identify: ({ region }) => ({ region }),
      record: (exchange) =>
        recordAws(
          exchange,
          criteria,
          (region) => originWithPort(getPublicUrl(region)),
          settings !== undefined,
        ),
      secrets: () => secrets,

      remedyWithout(failed, all) {
        const names = failed.map(({ region }) => region)
        const others = all.flatMap(({ region }) => (names.includes(region) ? [] : [region]))
        return `Query the other regions with --regions ${others.join(',')}; any images of ${names.join(', ')} in the snapshot are kept.`
      },
    }
  },
}

function describe({ region }: AwsQuery): string {
  return `aws ${region}`
}

/** Settings that the SDK would otherwise read from the environment and from files. */
const REPLAY_OPTIONS: EC2ClientConfig = {
  credentials: { accessKeyId: 'replay', secretAccessKey: 'replay' },
  // A recording returns the same response again.
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  authSchemePreference: [],
  userAgentAppId: async () => undefined,
  disableClockSkewCorrection: true,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
}

const ENDPOINTS = new EC2Client({ ...REPLAY_OPTIONS, region: 'us-east-1' }).config

function getPublicUrl(region: string): string {
  const parameters = { Region: region, UseDualStack: false, UseFIPS: false }
  return ENDPOINTS.endpointProvider(parameters).url.toString()
}

/** The region that lists the regions, in the partition of the account. */
function getListingRegion({ region }: AwsCriteria, home: string | undefined): string {
  return home !== undefined && getPartition(home) !== getPartition(region) ? home : region
}

/** The regions that have images in the recording. The list of the account may have others. */
async function replayRegions(
  recording: readonly Exchange[],
  criteria: AwsCriteria,
  list: (from: string) => Promise<unknown>,
): Promise<string[]> {
  const regionsWith = (action: string) =>
    recording.flatMap(({ body, scope }) =>
      Object(body).Action === action
        ? (/^https:\/\/ec2\.([a-z0-9-]+)\.amazonaws\./.exec(scope)?.[1] ?? [])
        : [],
    )
  const regions = [...new Set(regionsWith('DescribeImages'))]
  const [listing] = regionsWith('DescribeRegions')
  if (listing !== undefined || regions.length === 0) await list(listing ?? criteria.region)
  return regions
}

/** The regions that the account has enabled; others refuse every query. */
async function listRegions(
  client: EC2Client,
  region: string,
  warn: (text: string) => void,
): Promise<string[]> {
  const query = `aws ${region} regions`
  const response = await client.send(new DescribeRegionsCommand({})).catch((error) => {
    throw queryError(error, query, explainQuery)
  })
  const enabled = (response.Regions ?? [])
    .filter(({ OptInStatus: status }) => status !== 'not-opted-in')
    .flatMap(({ RegionName: name }, at) => {
      if (name === undefined || isAwsRegion(name)) return name ?? []
      warn(malformedMessage(query, `region ${at + 1}`, 'name'))
      return []
    })
  if (enabled.length === 0) {
    throw new ServiceError(
      `${query}: the response contains no regions`,
      'Set the regions with --regions.',
    )
  }
  return enabled
}

async function listImages(
  client: EC2Client,
  criteria: AwsCriteria,
  region: string,
): Promise<Image[]> {
  const images: Image[][] = []
  // Sorted: the criteria of a snapshot have the plans in another order.
  const names = getProducts(criteria)
    .map(({ id }) => `*${id}*`)
    .sort()
  const pages = paginateDescribeImages(
    { client, pageSize: PAGE_SIZE },
    {
      Owners: ['aws-marketplace'],
      Filters: [{ Name: 'name', Values: names }],
      // Otherwise a deprecated image looks like one that is not listed.
      IncludeDeprecated: true,
    },
  )
  const checkPage = createPageCheck(describe({ region }))
  try {
    for await (const { Images: page, NextToken: token } of pages) {
      checkPage(token)
      if (page === undefined) throw notAList(describe({ region }), 'AWS_ENDPOINT_URL_EC2')
      images.push(page)
    }
  } catch (error) {
    throw queryError(error, describe({ region }), explainQuery)
  }
  return images.flat()
}
