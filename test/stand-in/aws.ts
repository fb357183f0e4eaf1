import { randomBytes } from 'node:crypto'
import { type AwsAccount, DEMONSTRATION_AWS_ACCOUNT } from './aws-account.ts'
import { type AwsImage, imageIdOf, MARKETPLACE } from './aws-image.ts'
import { actionAnswer, errorAnswer, type XmlElement } from './aws-xml.ts'
import { makeCertificate } from './certificate.ts'
import type { FaultRule } from './faults.ts'
import { type Answer, type StandInRequest, type StandInServer, startServer } from './server.ts'

export interface AwsOptions {
  images: readonly AwsImage[]
  /** A free one if absent or 0. */
  port?: number
  /** Names by which it is known besides, behind a proxy that leads to it. */
  hosts?: readonly string[]
  /** Added to each answer, in milliseconds. */
  latencyMs?: number
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
  /** Differences from the demonstration's account. */
  account?: Partial<AwsAccount>
  /** Strings to plant in each image's tags and location, as EC2 has the account's own there. */
  secrets?: readonly string[]
}

/** One request in the words of EC2. */
export interface AwsQuestion {
  region: string
  action: string
  form: Record<string, string>
}

/** A running stand-in for EC2 in all of its regions. */
export interface AwsStandIn extends StandInServer {
  certificateFile: string
  certificate: string
  account: AwsAccount
  /** Grows as requests arrive. */
  questions: readonly AwsQuestion[]
  /** The variables that let a child process find, trust and sign in to the stand-in. */
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

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/[0-9]{8}\/([a-z0-9-]+)\/ec2\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/

/**
 * Starts an https server that speaks EC2's query protocol for every region: the signature of a
 * request tells which it is for. The signature itself is not verified, only whose it is.
 *
 * @throws Error where the port cannot be had.
 */
export async function startAws(options: AwsOptions): Promise<AwsStandIn> {
  const account = { ...DEMONSTRATION_AWS_ACCOUNT, ...options.account }
  const { failures = {}, otherRegions = [], pageSize = 1000, secrets = [] } = options
  let enabled = options.enabledRegions ?? [...new Set(options.images.map(({ region }) => region))]
  const failed = new Map<string, number>()
  const questions: AwsQuestion[] = []
  /** Paging tokens, and the position that each stands for. */
  const tokens = new Map<string, number>()
  let images = [...options.images]

  function answer(request: StandInRequest): Answer {
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
    if (action === 'DescribeRegions') return describeRegions(form)
    if (action === 'DescribeImages') return describeImages(form, region)
    return errorAnswer(
      400,
      'InvalidAction',
      `The action ${action} is not valid for this web service.`,
    )
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

  function describeRegions({ AllRegions: all }: Record<string, string>): Answer {
    const listed = all === 'true' ? [...enabled, ...otherRegions] : enabled
    const items = [...listed].sort().map((region): XmlElement => {
      const status = enabled.includes(region) ? 'opt-in-not-required' : 'not-opted-in'
      return [
        'item',
        [
          ['regionName', region],
          ['regionEndpoint', `ec2.${region}.amazonaws.com`],
          ['optInStatus', status],
        ],
      ]
    })
    return actionAnswer('DescribeRegions', [['regionInfo', items]])
  }

  function describeImages(form: Record<string, string>, region: string): Answer {
    const isListed = ({ deprecationTime }: AwsImage) =>
      form.IncludeDeprecated === 'true' ||
      deprecationTime === undefined ||
      Date.parse(deprecationTime) > Date.now()
    const found = images.filter(
      (image) => image.region === region && isListed(image) && matches(image, form),
    )
    const { NextToken: token, MaxResults: most } = form
    const start = token === undefined ? 0 : tokens.get(token)
    if (start === undefined) {
      return errorAnswer(400, 'InvalidNextToken', 'The token is not valid.')
    }
    // As EC2 does: without MaxResults there are no pages.
    const size = most === undefined ? found.length : Math.min(Number(most), pageSize)
    const end = start + size
    const items = found.slice(start, end).map((image): XmlElement => ['item', elementsOf(image)])
    const paging: XmlElement[] = end < found.length ? [['nextToken', tokenFor(end)]] : []
    return actionAnswer('DescribeImages', [['imagesSet', items], ...paging])
  }

  function tokenFor(position: number): string {
    const token = `${account.accountId}.${randomBytes(24).toString('base64')}`
    tokens.set(token, position)
    return token
  }

  function elementsOf(image: AwsImage): XmlElement[] {
    const owner = image.owner ?? MARKETPLACE.id
    const isMarketplace = owner === MARKETPLACE.id
    const elements: (XmlElement | undefined)[] = [
      ['imageId', imageIdOf(image)],
      [
        'imageLocation',
        [isMarketplace ? MARKETPLACE.alias : owner, ...secrets, image.name].join('/'),
      ],
      ['imageState', image.state ?? 'available'],
      ['imageOwnerId', owner],
      ['creationDate', image.creationDate],
      ['isPublic', 'true'],
      ['architecture', image.architecture],
      ['imageType', 'machine'],
      ['sriovNetSupport', 'simple'],
      ['name', image.name],
      image.description === undefined ? undefined : ['description', image.description],
      isMarketplace ? ['imageOwnerAlias', MARKETPLACE.alias] : undefined,
      ['rootDeviceType', 'ebs'],
      ['rootDeviceName', '/dev/xvda'],
      ['virtualizationType', 'hvm'],
      [
        'tagSet',
        secrets.map(
          (secret): XmlElement => [
            'item',
            [
              ['key', 'caller'],
              ['value', secret],
            ],
          ],
        ),
      ],
      ['hypervisor', 'xen'],
      ['enaSupport', 'true'],
      image.deprecationTime === undefined ? undefined : ['deprecationTime', image.deprecationTime],
    ]
    return elements.filter((each) => each !== undefined)
  }

  const certificate = await makeCertificate(options.hosts)
  const server = await startServer(answer, {
    certificate,
    port: options.port ?? 0,
    latencyMs: options.latencyMs ?? 0,
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

/** Owners and the filter `name`, whose values may hold the wildcards `*` and `?`. */
function matches(image: AwsImage, form: Record<string, string>): boolean {
  const valuesOf = (prefix: string) =>
    Object.entries(form)
      .filter(([name]) => name.startsWith(prefix))
      .map(([, value]) => value)
  const owner = image.owner ?? MARKETPLACE.id
  const owners = valuesOf('Owner.')
  const isOwned =
    owners.length === 0 ||
    owners.includes(owner) ||
    (owner === MARKETPLACE.id && owners.includes(MARKETPLACE.alias))
  const names = form['Filter.1.Name'] === 'name' ? valuesOf('Filter.1.Value.') : []
  return isOwned && (names.length === 0 || names.some((name) => wildcard(name).test(image.name)))
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
