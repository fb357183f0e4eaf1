import { randomBytes } from 'node:crypto'
import { type AwsAccount, DEMONSTRATION_AWS_ACCOUNT } from './aws-account.ts'
import { type AwsImage, getImageId, MARKETPLACE } from './aws-image.ts'
import { actionResponse, errorXml, type XmlElement } from './aws-xml.ts'
import {
  type MockRequest,
  type MockResponse,
  type SecureOptions,
  type SecureServer,
  startSecureServer,
} from './server.ts'

/** In fault rules the path is always `/`. For errors of one region, use `failures`. */
export interface AwsOptions extends SecureOptions {
  images: readonly AwsImage[]
  /** Error responses by region, for all requests or for the first `times` requests. */
  failures?: Readonly<Record<string, { status: number; times?: number }>>
  /** Default: the regions of the images. */
  enabledRegions?: readonly string[]
  /** Regions that are not enabled for the account. */
  otherRegions?: readonly string[]
  /** Upper limit for the request's `MaxResults`. Default: 1000. */
  pageSize?: number
  /** Number of empty pages before the first page, if the request has `MaxResults`. Default: 0. */
  emptyPages?: number
  /** Overrides for the account of the demonstration. */
  account?: Partial<AwsAccount>
  /** Strings for the tags and the location of each image, where EC2 has data of the account. */
  secrets?: readonly string[]
}

/** The parameters of EC2's query protocol, such as `Filter.1.Value.2`. */
export type Form = Readonly<Record<string, string>>

export interface AwsRequest {
  region: string
  action: string
  form: Form
}

export interface AwsMockServer extends SecureServer {
  account: AwsAccount
  /** All requests, in order of arrival. */
  queries: readonly AwsRequest[]
  /** Variables for `capture`: endpoint, credentials and trusted certificate. */
  environment: Record<AwsVariable, string>
  setImages(images: readonly AwsImage[]): void
  /** Replaces the enabled regions. */
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
 * Starts a mock server for EC2 in all regions. The region of a request is in its signature. Of the
 * signature, only the access key and the region are verified.
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
  const queries: AwsRequest[] = []
  /** The first position of the page, by paging token. */
  const tokens = new Map<string, number>()
  let images = [...options.images]

  function respond(request: MockRequest): MockResponse {
    const [, key, region = ''] = SIGNATURE.exec(request.headers.authorization ?? '') ?? []
    const form = Object.fromEntries(new URLSearchParams(request.body))
    const action = form.Action ?? ''
    queries.push({ region, action, form })
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
      return errorXml(400, 'InvalidAction', message)
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

  function fail(status: number): MockResponse {
    switch (status) {
      case 401:
        return errorXml(
          401,
          'AuthFailure',
          'AWS was not able to validate the provided access credentials',
        )
      case 403:
        return errorXml(
          403,
          'UnauthorizedOperation',
          `You are not authorized to perform this operation. User: arn:aws:iam::${account.accountId}:user/${account.user} is not authorized to perform: ec2:DescribeImages because no identity-based policy allows the ec2:DescribeImages action`,
        )
      case 503:
        return errorXml(503, 'RequestLimitExceeded', 'Request limit exceeded.')
      default:
        return errorXml(status, 'InternalError', 'An internal error has occurred')
    }
  }

  function describeRegions(form: Form): MockResponse {
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
    return actionResponse('DescribeRegions', [['regionInfo', regions]])
  }

  function describeImages(form: Form, region: string): MockResponse {
    const owners = getValues(form, 'Owner')
    const patterns = getValues(form, 'Filter.1.Value').map(wildcardToRegExp)
    const found = images
      .filter((image) => image.region === region && isListed(image, form))
      .filter((image) => isOwned(image, owners))
      .filter(({ name }) => patterns.length === 0 || patterns.some((each) => each.test(name)))
      .map(toElements)
    const { NextToken: token, MaxResults: most } = form
    const start = token === undefined ? -emptyPages : tokens.get(token)
    if (start === undefined) {
      return errorXml(400, 'InvalidParameterValue', 'The NextToken is invalid')
    }
    // Like EC2, without MaxResults there is one page.
    if (most === undefined) return imagesResponse(found)
    const end = start < 0 ? start + 1 : start + Math.min(Number(most), pageSize)
    const page = start < 0 ? [] : found.slice(start, end)
    return imagesResponse(page, end < found.length ? createToken(end) : undefined)
  }

  function imagesResponse(found: readonly XmlElement[][], token?: string): MockResponse {
    const items = found.map((elements): XmlElement => ['item', elements])
    const paging: XmlElement[] = token === undefined ? [] : [['nextToken', token]]
    return actionResponse('DescribeImages', [['imagesSet', items], ...paging])
  }

  /** Deprecated images are always listed for their owner. */
  function isListed(image: AwsImage, form: Form): boolean {
    const isOwn = image.owner === account.accountId
    const isDeprecated = Date.parse(image.deprecationTime ?? '') <= Date.now()
    if (image.state === 'disabled') return isOwn && form.IncludeDisabled === 'true'
    return !isDeprecated || isOwn || form.IncludeDeprecated === 'true'
  }

  function isOwned({ owner = MARKETPLACE.id }: AwsImage, owners: readonly string[]): boolean {
    const names = [
      owner,
      ...(owner === MARKETPLACE.id ? [MARKETPLACE.alias] : []),
      ...(owner === account.accountId ? ['self'] : []),
    ]
    return owners.length === 0 || owners.some((each) => names.includes(each))
  }

  function createToken(position: number): string {
    const token = `${account.accountId}.${randomBytes(24).toString('base64')}`
    tokens.set(token, position)
    return token
  }

  /** The order is that of recorded responses. */
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

  const server = await startSecureServer(respond, { ...options, errorResponse: fail })

  return {
    ...server,
    account,
    queries,
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

/** The values of a list: `Owner.1`, `Owner.2` and so on. */
function getValues(form: Form, name: string): string[] {
  const isValue = new RegExp(`^${name.replaceAll('.', '\\.')}\\.[0-9]+$`)
  return Object.entries(form).flatMap(([key, value]) => (isValue.test(key) ? [value] : []))
}

/** A filter in which `*` and `?` are wildcards. */
function wildcardToRegExp(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
