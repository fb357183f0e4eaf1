import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AwsMockServer, startAws } from './aws.ts'
import { demonstrationImages as awsImages, NOT_ENABLED } from './aws-images.ts'
import { type AzureMockServer, startAzure } from './azure.ts'
import { imagesBeforeBump } from './azure-images.ts'
import { type GcpMockServer, startGcp } from './gcp.ts'
import { demonstrationImages as gcpImages } from './gcp-images.ts'
import { type AzureAnswer, faultsInAzure } from './models/azure.ts'
import { type ComputeAnswer, faultsInCompute } from './models/compute.ts'
import { faultsInEc2 } from './models/ec2.ts'

const SECRETS = ['someone@example.com']

let aws: AwsMockServer
let azure: AzureMockServer
let gcp: GcpMockServer
let token: string

beforeAll(async () => {
  const secrets = SECRETS
  aws = await startAws({ images: awsImages(), otherRegions: [NOT_ENABLED], pageSize: 7, secrets })
  azure = await startAzure({ images: imagesBeforeBump(), gzip: false, secrets })
  gcp = await startGcp({
    images: gcpImages(),
    gzip: false,
    listable: true,
    pageSize: 4,
    tokens: ['token'],
    // In labels they would be keys.
    secrets: [],
  })
  const { tenantId, clientId, clientSecret } = azure.account
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://management.azure.com/.default',
  })
  const { text } = await ask(azure, `/${tenantId}/oauth2/v2.0/token`, {}, `${form}`)
  token = JSON.parse(text).access_token
})

afterAll(() => Promise.all([aws.close(), azure.close(), gcp.close()]))

interface Reply {
  status: number
  text: string
}

/** An answer as it comes over the wire, where no client has read anything into it. */
function ask(
  { url, certificate: ca }: { url: string; certificate: string },
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request(new URL(path, url), { method, headers, ca }, (answer) => {
      answer.setEncoding('utf8')
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.on('error', reject).end(body)
  })
}

function askAws(parameters: Record<string, string>, region = 'us-east-1'): Promise<Reply> {
  const { accessKeyId, sessionToken } = aws.account
  const credential = `${accessKeyId}/20260101/${region}/ec2/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`
  const headers = { authorization, 'x-amz-security-token': sessionToken }
  return ask(aws, '/', headers, `${new URLSearchParams(parameters)}`)
}

const askAzure = (path: string) => ask(azure, path, { authorization: `Bearer ${token}` })
const askGcp = (path: string) => ask(gcp, path, { authorization: 'Bearer token' })

const IMAGES = { Action: 'DescribeImages' }
const REGIONS = { Action: 'DescribeRegions' }

const EC2: [string, number, () => Promise<Reply>][] = [
  ['all images', 200, () => askAws({ ...IMAGES, IncludeDeprecated: 'true' })],
  ['a page of images', 200, () => askAws({ ...IMAGES, MaxResults: '5' })],
  ['no image', 200, () => askAws({ ...IMAGES, 'Owner.1': 'nobody' })],
  ['regions', 200, () => askAws(REGIONS)],
  ['all regions', 200, () => askAws({ ...REGIONS, AllRegions: 'true' })],
  ['an image that is not there', 400, () => askAws({ ...IMAGES, 'ImageId.1': 'ami-00000000' })],
  ['an id that is none', 400, () => askAws({ ...IMAGES, 'ImageId.1': 'x' })],
  ['too large a page', 400, () => askAws({ ...IMAGES, MaxResults: '1001' })],
  ['a filter that it has not', 400, () => askAws({ ...IMAGES, 'Filter.1.Name': 'x' })],
  ['a token that is none', 400, () => askAws({ ...IMAGES, NextToken: 'x', MaxResults: '5' })],
  ['another action', 400, () => askAws({ Action: 'Nothing' })],
  ['a region that is none', 400, () => askAws({ ...REGIONS, 'RegionName.1': 'mars' })],
  ['a dry run', 412, () => askAws({ ...IMAGES, DryRun: 'true' })],
  ['a region that is not enabled', 401, () => askAws(IMAGES, NOT_ENABLED)],
]

const LOCATION = '/providers/Microsoft.Compute/locations/eastus'
const PUBLISHERS = `${LOCATION}/publishers`
const OFFERS = `${PUBLISHERS}/azureopenshift/artifacttypes/vmimage/offers`
const SKUS = `${OFFERS}/aro4/skus`
const VERSIONS = `${SKUS}/418-v2/versions`
const EXPANDED = '$expand=properties/imageDeprecationStatus'

const subscribed = (rest: string, query = '') => {
  const { subscriptionId } = azure.account
  return askAzure(`/subscriptions/${subscriptionId}${rest}?api-version=2024-11-01&${query}`)
}

const AZURE: [string, number, AzureAnswer, () => Promise<Reply>][] = [
  ['tenants', 200, 'tenants', () => askAzure('/tenants?api-version=2022-12-01')],
  ['subscriptions', 200, 'subscriptions', () => askAzure('/subscriptions?api-version=2022-12-01')],
  ['a subscription', 200, 'subscription', () => subscribed('')],
  ['locations', 200, 'locations', () => subscribed('/locations')],
  ['publishers', 200, 'publishers', () => subscribed(PUBLISHERS)],
  ['offers', 200, 'offers', () => subscribed(OFFERS)],
  ['SKUs', 200, 'skus', () => subscribed(SKUS)],
  ['versions', 200, 'versions', () => subscribed(VERSIONS)],
  ['versions with all', 200, 'versions', () => subscribed(VERSIONS, EXPANDED)],
  ['a version', 200, 'version', () => subscribed(`${VERSIONS}/418.94.20240916`)],
  [
    'a version with a plan',
    200,
    'version',
    () =>
      subscribed(
        `${PUBLISHERS}/redhat/artifacttypes/vmimage/offers/rh-ocp-worker/skus/rh-ocp-worker/versions/4.8.2021122100`,
      ),
  ],
  ['no publisher', 404, 'error', () => subscribed(OFFERS.replace('azureopenshift', 'nobody'))],
  ['no SKU', 404, 'error', () => subscribed(VERSIONS.replace('418-v2', 'none'))],
  ['no version', 404, 'error', () => subscribed(`${VERSIONS}/1.2.3`)],
  ['no location', 400, 'error', () => subscribed(PUBLISHERS.replace('eastus', 'mars'))],
  ['no such type', 404, 'error', () => subscribed('/providers/Microsoft.Compute/none')],
  [
    'no subscription',
    404,
    'error',
    () => askAzure('/subscriptions/11111111-2222-4333-8444-555555555555?api-version=2022-12-01'),
  ],
  ['no id', 400, 'error', () => askAzure('/subscriptions/none?api-version=2022-12-01')],
  ['no version of the interface', 400, 'error', () => askAzure('/subscriptions')],
  ['no token', 401, 'error', () => ask(azure, '/subscriptions', {})],
  [
    'a wrong token',
    401,
    'error',
    () => ask(azure, '/subscriptions', { authorization: 'Bearer x' }),
  ],
]

const PROJECT = '/compute/v1/projects/redhat-marketplace-public/global/images'

const COMPUTE: [string, number, ComputeAnswer, () => Promise<Reply>][] = [
  ['an image', 200, 'image', () => askGcp(`${PROJECT}/redhat-coreos-ocp-413-x86-64-202305021736`)],
  [
    'a deprecated image',
    200,
    'image',
    () => askGcp(`${PROJECT}/redhat-coreos-oke-413-x86-64-202306010101`),
  ],
  ['a page of images', 200, 'images', () => askGcp(PROJECT)],
  ['all images', 200, 'images', () => askGcp(`${PROJECT}?filter=name+eq+".*-ocp-.*"`)],
  ['no image at all', 200, 'images', () => askGcp(`${PROJECT}?filter=name+eq+"none"`)],
  ['no image', 404, 'error', () => askGcp(`${PROJECT}/none`)],
  ['a token that is none', 400, 'error', () => askGcp(`${PROJECT}?pageToken=x`)],
  ['a filter that is none', 400, 'error', () => askGcp(`${PROJECT}?filter=name`)],
  ['another project', 404, 'error', () => askGcp(PROJECT.replace('redhat', 'nobody'))],
  ['another path', 404, 'error', () => askGcp('/compute/v1/none')],
  ['no credentials', 401, 'error', () => ask(gcp, PROJECT, {})],
]

/** What each says of a status, where it says something of its own. */
const STATUSES: [status: number, ec2: string, azure: string, compute: string][] = [
  [401, 'AuthFailure', 'InvalidAuthenticationToken', 'authError'],
  [403, 'UnauthorizedOperation', 'AuthorizationFailed', 'accessNotConfigured'],
  [404, '', 'NotFound', 'notFound'],
  [409, '', 'MissingSubscriptionRegistration', ''],
  [429, '', 'OperationNotAllowed', 'rateLimitExceeded'],
  [500, 'InternalError', 'InternalServerError', 'backendError'],
  [502, '', 'BadGateway', ''],
  [503, 'RequestLimitExceeded', 'ServiceUnavailable', ''],
  [504, '', 'GatewayTimeout', ''],
]

describe('what is answered is as the published models have it', () => {
  test.each(EC2)('by EC2 to %s', async (_, status, question) => {
    const reply = await question()
    expect([reply.status, ...faultsInEc2(reply.text)]).toEqual([status])
  })

  test.each(AZURE)('by Azure to %s', async (_, status, answer, question) => {
    const reply = await question()
    expect([reply.status, ...faultsInAzure(answer, reply.text)]).toEqual([status])
  })

  test.each(COMPUTE)('by Compute to %s', async (_, status, answer, question) => {
    const reply = await question()
    expect([reply.status, ...faultsInCompute(answer, reply.text)]).toEqual([status])
  })

  test.each(STATUSES)('with status %i by each', async (status, ...codes) => {
    const faults = [{ path: /./, fault: { kind: 'status' as const, status } }]
    const mockServers = [aws, azure, gcp]
    for (const mockServer of mockServers) mockServer.setFaults(faults)
    const replies = [await askAws(IMAGES), await subscribed(VERSIONS), await askGcp(PROJECT)]
    for (const mockServer of mockServers) mockServer.setFaults([])
    const [ec2, arm, compute] = replies.map(({ text }) => text) as [string, string, string]
    expect(replies.map((reply) => reply.status)).toEqual([status, status, status])
    for (const [index, code] of codes.entries()) expect(replies[index]?.text).toContain(code)
    expect(faultsInEc2(ec2)).toEqual([])
    expect(faultsInAzure('error', arm)).toEqual([])
    expect(faultsInCompute('error', compute)).toEqual([])
  })
})

/** What is changed in an answer, and the one thing that is to be found wrong with it. */
type Mutation = [from: string | RegExp, to: string, fault: string]

describe('what a model forbids is found', () => {
  const changed = (text: string, from: string | RegExp, to: string) => {
    const result = text.replace(from, to)
    expect(result).not.toBe(text)
    return result
  }

  test.each<Mutation>([
    ['>x86_64<', '>X86_64<', 'architecture: expected arm64 or arm64_mac or i386 or x86_64'],
    ['>available<', '>Available<', 'imageState: expected available or deregistered'],
    [/imageId>/g, 'imageID>', "Image has no 'imageID'"],
    [/<imageId>.*<\/imageId>/, '', "Image needs 'imageId'"],
    ['<isPublic>true<', '<isPublic>yes<', 'isPublic: expected true or false, got "yes"'],
    ['<hypervisor>', '<colour>red</colour><hypervisor>', "Image has no 'colour'"],
    ['<hypervisor>', '<name>twice</name><hypervisor>', 'name: expected text'],
    [/<name>.*<\/name>/, '<name><first>x</first></name>', 'name: expected text, got ["first"]'],
    [/item>/g, 'member>', 'imagesSet: expected a list'],
    [/nextToken>/g, 'NextToken>', "DescribeImagesResult has no 'NextToken'"],
    [/<requestId>.*<\/requestId>/, '', "DescribeImagesResult needs 'requestId'"],
    [/DescribeImagesResponse/g, 'DescribeImageResponse', 'EC2 has no DescribeImageResponse'],
  ])('in EC2: %s as %s', async (from, to, fault) => {
    const { text } = await askAws({ ...IMAGES, MaxResults: '5' })
    expect(faultsInEc2(changed(text, from, to)).join('\n')).toContain(fault)
  })

  test.each<Mutation>([
    ['<Code>', '<Kind>x</Kind><Code>', "Error has no 'Kind'"],
    [/RequestID/g, 'RequestId', "Response has no 'RequestId'"],
  ])('in an error of EC2: %s as %s', async (from, to, fault) => {
    const { text } = await askAws({ ...IMAGES, DryRun: 'true' })
    expect(faultsInEc2(changed(text, from, to)).join('\n')).toContain(fault)
  })

  test.each<Mutation>([
    ['"x64"', '"X64"', 'architecture: expected x64 or Arm64, got "X64"'],
    ['"V2"', '"v2"', 'hyperVGeneration: expected V1 or V2'],
    ['"hyperVGeneration"', '"hyperVgeneration"', "has no 'hyperVgeneration'"],
    [/"id": "[^"]*"/, '"key": "x"', "needs 'id'"],
    [/"name": "([^"]*)"/, '"name": 418.94', 'name: expected text, got 418.94'],
    ['"Active"', '"active"', 'imageState: expected Active or ScheduledForDeprecation'],
    ['"imageState"', '"state"', "ImageDeprecationStatus has no 'state'"],
    ['"replicaCount": 10', '"replicaCount": "10"', 'replicaCount: expected a number, got "10"'],
    [/2024-12-01T[^"]*/, 'tomorrow', 'scheduledDeprecationTime: expected a time'],
    [/^\[/, '{ "value": [', 'answer: expected a list'],
  ])('in Azure: %s as %s', async (from, to, fault) => {
    const { text } = await subscribed(VERSIONS, EXPANDED)
    const text2 = changed(text, from, to)
    const whole = text2.startsWith('{') ? `${text2}}` : text2
    expect(faultsInAzure('versions', whole).join('\n')).toContain(fault)
  })

  test.each<Mutation>([
    ['"code"', '"Code"', "ApiError has no 'Code'"],
    ['"error"', '"Error"', "CloudError has no 'Error'"],
  ])('in an error of Azure: %s as %s', async (from, to, fault) => {
    const { text } = await subscribed(`${VERSIONS}/1.2.3`)
    expect(faultsInAzure('error', changed(text, from, to)).join('\n')).toContain(fault)
  })

  test.each<Mutation>([
    ['"X86_64"', '"x86_64"', 'architecture: expected ARCHITECTURE_UNSPECIFIED or ARM64 or X86_64'],
    ['"READY"', '"Ready"', 'status: expected DELETING or FAILED or PENDING or READY'],
    ['"diskSizeGb": "16"', '"diskSizeGb": 16', 'diskSizeGb: expected digits as text, got 16'],
    ['"selfLink"', '"selflink"', "Schema$Image has no 'selflink'"],
    ['compute#image"', 'compute#Image"', 'kind: expected compute#image'],
    ['"nextPageToken"', '"nextToken"', "Schema$ImageList has no 'nextToken'"],
    [
      '"storageLocations": [',
      '"licenses": "x", "storageLocations": [',
      'licenses: expected a list',
    ],
  ])('in Compute: %s as %s', async (from, to, fault) => {
    const { text } = await askGcp(PROJECT)
    expect(faultsInCompute('images', changed(text, from, to)).join('\n')).toContain(fault)
  })

  test.each<Mutation>([
    ['"code": 404', '"code": "404"', 'error.code: expected a number'],
    ['"reason"', '"cause"', "ErrorItem has no 'cause'"],
  ])('in an error of Compute: %s as %s', async (from, to, fault) => {
    const { text } = await askGcp(`${PROJECT}/none`)
    expect(faultsInCompute('error', changed(text, from, to)).join('\n')).toContain(fault)
  })
})
