import { randomBytes } from 'node:crypto'
import { type AwsAccount, DEMONSTRATION_AWS_ACCOUNT } from './aws-account.ts'
import { type AwsImage, getImageId, MARKETPLACE } from './aws-image.ts'
import { actionAnswer, errorAnswer, type XmlElement } from './aws-xml.ts'
import {
  type Answer,
  type MockRequest,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from './server.ts'

/** For faults, all requests have the path `/`; see `failures` for those of one region. */
export interface AwsOptions extends SecureOptions {
  images: readonly AwsImage[]
  /** What a region answers instead, the first `times` requests or all of them. */
  failures?: Readonly<Record<string, { status: number; times?: number }>>
  /** Default: those of the images. */
  enabledRegions?: readonly string[]
  /** Regions that exist and that the account has not enabled. */
  otherRegions?: readonly string[]
  /** No page holds more, whatever the request's `MaxResults`; default 1000. */
  pageSize?: number
  /** So many pages without an image come before the others, where there are pages; default 0. */
  emptyPages?: number
  /** Differences from the demonstration's account. */
  account?: Partial<AwsAccount>
  /** Strings to plant in each image's tags and location, as EC2 has the account's own there. */
  secrets?: readonly string[]
}

/** A request's form, by the names of EC2's query protocol: `Filter.1.Value.2`. */
export type Form = Readonly<Record<string, string>>

/** One request in the words of EC2. */
export interface AwsQuestion {
  region: string
  action: string
  form: Form
}

/** A running mock server for EC2 in all of its regions. */
export interface AwsMockServer extends SecureServer {
  account: AwsAccount
  /** Grows as requests arrive. */
  questions: readonly AwsQuestion[]
  /** The variables that let a child process find, trust and sign in to the mock server. */
  environment: Record<AwsVariable, string>
  setImages(images: readonly AwsImage[]): void
  /** Those that the account has enabled from now on. */
  setRegions(regions: readonly string[]): void
}

export type AwsVariable =
  | 'NODE_EXTRA_CA_CERTS'
  | 'NO_PROXY'
  | 'AWS_ENDPOINT_URL_EC2'
  | 'AWS_ACCESS_KEY_ID'
  | 'AWS_SECRET_ACCESS_KEY'
  | 'AWS_SESSION_TOKEN'

const ROOT_DEVICE = '/dev/xvda'

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/[0-9]{8}\/([a-z0-9-]+)\/ec2\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/

/**
 * Starts an https server that speaks EC2's query protocol for every region: the signature of a
 * request tells which it is for. The signature itself is not verified, only whose it is.
 *
 * @throws Error where the port cannot be had.
 */
export async function startAws(options: AwsOptions): Promise<AwsMockServer> {
  const account = { ...DEMONSTRATION_AWS_ACCOUNT, ...options.account }
  const {
    failures = {},
    otherRegions = [],
    pageSize = 1000,
    emptyPages = 0,
    secrets = [],
  } = options
  let enabled = options.enabledRegions ?? [...new Set(options.images.map(({ region }) => region))]
  const failed = new Map<string, number>()
  const questions: AwsQuestion[] = []
  /** Paging tokens, and the position that each stands for. */
  const tokens = new Map<string, number>()
  let images = [...options.images]

  function answer(request: MockRequest): Answer {
    const [, key, region = ''] = SIGNATURE.exec(request.headers.authorization ?? '') ?? []
    const form = Object.fromEntries(new URLSearchParams(request.body))
    const action = form.Action ?? ''
    questions.push({ region, action, form })
    const failure = nextFailure(region)
    if (failure !== undefined) return fail(failure)
    const isKnown =
      key === account.accessKeyId &&
      request.headers['x-amz-security-token'] === account.sessionToken &&
      enabled.includes(region)
    if (!isKnown) return fail(401)
    const actions = { DescribeRegions: describeRegions, DescribeImages: describeImages }
    if (!Object.hasOwn(actions, action)) {
      const message = `The action ${action} is not valid for this web service.`
      return errorAnswer(400, 'InvalidAction', message)
    }
    return actions[action as keyof typeof actions](form, region)
  }

  function nextFailure(region: string): number | undefined {
    const { status, times = Number.POSITIVE_INFINITY } = failures[region] ?? {}
    const before = failed.get(region) ?? 0
    if (status === undefined || before >= times) return undefined
    failed.set(region, before + 1)
    return status
  }

  function fail(status: number): Answer {
    switch (status) {
      case 401:
        return errorAnswer(
          401,
          'AuthFailure',
          'AWS was not able to validate the provided access credentials',
        )
      case 403:
        return errorAnswer(
          403,
          'UnauthorizedOperation',
          `You are not authorized to perform this operation. User: arn:aws:iam::${account.accountId}:user/${account.user} is not authorized to perform: ec2:DescribeImages because no identity-based policy allows the ec2:DescribeImages action`,
        )
      case 503:
        return errorAnswer(503, 'RequestLimitExceeded', 'Request limit exceeded.')
      default:
        return errorAnswer(status, 'InternalError', 'An internal error has occurred')
    }
  }

  function describeRegions(form: Form): Answer {
    const names = form.AllRegions === 'true' ? [...enabled, ...otherRegions] : enabled
    const regions = names.toSorted().map(
      (name): XmlElement => [
        'item',
        [
          ['regionName', name],
          ['regionEndpoint', `ec2.${name}.amazonaws.com`],
          ['optInStatus', enabled.includes(name) ? 'opt-in-not-required' : 'not-opted-in'],
        ],
      ],
    )
    return actionAnswer('DescribeRegions', [['regionInfo', regions]])
  }

  function describeImages(form: Form, region: string): Answer {
    const owners = getValues(form, 'Owner')
    const patterns = getValues(form, 'Filter.1.Value').map(wildcard)
    const found = images
      .filter((image) => image.region === region && isListed(image, form))
      .filter((image) => isOwned(image, owners))
      .filter(({ name }) => patterns.length === 0 || patterns.some((each) => each.test(name)))
      .map(toElements)
    const { NextToken: token, MaxResults: most } = form
    const start = token === undefined ? -emptyPages : tokens.get(token)
    if (start === undefined) {
      return errorAnswer(400, 'InvalidParameterValue', 'The NextToken is invalid')
    }
    // As EC2 does: without MaxResults there are no pages.
    if (most === undefined) return imagesAnswer(found)
    const end = start < 0 ? start + 1 : start + Math.min(Number(most), pageSize)
    const page = start < 0 ? [] : found.slice(start, end)
    return imagesAnswer(page, end < found.length ? tokenFor(end) : undefined)
  }

  function imagesAnswer(found: readonly XmlElement[][], token?: string): Answer {
    const items = found.map((elements): XmlElement => ['item', elements])
    const paging: XmlElement[] = token === undefined ? [] : [['nextToken', token]]
    return actionAnswer('DescribeImages', [['imagesSet', items], ...paging])
  }

  /** Its owner sees an image always, all others unless it is past its date or disabled. */
  function isListed(image: AwsImage, form: Form): boolean {
    const isOwn = image.owner === account.accountId
    const isPast = Date.parse(image.deprecationTime ?? '') <= Date.now()
    if (image.state === 'disabled') return isOwn && form.IncludeDisabled === 'true'
    return !isPast || isOwn || form.IncludeDeprecated === 'true'
  }

  function isOwned({ owner = MARKETPLACE.id }: AwsImage, owners: readonly string[]): boolean {
    const names = [
      owner,
      ...(owner === MARKETPLACE.id ? [MARKETPLACE.alias] : []),
      ...(owner === account.accountId ? ['self'] : []),
    ]
    return owners.length === 0 || owners.some((each) => names.includes(each))
  }

  function tokenFor(position: number): string {
    const token = `${account.accountId}.${randomBytes(24).toString('base64')}`
    tokens.set(token, position)
    return token
  }

  /** In the order that recorded answers have; what an image has not is left out. */
  function toElements(image: AwsImage): XmlElement[] {
    const owner = image.owner ?? MARKETPLACE.id
    const id = getImageId(image)
    const isMarketplace = owner === MARKETPLACE.id
    const alias = isMarketplace ? MARKETPLACE.alias : undefined
    const product = isMarketplace ? [item('productCode', id.slice(4), 'type', 'marketplace')] : []
    const disk: XmlElement[] = [
      ['snapshotId', `snap-${id.slice(4)}`],
      ['volumeSize', '16'],
      ['deleteOnTermination', 'true'],
      ['volumeType', 'gp2'],
      ['encrypted', 'false'],
    ]
    const elements: [name: string, content: string | readonly XmlElement[] | undefined][] = [
      ['imageId', id],
      ['imageLocation', [alias ?? owner, ...secrets, image.name].join('/')],
      ['imageState', image.state ?? 'available'],
      ['imageOwnerId', owner],
      ['creationDate', image.creationDate],
      ['isPublic', 'true'],
      ['productCodes', product],
      ['architecture', image.architecture],
      ['imageType', 'machine'],
      ['sriovNetSupport', 'simple'],
      ['imageOwnerAlias', alias],
      ['name', image.name],
      ['description', image.description],
      ['rootDeviceType', 'ebs'],
      ['rootDeviceName', ROOT_DEVICE],
      [
        'blockDeviceMapping',
        [
          [
            'item',
            [
              ['deviceName', ROOT_DEVICE],
              ['ebs', disk],
            ],
          ],
        ],
      ],
      ['virtualizationType', 'hvm'],
      ['tagSet', secrets.map((secret) => item('key', 'caller', 'value', secret))],
      ['hypervisor', 'xen'],
      ['enaSupport', 'true'],
      ['platformDetails', 'Linux/UNIX'],
      ['usageOperation', 'RunInstances'],
      ['deprecationTime', image.deprecationTime],
    ]
    return elements.flatMap(([name, content]): XmlElement[] =>
      content === undefined || content.length === 0 ? [] : [[name, content]],
    )
  }

  const server = await startSecureServer(answer, { ...options, errorAnswer: fail })

  return {
    ...server,
    account,
    questions,
    environment: {
      NODE_EXTRA_CA_CERTS: server.certificateFile,
      NO_PROXY: '127.0.0.1',
      AWS_ENDPOINT_URL_EC2: server.url,
      AWS_ACCESS_KEY_ID: account.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
      AWS_SESSION_TOKEN: account.sessionToken,
    },
    setImages(replacement) {
      images = [...replacement]
    },
    setRegions(regions) {
      enabled = [...regions]
    },
  }
}

function item(...[name, value, other, text]: [string, string, string, string]): XmlElement {
  return [
    'item',
    [
      [name, value],
      [other, text],
    ],
  ]
}

/** The values of a list, `Owner.1` and so on. */
function getValues(form: Form, name: string): string[] {
  const isValue = new RegExp(`^${name.replaceAll('.', '\\.')}\\.[0-9]+$`)
  return Object.entries(form).flatMap(([key, value]) => (isValue.test(key) ? [value] : []))
}

/** The filter of a name, in which `*` and `?` are wildcards. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
