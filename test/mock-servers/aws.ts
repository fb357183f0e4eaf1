import { randomBytes } from 'node:crypto'
import { type AwsAccount, DEMONSTRATION_AWS_ACCOUNT } from './aws-account.ts'
import { type AwsImage, imageIdOf, MARKETPLACE } from './aws-image.ts'
import { type Filterable, type Form, filterOf, listOf, pageSizeOf, Refusal } from './aws-request.ts'
import { actionAnswer, errorAnswer, type XmlElement } from './aws-xml.ts'
import { makeCertificate } from './certificate.ts'
import type { FaultRule } from './faults.ts'
import { type Answer, type MockRequest, type MockServer, startServer } from './server.ts'

export interface AwsOptions {
  images: readonly AwsImage[]
  /** Names by which it is known besides, behind a proxy that leads to it. */
  hosts?: readonly string[]
  /** All requests have the path `/`; see `failures` for those of one region. */
  faults?: readonly FaultRule[]
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

/** One request in the words of EC2. */
export interface AwsQuestion {
  region: string
  action: string
  form: Form
}

/** A running mock server for EC2 in all of its regions. */
export interface AwsMockServer extends MockServer {
  certificateFile: string
  certificate: string
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

/** The elements of an answer that filters ask for, and the filters' names. */
const REGION_FILTERS = {
  regionName: 'region-name',
  regionEndpoint: 'endpoint',
  optInStatus: 'opt-in-status',
}
const IMAGE_FILTERS = {
  architecture: 'architecture',
  creationDate: 'creation-date',
  description: 'description',
  enaSupport: 'ena-support',
  hypervisor: 'hypervisor',
  imageId: 'image-id',
  imageLocation: 'manifest-location',
  imageOwnerAlias: 'owner-alias',
  imageOwnerId: 'owner-id',
  imageState: 'state',
  imageType: 'image-type',
  isPublic: 'is-public',
  name: 'name',
  rootDeviceName: 'root-device-name',
  rootDeviceType: 'root-device-type',
  sriovNetSupport: 'sriov-net-support',
  virtualizationType: 'virtualization-type',
}

const ROOT_DEVICE = '/dev/xvda'

const dryRun = errorAnswer(
  412,
  'DryRunOperation',
  'Request would have succeeded, but DryRun flag is set.',
)

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
    if (form.DryRun === 'true') return dryRun
    try {
      return actions[action as keyof typeof actions](form, region)
    } catch (cause) {
      if (cause instanceof Refusal) return errorAnswer(400, cause.code, cause.message)
      throw cause
    }
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
    const known = [...enabled, ...otherRegions].sort()
    const names = listOf(form, 'RegionName')
    const wrong = names.find((name) => !known.includes(name))
    if (wrong !== undefined) {
      throw new Refusal('InvalidParameterValue', `Invalid region name '${wrong}'`)
    }
    // A region that is named is told of, whether the account has it enabled or not.
    const isAsked = (name: string) =>
      names.length > 0 ? names.includes(name) : form.AllRegions === 'true' || enabled.includes(name)
    const isFound = filterOf(form, Object.values(REGION_FILTERS))
    const regions = known.filter(isAsked).map((name) => ({
      regionName: name,
      regionEndpoint: `ec2.${name}.amazonaws.com`,
      optInStatus: enabled.includes(name) ? 'opt-in-not-required' : 'not-opted-in',
    }))
    const found = regions.filter((region) => isFound(named(REGION_FILTERS, region)))
    return actionAnswer('DescribeRegions', [
      ['regionInfo', found.map((each): XmlElement => ['item', Object.entries(each)])],
    ])
  }

  function describeImages(form: Form, region: string): Answer {
    const ids = listOf(form, 'ImageId')
    const most = pageSizeOf(form, ids.length > 0 ? 'imageIdsSet' : undefined)
    const here = images.filter((image) => image.region === region)
    checkIds(ids, here)
    const isAsked = (image: AwsImage) => ids.length === 0 || ids.includes(imageIdOf(image))
    const isWanted = (image: AwsImage) =>
      isAsked(image) && isListed(image, form, ids) && isOwned(image, listOf(form, 'Owner'))
    const isFound = filterOf(form, Object.values(IMAGE_FILTERS))
    const found = here
      .filter(isWanted)
      .map(elementsOf)
      .filter((elements) => isFound(named(IMAGE_FILTERS, Object.fromEntries(elements))))
    const { NextToken: token } = form
    const start = token === undefined ? -emptyPages : tokens.get(token)
    if (start === undefined) throw new Refusal('InvalidParameterValue', 'The NextToken is invalid')
    // As EC2 does: without MaxResults there are no pages.
    if (most === undefined) return imagesAnswer(found)
    const end = start < 0 ? start + 1 : start + Math.min(most, pageSize)
    const page = start < 0 ? [] : found.slice(start, end)
    return imagesAnswer(page, end < found.length ? tokenFor(end) : undefined)
  }

  function imagesAnswer(found: readonly XmlElement[][], token?: string): Answer {
    const items = found.map((elements): XmlElement => ['item', elements])
    const paging: XmlElement[] = token === undefined ? [] : [['nextToken', token]]
    return actionAnswer('DescribeImages', [['imagesSet', items], ...paging])
  }

  function checkIds(ids: readonly string[], here: readonly AwsImage[]): void {
    const malformed = ids.find((id) => !/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    if (malformed !== undefined) {
      throw new Refusal(
        'InvalidAMIID.Malformed',
        `Invalid id: "${malformed}" (expecting "ami-...")`,
      )
    }
    const missing = ids.filter((id) => !here.some((image) => imageIdOf(image) === id))
    if (missing.length === 0) return
    const [are, exist] = missing.length === 1 ? ['id', 'does not exist'] : ['ids', 'do not exist']
    throw new Refusal(
      'InvalidAMIID.NotFound',
      `The image ${are} '[${missing.join(', ')}]' ${exist}`,
    )
  }

  /** Its owner sees an image always, all others unless it is past its date or disabled. */
  function isListed(image: AwsImage, form: Form, ids: readonly string[]): boolean {
    const isOwn = image.owner === account.accountId
    const isPast = Date.parse(image.deprecationTime ?? '') <= Date.now()
    if (image.state === 'disabled') return isOwn && form.IncludeDisabled === 'true'
    return !isPast || isOwn || ids.length > 0 || form.IncludeDeprecated === 'true'
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
  function elementsOf(image: AwsImage): XmlElement[] {
    const owner = image.owner ?? MARKETPLACE.id
    const id = imageIdOf(image)
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

  const certificate = await makeCertificate(options.hosts)
  const server = await startServer(answer, {
    certificate,
    faults: options.faults ?? [],
    errorAnswer: fail,
  }).catch(async (cause) => {
    await certificate.remove()
    throw cause
  })

  return {
    ...server,
    certificateFile: certificate.file,
    certificate: certificate.pem,
    account,
    questions,
    environment: {
      NODE_EXTRA_CA_CERTS: certificate.file,
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
    async close() {
      await server.close()
      await certificate.remove()
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

/** A thing's values by the names of the filters that ask for them. */
function named(
  filters: Readonly<Record<string, string>>,
  thing: Record<string, unknown>,
): Filterable {
  return Object.fromEntries(
    Object.entries(filters).map(([element, filter]) => {
      const value = thing[element]
      return [filter, typeof value === 'string' ? value : undefined]
    }),
  )
}
