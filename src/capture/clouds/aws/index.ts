import {
  DescribeRegionsCommand,
  type EC2Client,
  type Image,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2'
import type { AwsCriteria, Criteria } from '../../../core/criteria/criteria.ts'
import type { AwsImage, AwsQuery } from '../../../core/snapshot/snapshot.ts'
import { isAwsRegion } from '../../../core/snapshot/values.ts'
import { InputError, ServiceError } from '../../../errors.ts'
import { describeFailure } from '../../http/failure.ts'
import { once } from '../../http/shared.ts'
import { leftOut } from '../odd.ts'
import { originOf } from '../origin.ts'
import { pageWatch, spellingOf } from '../token.ts'
import type { Cloud } from '../types.ts'
import { openClients } from './client.ts'
import { readFailure } from './failure.ts'
import { readImages } from './images.ts'
import { productsOf } from './products.ts'
import { recordAws } from './recording.ts'
import type { AwsSettings } from './settings.ts'

/** EC2's most for one page. */
const PAGE_SIZE = 1000

/** AWS's marketplace images: of each region all products at once, through EC2. */
export const aws: Cloud<AwsQuery, AwsImage, AwsSettings> = {
  // Recordings of before the deprecated were asked for say nothing of them.
  ignoredParameters: ['Version', 'IncludeDeprecated'],

  async connect(access, { aws: criteria }: Criteria, note) {
    if (criteria === undefined) throw new InputError('the criteria have no aws to ask for')
    const secrets = access.live
      ? once(access.shared, 'aws secrets', () => [...access.settings.secrets])
      : []
    const { client, publicHost } = openClients(access, secrets, note)
    const notes: string[] = []
    const tell = (text: string) => void notes.push(text)
    return {
      opening: `aws ${criteria.region} regions`,

      async queries() {
        const regions =
          criteria.regions ?? (await enabledRegions(client(criteria.region), criteria, tell))
        return regions.map((region) => ({ region }))
      },

      async ask({ region }) {
        const listed = await listImages(client(region), criteria, region)
        return readImages(listed, criteria, region, tell)
      },

      describe,
      identify: ({ region }) => ({ region }),
      record: (exchange) =>
        recordAws(
          exchange,
          criteria.owner,
          (region) => originOf(publicHost(region)),
          spellingOf(access.live),
        ),
      notes: () => notes,
      secrets: () => secrets,
    }
  },
}

function describe({ region }: AwsQuery): string {
  return `aws ${region}`
}

/** The regions that the account may use; others answer with a refusal. */
async function enabledRegions(
  client: EC2Client,
  { region }: AwsCriteria,
  note: (text: string) => void,
): Promise<string[]> {
  const question = `aws ${region} regions`
  const answer = await client.send(new DescribeRegionsCommand({})).catch((error) => {
    throw describeFailure(error, question, readFailure)
  })
  const enabled = (answer.Regions ?? [])
    .filter(({ OptInStatus: status }) => status !== 'not-opted-in')
    .flatMap(({ RegionName: name }, at) => {
      if (name === undefined || isAwsRegion(name)) return name ?? []
      note(leftOut(question, `region ${at + 1}`, 'name'))
      return []
    })
  if (enabled.length === 0) throw new ServiceError(`${question}: the answer names no region`)
  return enabled
}

/** Every image of the criteria's products, page by page. */
async function listImages(
  client: EC2Client,
  criteria: AwsCriteria,
  region: string,
): Promise<Image[]> {
  const images: Image[] = []
  // Sorted: a snapshot's criteria name the plans in another order than those they came from.
  const names = productsOf(criteria)
    .map(({ id }) => `*${id}*`)
    .sort()
  const pages = paginateDescribeImages(
    { client, pageSize: PAGE_SIZE },
    {
      Owners: ['aws-marketplace'],
      Filters: [{ Name: 'name', Values: names }],
      // Otherwise an image that is deprecated is gone, and nobody hears why.
      IncludeDeprecated: true,
    },
  )
  const watch = pageWatch(describe({ region }))
  try {
    for await (const { Images: page, NextToken: token } of pages) {
      watch(token)
      if (page === undefined) throw noList(region)
      images.push(...page)
    }
  } catch (error) {
    throw describeFailure(error, describe({ region }), readFailure)
  }
  return images
}

function noList(region: string): ServiceError {
  return new ServiceError(
    `${describe({ region })}: the answer is no list of images`,
    'A proxy or a login page may stand in between: check HTTPS_PROXY and the endpoint.',
  )
}
