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

/** The images of all slots, as JSON. */
async function chosen(): Promise<string> {
  await writeFile(at('target.json'), smallStream(EXAMPLE))
  const args = ['regenerate', at('s.json'), '--target', at('target.json'), '--json']
  const { selections } = JSON.parse((await run(args)).stdout)
  return JSON.stringify(selections.map((each: { image?: object }) => each.image))
}

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
    const mockServer = await azureFor(imagesBeforeBump(), {
      faults: [{ path: /418-v2/, fault: { kind: 'body', body } }],
    })
    return run(
      ['capture', at('s.json'), '--stream', at('rhcos.json'), '--azure-endpoint', mockServer.url],
      { env: mockServer.environment },
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
      `warning: azure azureopenshift:aro4:418-v2: image ${VERSION} has the unknown state Retired: not selected\n`,
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

  it('whose version is none is left out, and named', async () => {
    const body = JSON.stringify([
      { name: VERSION, properties: known },
      { name: '418.94.1\u001b[31m\u202e', properties: known },
    ])
    const mockServer = await azureFor(imagesBeforeBump(), {
      faults: [{ path: /418-v2/, fault: { kind: 'body', body } }],
    })
    const args = ['--stream', at('rhcos.json'), '--azure-endpoint', mockServer.url]
    const outcome = await run(['capture', at('s.json'), ...args], { env: mockServer.environment })
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toContain(
      'warning: azure azureopenshift:aro4:418-v2: image 2 of the response is ignored: malformed version\n',
    )
    expect(await image()).toMatchObject({ version: VERSION })
    await expectReplay()
  })

  it('of an architecture that is new is told with its member', async () => {
    const outcome = await captureWith({ ...known, architecture: 'RiscV' })
    expect(outcome).toMatchObject({
      status: 3,
      stderr: `stream-snapshot: azure azureopenshift:aro4:418-v2: image ${VERSION} has an unknown property: architecture\nA later version of stream-snapshot may know it.\n`,
    })
  })
})

describe('a location', () => {
  const captureAt = async (location: string) => {
    const mockServer = await azureFor(imagesBeforeBump())
    const args = ['--azure-endpoint', mockServer.url, '--location', location]
    return run(['capture', at('s.json'), '--stream', at('rhcos.json'), ...args], {
      env: mockServer.environment,
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
    const mockServer = await awsFor({ faults: [{ path: /./, fault }] })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    const outcome = await run(['capture', at('s.json'), ...args], { env: mockServer.environment })
    expect(outcome).toMatchObject({
      status: 3,
      stderr: 'stream-snapshot: aws us-east-1: the list has no last page\nTry again later.\n',
    })
    expect(mockServer.requests).toHaveLength(2)
  })

  it('of Compute are told', async () => {
    const body = JSON.stringify({ kind: 'compute#imageList', nextPageToken: 'again' })
    const mockServer = await gcpFor({
      faults: [{ path: /images\?/, fault: { kind: 'body', body } }],
    })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', mockServer.url, '--stream', at('rhcos.json')]
    const outcome = await run(['capture', at('s.json'), ...args], { env: mockServer.environment })
    expect(outcome).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: gcp redhat-marketplace-public: the list has no last page\nTry again later.\n',
    })
    expect(mockServer.requests).toHaveLength(2)
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
    const mockServer = await awsFor({ images: [...demonstrationImages(), ...images] })
    const args = ['--cloud', 'aws', '--regions', 'us-east-1', '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args], { env: mockServer.environment })
  }
  const imagesNamed = async (name: string): Promise<{ version: string }[]> =>
    JSON.parse(await read('s.json')).images.aws.filter(
      (each: { name: string }) => each.name === name,
    )
  const versionOf = async (name: string) => (await imagesNamed(name))[0]?.version

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

  it('without a state is read, and in one that is new is kept, named and never chosen', async () => {
    const name = `rhcos-418.94.202410090804-0-x86_64-last-${PRODUCT}`
    const odd = { imageId: 'ami-0feedfacecafe0002', state: 'retired' as 'disabled' }
    const outcome = await captureWith(made(name, odd))
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toContain(
      'warning: aws us-east-1: image ami-0feedfacecafe0002 has the unknown state retired: not selected\n',
    )
    expect(await imagesNamed(name)).toMatchObject([{ state: 'unknown' }])
    await expectReplay()
    expect(await chosen()).not.toContain(odd.imageId)
    await captureWith(made(name, { ...odd, state: '' as 'disabled' }))
    expect(await imagesNamed(name)).toMatchObject([{ state: 'active' }])
    await expectReplay()
    expect(await chosen()).toContain(odd.imageId)
  })

  it.each([
    ['id', `rhcos-418.94.202410090805-0-x86_64-${PRODUCT}`, 'ami-0123\u009b31m', ''],
    [
      'name',
      `rhcos\u202e-418.94.202410090805-0-x86_64-${PRODUCT}`,
      'ami-0feedfacecafe0003',
      ', ami-0feedfacecafe0003,',
    ],
  ])('with an %s that is none is left out, and named', async (member, name, imageId, shown) => {
    const place = `image [0-9]+${shown}`
    const outcome = await captureWith(made(name, { imageId }))
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toMatch(
      new RegExp(
        `^warning: aws us-east-1: ${place} of the answer is left out: its ${member} is of another form than the cloud documents$`,
        'm',
      ),
    )
    expect(await imagesNamed(name)).toEqual([])
    expect(await read('s.recording.json')).not.toContain('202410090805')
    await expectReplay()
  })

  it('of an architecture with the name of a prototype is refused', async () => {
    const odd = { imageId: 'ami-0feedfacecafe0004', architecture: 'constructor' as 'x86_64' }
    const outcome = await captureWith(made(`rhcos-418.94.202410090805-0-${PRODUCT}`, odd))
    expect(outcome).toMatchObject({
      status: 3,
      stderr:
        'stream-snapshot: aws us-east-1: image ami-0feedfacecafe0004 has an unknown property: constructor\nA later version of stream-snapshot may know it.\n',
    })
  })

  it('that is deprecated, and so listed to nobody who does not ask, is kept and not chosen', async () => {
    const name = `rhcos-418.94.202410090804-0-x86_64-last-${PRODUCT}`
    const odd = { imageId: 'ami-0feedfacecafe0005', deprecationTime: '2025-02-01T00:00:00.000Z' }
    expect(await captureWith(made(name, odd))).toMatchObject({ status: 0 })
    expect(await versionOf(name)).toBe('418.94.202410090804-0')
    await expectReplay()
    expect(await chosen()).not.toContain(odd.imageId)
  })
})

describe('an image of GCP', () => {
  const NAME = 'redhat-coreos-ocp-418-x86-64-202410090804'
  const captureWith = async (more: object) => {
    const images = [
      ...gcpImages(),
      { name: NAME, creationTimestamp: '2024-10-10T00:00:00.000-07:00', ...more },
    ]
    const mockServer = await gcpFor({ images, listable: true })
    const args = ['--cloud', 'gcp', '--gcp-endpoint', mockServer.url, '--stream', at('rhcos.json')]
    return run(['capture', at('s.json'), ...args], { env: mockServer.environment })
  }
  const kept = async () =>
    JSON.parse(await read('s.json')).images.gcp.filter(
      (each: { name: string }) => each.name === NAME,
    )

  it.each([
    ['nothing else', {}],
    ['null for all', { status: null, architecture: null, deprecated: null, description: null }],
    ['a deprecation of nulls', { deprecated: { state: null, obsolete: null } }],
    ['an architecture that nobody set', { architecture: 'ARCHITECTURE_UNSPECIFIED' }],
  ])('with %s is read', async (_, more) => {
    const outcome = await captureWith(more)
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).not.toContain('warning')
    expect(await kept()).toMatchObject([{ architecture: 'x86_64', state: 'active' }])
    await expectReplay()
    expect(await chosen()).toContain(NAME)
  })

  it.each([{ status: 'RESTING' }, { deprecated: { state: 'RESTING' } }])(
    'in a state that is new is kept, named and never chosen: %j',
    async (more) => {
      const outcome = await captureWith(more)
      expect(outcome.status).toBe(0)
      expect(outcome.stderr).toContain(
        `warning: gcp: image ${NAME} has the unknown state RESTING: not selected\n`,
      )
      expect(await kept()).toMatchObject([{ state: 'unknown' }])
      await expectReplay()
      expect(await chosen()).not.toContain(NAME)
    },
  )

  it('with a name that is none is left out, and named', async () => {
    const outcome = await captureWith({ name: `${NAME}_\u001b[31m` })
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toMatch(
      /^warning: gcp redhat-marketplace-public: image [0-9]+ of the response is ignored: malformed name$/m,
    )
    expect(await read('s.recording.json')).not.toContain(NAME)
    await expectReplay()
  })

  it('of an architecture with the name of a prototype is refused', async () => {
    expect(await captureWith({ architecture: 'constructor' })).toMatchObject({
      status: 3,
      stderr: `stream-snapshot: gcp image ${NAME} has an unknown property: constructor\nA later version of stream-snapshot may know it.\n`,
    })
  })
})
