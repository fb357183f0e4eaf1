import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { demonstrationImages } from '../stand-in/aws-images.ts'
import { imagesBeforeBump } from '../stand-in/azure-images.ts'
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

async function expectReplay(): Promise<void> {
  const before = [await read('s.json'), await read('s.recording.json')]
  expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
  expect([await read('s.json'), await read('s.recording.json')]).toEqual(before)
  expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
}

describe('an image of Azure', () => {
  const VERSION = '418.94.20250122'
  const captureWith = async (properties: unknown) => {
    const items = [{ name: VERSION, location: 'eastus', properties }]
    const body = JSON.stringify(items)
    const standIn = await azureFor(imagesBeforeBump(), {
      faults: [{ path: /418-v2/, fault: { kind: 'body', body } }],
    })
    return run(
      ['capture', at('s.json'), '--stream', at('rhcos.json'), '--azure-endpoint', standIn.url],
      { env: standIn.environment },
    )
  }
  const image = async () =>
    JSON.parse(await read('s.json')).images.azure.find(
      ({ sku }: { sku: string }) => sku === '418-v2',
    )
  const known = { architecture: 'x64', hyperVGeneration: 'V2' }

  it.each<[string, unknown, string]>([
    ['without properties', undefined, 'active'],
    ['with properties that are null', null, 'active'],
    ['with a status that is null', { ...known, imageDeprecationStatus: null }, 'active'],
    [
      'with a state that is null',
      { ...known, imageDeprecationStatus: { imageState: null, scheduledDeprecationTime: null } },
      'active',
    ],
    ['with null for all', { architecture: null, hyperVGeneration: null }, 'active'],
    [
      'in small letters',
      {
        architecture: 'X64',
        hyperVGeneration: 'v2',
        imageDeprecationStatus: { imageState: 'active' },
      },
      'active',
    ],
    [
      'deprecated, in small letters',
      { ...known, imageDeprecationStatus: { imageState: 'deprecated' } },
      'deprecated',
    ],
  ])('%s is read', async (_, properties, state) => {
    const outcome = await captureWith(properties)
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).not.toContain('warning')
    expect(await image()).toMatchObject({ version: VERSION, architecture: 'x86_64', state })
    await expectReplay()
  })

  it('in a state that is new is kept, named, and never chosen', async () => {
    const outcome = await captureWith({
      ...known,
      imageDeprecationStatus: { imageState: 'Retired' },
    })
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toContain(
      `warning: azure azureopenshift:aro4:418-v2: image ${VERSION} is in the state Retired, which is not known: never chosen\n`,
    )
    expect(await image()).toMatchObject({ version: VERSION, state: 'unknown' })
    await expectReplay()
    const { stdout } = await run([
      'regenerate',
      at('s.json'),
      '--target',
      at('rhcos.json'),
      '--json',
    ])
    const selections: Record<string, unknown>[] = JSON.parse(stdout).selections
    const chosen = selections.find(
      ({ architecture, generation, plan }) =>
        architecture === 'x86_64' && generation === 2 && plan === 'no-purchase-plan',
    )
    expect(chosen).toMatchObject({ image: { version: '417.94.20240701' } })
  })

  it('of an architecture that is new is told with its member', async () => {
    const outcome = await captureWith({ ...known, architecture: 'RiscV' })
    expect(outcome).toMatchObject({
      status: 3,
      stderr: `stream-snapshot: azure azureopenshift:aro4:418-v2: image ${VERSION} has a property that is not known: architecture\nA later version of stream-snapshot may know it.\n`,
    })
  })
})

describe('a location', () => {
  const captureAt = async (location: string) => {
    const standIn = await azureFor(imagesBeforeBump())
    const args = ['--azure-endpoint', standIn.url, '--location', location]
    return run(['capture', at('s.json'), '--stream', at('rhcos.json'), ...args], {
      env: standIn.environment,
    })
  }

  it.each(['East US', 'EastUS', 'eastus'])('may be written %s', async (location) => {
    expect(await captureAt(location)).toMatchObject({ status: 0 })
    expect(JSON.parse(await read('s.json')).criteria.azure.location).toBe('eastus')
    await expectReplay()
  })

  it('is no path', async () => {
    expect(await captureAt('eastus/../x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'stream-snapshot: --location: expected a region such as eastus, found "eastus/../x"\n',
      ),
    })
  })
})

describe('pages that lead back to themselves', () => {
  it('of EC2 are told', async () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imagesSet/><nextToken>again</nextToken></DescribeImagesResponse>'
    const fault = { kind: 'body', body, type: 'text/xml' } as const
    const standIn = await awsFor({ faults: [{ path: /./, fault }] })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    const outcome = await run(['capture', at('s.json'), ...args], { env: standIn.environment })
    expect(outcome).toMatchObject({
      status: 3,
      stderr: 'stream-snapshot: aws us-east-1: the pages have no end\nTry again later.\n',
    })
    expect(standIn.requests).toHaveLength(2)
  })

  it('of Compute are told', async () => {
    const body = JSON.stringify({ kind: 'compute#imageList', nextPageToken: 'again' })
    const standIn = await gcpFor({ faults: [{ path: /images\?/, fault: { kind: 'body', body } }] })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', standIn.url, '--stream', at('rhcos.json')]
    const outcome = await run(['capture', at('s.json'), ...args], { env: standIn.environment })
    expect(outcome).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: gcp redhat-marketplace-public: the pages have no end\nTry again later.\n',
    })
    expect(standIn.requests).toHaveLength(2)
  })
})

describe('an image of AWS', () => {
  const PRODUCT = '59ead7de-2540-4653-a8b0-fa7926d5c845'
  const GUID = '12345678-9abc-4def-8123-456789abcdef'
  const made = (name: string, more: object = {}) => ({
    region: 'us-east-1',
    architecture: 'x86_64' as const,
    creationDate: '2025-01-01T00:00:00.000Z',
    name,
    ...more,
  })
  const captureWith = async (...images: ReturnType<typeof made>[]) => {
    const standIn = await awsFor({ images: [...demonstrationImages(), ...images] })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args], { env: standIn.environment })
  }
  const versionOf = async (name: string) =>
    JSON.parse(await read('s.json')).images.aws.find((each: { name: string }) => each.name === name)
      ?.version

  it.each([
    [`rhcos-418.94.202410090805-0-x86_64-${PRODUCT}`, '418.94.202410090805-0'],
    [`worker-a-${PRODUCT}`, '418.94.202410090806-0'],
  ])('may have an id in its description: %s', async (name, version) => {
    const description = `OpenShift 4.18 418.94.202410090806-0 x86_64, order ${GUID}`
    expect(await captureWith(made(name, { description }))).toMatchObject({ status: 0 })
    expect(await versionOf(name)).toBe(version)
    expect(await read('s.recording.json')).not.toContain(GUID)
    await expectReplay()
  })

  it('with an id in its name is told by region and image', async () => {
    const outcome = await captureWith(
      made(`worker-${GUID}-${PRODUCT}`, { imageId: 'ami-0feedfacecafe0001' }),
    )
    expect(outcome).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: aws us-east-1 ami-0feedfacecafe0001: holds an id; nothing was written\n' +
        'Leave it out, with other criteria or on AWS with --regions, and tell its publisher.\n',
    })
  })

  it('that is deprecated, and so listed to nobody who does not ask, is kept and not chosen', async () => {
    const name = `rhcos-418.94.202410090804-0-x86_64-last-${PRODUCT}`
    const deprecationTime = '2025-02-01T00:00:00.000Z'
    expect(await captureWith(made(name, { deprecationTime }))).toMatchObject({ status: 0 })
    expect(await versionOf(name)).toBe('418.94.202410090804-0')
    await expectReplay()
    const { stdout } = await run([
      'regenerate',
      at('s.json'),
      '--target',
      at('rhcos.json'),
      '--json',
      '--explain',
    ])
    const chosen = JSON.stringify(
      JSON.parse(stdout).selections.map((each: { image?: unknown }) => each.image),
    )
    expect(chosen).not.toContain(name)
  })
})
