import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeImagesCommand,
  type DescribeImagesRequest,
  DescribeRegionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AwsMockServer, startAws } from '../mock-servers/aws.ts'
import { type AwsImage, imageIdOf } from '../mock-servers/aws-image.ts'
import { demonstrationImages } from '../mock-servers/aws-images.ts'

const REGION = 'us-east-1'
/** Whom moto takes everybody for. */
const ACCOUNT = '123456789012'

const isThere = spawnSync('python3', ['-c', 'import moto.server, flask']).status === 0

/** Others' mock server for EC2, written in Python: with the same images, both answer alike. */
describe.skipIf(!isThere)('the mock server for EC2, beside moto', () => {
  const images: AwsImage[] = [
    ...demonstrationImages().filter(
      ({ region, state, deprecationTime }) =>
        region === REGION && state === undefined && deprecationTime === undefined,
    ),
    ...['ours', 'a*b', 'axb'].map((name) => ({
      region: REGION,
      name,
      owner: ACCOUNT,
      architecture: 'x86_64' as const,
      creationDate: '2024-10-15T11:02:55.000Z',
    })),
  ]
  const [first, second] = images.map(imageIdOf) as [string, string]
  let folder: string
  let moto: ChildProcess
  let mockServer: AwsMockServer
  let clients: EC2Client[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-moto-'))
    const table = images.map((image) => ({
      ami_id: imageIdOf(image),
      name: image.name,
      description: image.description ?? '',
      owner_id: image.owner ?? '679593333241',
      public: true,
      architecture: image.architecture,
      creation_date: image.creationDate,
      virtualization_type: 'hvm',
      hypervisor: 'xen',
      root_device_type: 'ebs',
      root_device_name: '/dev/xvda',
    }))
    await writeFile(join(folder, 'amis.json'), JSON.stringify(table))
    moto = spawn('python3', ['-m', 'moto.server', '-p', '0'], {
      env: { ...process.env, MOTO_AMIS_PATH: join(folder, 'amis.json') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const url = await addressOf(moto)
    mockServer = await startAws({
      images,
      enabledRegions: [REGION],
      account: { accountId: ACCOUNT },
    })
    const common = { region: REGION, credentials: mockServer.account, maxAttempts: 1 }
    const httpsAgent = new Agent({ ca: mockServer.certificate })
    clients = [
      new EC2Client({ ...common, endpoint: url }),
      new EC2Client({ ...common, endpoint: mockServer.url, requestHandler: { httpsAgent } }),
    ]
  })

  afterAll(async () => {
    moto.kill()
    await mockServer.close()
    await rm(folder, { recursive: true })
  })

  async function answersTo(input: DescribeImagesRequest): Promise<unknown[]> {
    return Promise.all(
      clients.map(async (client) => {
        try {
          const { Images = [] } = await client.send(new DescribeImagesCommand(input))
          return Images.map(({ ImageId, Name, Architecture, OwnerId, State, Public }) =>
            [ImageId, Name, Architecture, OwnerId, State, Public].join(' '),
          ).sort()
        } catch (cause) {
          const { name, message, $metadata } = cause as Error & { $metadata: object }
          const { httpStatusCode } = $metadata as { httpStatusCode?: number }
          return [httpStatusCode, name, message.replace(/^An error .* operation: /, '')]
        }
      }),
    )
  }

  const filter = (Name: string, ...Values: string[]) => ({ Name, Values })

  it.each<[string, number, DescribeImagesRequest]>([
    ['nothing', images.length, {}],
    ['an id', 1, { ImageIds: [first] }],
    ['two ids', 2, { ImageIds: [first, second] }],
    ['an owner', images.length - 5, { Owners: ['679593333241'] }],
    ['two owners', images.length - 2, { Owners: ['679593333241', ACCOUNT] }],
    ['its own', 3, { Owners: ['self'] }],
    ['an architecture', 14, { Filters: [filter('architecture', 'arm64')] }],
    ['two architectures', images.length, { Filters: [filter('architecture', 'arm64', 'x86_64')] }],
    ['a name', 1, { Filters: [filter('name', 'ours')] }],
    ['a name with wildcards', 2, { Filters: [filter('name', 'a?b')] }],
    ['names of two kinds', 3, { Filters: [filter('name', 'a?b', 'our*')] }],
    ['a name in another letter case', 0, { Filters: [filter('name', 'OURS')] }],
    ['two filters', 6, { Filters: [filter('name', 'RHEL-*'), filter('architecture', 'arm64')] }],
    ['an owner and a filter', 2, { Owners: ['self'], Filters: [filter('name', 'a?b')] }],
    ['a state', images.length, { Filters: [filter('state', 'available')] }],
    ['an owner by filter', 3, { Filters: [filter('owner-id', ACCOUNT)] }],
    ['an id by filter', 1, { Filters: [filter('image-id', first)] }],
    ['what is public', images.length, { Filters: [filter('is-public', 'true')] }],
    ['a device', images.length, { Filters: [filter('root-device-type', 'ebs')] }],
  ])('lists the same images by %s', async (_, count, input) => {
    const [theirs, ours] = await answersTo(input)
    expect(ours).toHaveLength(count)
    expect(ours).toEqual(theirs)
  })

  it.each<[string, string, DescribeImagesRequest]>([
    ['an id that is none', 'InvalidAMIID.Malformed', { ImageIds: ['x'] }],
    ['an id that is not there', 'InvalidAMIID.NotFound', { ImageIds: ['ami-00000000'] }],
    ['two', 'InvalidAMIID.NotFound', { ImageIds: ['ami-00000000', 'ami-00000001'] }],
    ['a dry run', 'DryRunOperation', { DryRun: true }],
  ])('refuses %s alike', async (_, code, input) => {
    const [theirs, ours] = (await answersTo(input)) as [unknown[], unknown[]]
    expect(ours).toEqual([expect.any(Number), code, expect.any(String)])
    expect(ours).toEqual(theirs)
  })

  it('tells of a region in the same members', async () => {
    const command = new DescribeRegionsCommand({ RegionNames: [REGION] })
    const [theirs, ours] = await Promise.all(clients.map((client) => client.send(command)))
    expect(ours?.Regions).toEqual(theirs?.Regions)
  })
})

/** It names its port where it says that it is for development alone. */
async function addressOf(moto: ChildProcess): Promise<string> {
  let said = ''
  for (;;) {
    const [chunk] = await once(moto.stderr as NonNullable<ChildProcess['stderr']>, 'data')
    said += chunk
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
    if (url !== undefined) return url
  }
}
