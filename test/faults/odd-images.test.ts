import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { demonstrationImages } from '../mock-servers/aws-images.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { demonstrationImages as gcpImages } from '../mock-servers/gcp-images.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

type Environment = Readonly<Record<string, string>>

const capture = (env: Environment, ...args: string[]) =>
  run(['capture', at('s.json'), '--stream', at('rhcos.json'), ...args], { env })

/** Captures, expects that a replay writes the same files, and returns the warnings. */
async function captureWarnings(env: Environment, ...args: string[]): Promise<string[]> {
  const outcome = await capture(env, ...args)
  expect(outcome).toMatchObject({ status: 0, stdout: '' })
  const before = [await read('s.json'), await read('s.recording.json')]
  expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
  expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
  expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  return outcome.stderr.split('\n').flatMap((line) => /^warning: (.*)/.exec(line)?.[1] ?? [])
}

/** Returns the states of the captured images of a cloud by the value of a key. */
async function readStates(cloud: string, key: string): Promise<Map<string, string>> {
  const images: Record<string, string>[] = JSON.parse(await read('s.json')).images[cloud]
  return new Map(images.map((image) => [image[key] ?? '', image.state ?? '']))
}

describe('capture', () => {
  it('records, reports and replays unusual Azure images', async () => {
    const valid = { architecture: 'x64', hyperVGeneration: 'V2' }
    const state = (imageState: string | null, scheduledDeprecationTime: string | null = null) => ({
      ...valid,
      imageDeprecationStatus: { imageState, scheduledDeprecationTime },
    })
    const versions: [string, object | null][] = [
      ['418.94.20250101', valid],
      ['418.94.20250102', null],
      ['418.94.20250103', { ...state(null), architecture: 'X64', hyperVGeneration: 'v2' }],
      ['418.94.20250104', state('deprecated')],
      ['418.94.20250105', state('Retired')],
      ['418.94.20250106', state('ScheduledForDeprecation', 'next year')],
      ['418.94.20250107', state('Active')],
      ['418.94.20250107', state('Deprecated')],
      ['418.94.1\u001b[31m\u202e', valid],
    ]
    const body = JSON.stringify(versions.map(([name, properties]) => ({ name, properties })))
    const faults = [{ path: /skus\/418-v2/, fault: { kind: 'body', body } as const }]
    const { environment, url } = await azureFor(imagesBeforeBump(), { faults })
    const sku = 'azureopenshift:aro4:418-v2'
    expect(await captureWarnings(environment, '--azure-endpoint', url)).toEqual([
      `azure ${sku}: image 418.94.20250105 has the unknown state Retired: not selected`,
      `azure ${sku}: image 418.94.20250106 has an unreadable deprecation date: not selected`,
      `azure ${sku}: image 9 of the response is ignored: malformed version`,
      `azure: ${sku}:418.94.20250107 is listed 2 times with different properties: not selected`,
    ])
    const states = await readStates('azure', 'version')
    expect(
      ['1', '2', '3', '4', '5', '6', '7'].map((day) => states.get(`418.94.2025010${day}`)),
    ).toEqual(['active', 'active', 'active', 'deprecated', 'unknown', 'unknown', 'deprecated'])
  })

  const PRODUCT = '59ead7de-2540-4653-a8b0-fa7926d5c845'
  const GUID = '12345678-9abc-4def-8123-456789abcdef'
  const ami = (digit: number, name: string, more: object = {}) => ({
    region: 'us-east-1',
    architecture: 'x86_64' as const,
    creationDate: '2025-01-01T00:00:00.000Z',
    imageId: `ami-0feedfacecafe000${digit}`,
    name: `${name}-${PRODUCT}`,
    ...more,
  })
  const REGION = ['--cloud', 'aws', '--regions', 'us-east-1']

  it('records, reports and replays unusual AWS images', async () => {
    const name = 'rhcos-418.94.202410090804-0-x86_64'
    const images = [
      ami(1, `${name}-a`, { state: 'retired' as 'disabled' }),
      ami(2, `${name}-b`, { state: '' as 'disabled' }),
      ami(3, `${name}-c`, { description: `OpenShift 4.18, order ${GUID}` }),
      ami(4, `rhcos\u202e-${name}`),
      ami(5, `${name}-d`, { imageId: 'ami-0123\u009b31m' }),
      ami(6, `${name}-e`, { deprecationTime: '2025-02-01T00:00:00.000Z' }),
    ]
    const { environment } = await awsFor({ images: [...demonstrationImages(), ...images] })
    const warnings = await captureWarnings(environment, ...REGION)
    expect(warnings.map((each) => each.replace(/image \d+/, 'image N')).sort()).toEqual([
      'aws us-east-1: image N of the response is ignored: malformed id',
      'aws us-east-1: image N, ami-0feedfacecafe0004, of the response is ignored: malformed name',
      'aws us-east-1: image ami-0feedfacecafe0001 has the unknown state retired: not selected',
    ])
    expect(await read('s.recording.json')).not.toContain(GUID)
    const states = await readStates('aws', 'image')
    expect([1, 2, 3, 4, 6].map((digit) => states.get(`ami-0feedfacecafe000${digit}`))).toEqual([
      'unknown',
      'active',
      'active',
      undefined,
      'scheduled-for-deprecation',
    ])
  })

  it('refuses an AWS image with an ID in its name', async () => {
    const images = [...demonstrationImages(), ami(1, `worker-${GUID}`)]
    const { environment } = await awsFor({ images })
    expect(await capture(environment, ...REGION)).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: aws us-east-1 ami-0feedfacecafe0001: contains an id; no file was written\n' +
        'Exclude the image with --criteria, or on AWS with --regions, and report the finding to its publisher.\n',
    })
  })

  it('records, reports and replays unusual GCP images', async () => {
    const image = (day: number, more: object) => ({
      name: `redhat-coreos-ocp-418-x86-64-20241009080${day}`,
      creationTimestamp: '2024-10-10T00:00:00.000-07:00',
      ...more,
    })
    const images = [
      image(1, { status: null, architecture: null, deprecated: null, description: null }),
      image(2, { architecture: 'ARCHITECTURE_UNSPECIFIED' }),
      image(3, { status: 'RESTING' as 'READY' }),
      image(4, { deprecated: { state: 'RESTING' as 'ACTIVE' } }),
      image(5, { deprecated: { state: 'ACTIVE', obsolete: 'soon' } }),
      { ...image(6, {}), name: 'redhat-coreos-ocp-418_\u001b[31m' },
    ] as ReturnType<typeof gcpImages>
    const options = { images: [...gcpImages(), ...images], listable: true }
    const { environment, url } = await gcpFor(options)
    const warnings = await captureWarnings(environment, '--cloud', 'gcp', '--gcp-endpoint', url)
    const name = 'redhat-coreos-ocp-418-x86-64-20241009080'
    expect(warnings.map((each) => each.replace(/image \d+/, 'image N')).sort()).toEqual([
      'gcp redhat-marketplace-public: image N of the response is ignored: malformed name',
      `gcp: image ${name}3 has the unknown state RESTING: not selected`,
      `gcp: image ${name}4 has the unknown state RESTING: not selected`,
      `gcp: image ${name}5 has an unreadable deprecation date: not selected`,
    ])
    const states = await readStates('gcp', 'name')
    expect([1, 2, 3, 4, 5].map((day) => states.get(`${name}${day}`))).toEqual([
      'active',
      'active',
      'unknown',
      'unknown',
      'unknown',
    ])
  })
})

describe('capture refuses a list without a last page', () => {
  it('from EC2', async () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imagesSet/><nextToken>again</nextToken></DescribeImagesResponse>'
    const fault = { kind: 'body', body, type: 'text/xml' } as const
    const { environment } = await awsFor({ faults: [{ path: /./, fault }] })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1']
    expect(await capture(environment, ...args)).toMatchObject({
      status: 3,
      stderr: 'stream-snapshot: aws us-east-1: the list has too many pages\nTry again later.\n',
    })
  })

  it('from Compute', async () => {
    const body = JSON.stringify({ kind: 'compute#imageList', nextPageToken: 'again' })
    const faults = [{ path: /images\?/, fault: { kind: 'body', body } as const }]
    const { environment, url } = await gcpFor({ faults })
    expect(await capture(environment, '--cloud', 'gcp', '--gcp-endpoint', url)).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: gcp redhat-marketplace-public: the list has too many pages\nTry again later.\n',
    })
  })
})

it.each(['East US', 'eastus'])('capture accepts --location %s', async (location) => {
  const { environment, url } = await azureFor(imagesBeforeBump())
  const args = ['--azure-endpoint', url, '--location', location]
  expect(await capture(environment, ...args)).toMatchObject({ status: 0 })
  expect(JSON.parse(await read('s.json')).criteria.azure.location).toBe('eastus')
})
