import { expect } from 'vitest'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import type { Captured, Row, TestClouds } from './test-clouds.ts'

const LIST = ['vm', 'image', 'list', '--all', '--location', 'eastus']

/**
 * Signs az in to the public cloud. The cloud is registered again with another profile, because
 * Debian 12 has a library for az that does not support images in the API version of the profile
 * `latest`.
 */
export async function signIn({ client, clouds }: TestClouds): Promise<string> {
  await client(
    'az',
    ...['cloud', 'register', '--name', 'Company', '--profile', '2020-09-01-hybrid'],
    ...['--endpoint-resource-manager', 'https://management.azure.com/'],
    ...['--endpoint-active-directory', 'https://login.microsoftonline.com'],
    ...['--endpoint-active-directory-resource-id', 'https://management.core.windows.net/'],
    ...['--endpoint-active-directory-graph-resource-id', 'https://graph.windows.net/'],
  )
  await client('az', 'cloud', 'set', '--name', 'Company')
  const { clientId, clientSecret, tenantId } = clouds.azure.account
  const account = ['--username', clientId, '--password', clientSecret, '--tenant', tenantId]
  return client('az', 'login', '--service-principal', ...account, '--output', 'json')
}

/** Fields that all versions of az print. Current versions also print the deprecation status. */
const FIELDS = ['architecture', 'offer', 'publisher', 'sku', 'urn', 'version']

/**
 * Each function compares the output of az with a snapshot and with the images of the mock server.
 */
export const AZ = {
  /**
   * az queries all publishers in threads, so its order is random. It also lists previews and other
   * offers, spells publishers like Azure, and prints no architecture for an image without one.
   * `list` prints the architecture of the SKU.
   */
  async 'az vm image list -o json'(testClouds: TestClouds): Promise<void> {
    const all: Row[] = JSON.parse(await testClouds.client('az', ...LIST, '-o', 'json'))
    const known = testClouds.azureImages.map(toRow)
    expect(sorted(all.map((row) => pick(row, FIELDS))), 'az and the mock server').toEqual(
      sorted(known),
    )

    const captured = await testClouds.capture('azure')
    const isCaptured = createCapturedFilter(captured)
    const listed: Row[] = JSON.parse(await captured.list('-o', 'json'))
    const printed = all.filter(isCaptured).map(lowerPublisher)
    const withoutProperties = new Set(
      testClouds.azureImages.filter((each) => each.noProperties).map(toUrn),
    )
    expect(printed.length).toBeGreaterThan(50)
    expect(sorted(printed), 'az and list').toEqual(
      sorted(
        listed.map((row) => ({
          ...pick(row, Object.keys(printed[0] ?? {})),
          ...(withoutProperties.has(String(row.urn)) && { architecture: '' }),
        })),
      ),
    )
  },

  /** The lines are the same, but az sorts versions as strings and `list` as numbers. */
  async 'az vm image list -o table'(testClouds: TestClouds): Promise<void> {
    const captured = await testClouds.capture('azure')
    for (const place of [
      ['--publisher', 'azureopenshift', '--offer', 'aro4', '--sku', '417'],
      ['--publisher', 'redhat-limited', '--sku', 'gen1'],
    ]) {
      const table = await testClouds.client('az', ...LIST, ...place, '-o', 'table')
      const lines = table.split('\n')
      expect(lines.length).toBeGreaterThan(5)
      const listed = (await captured.list(...place, '-o', 'table')).split('\n')
      expect(listed.slice(0, 2), 'heads of az and list').toEqual(lines.slice(0, 2))
      expect(listed.toSorted(), 'az and list').toEqual(lines.toSorted())
    }
  },

  /** Current versions of az print the deprecation status, which is empty, as the second column. */
  async 'az vm image list -o tsv'(testClouds: TestClouds): Promise<void> {
    const place = ['--publisher', 'azureopenshift', '--offer', 'aro4', '--sku', '417']
    const printed = parseTsv(await testClouds.client('az', ...LIST, ...place, '-o', 'tsv'))
    const captured = await testClouds.capture('azure')
    expect(printed.length).toBeGreaterThan(2)
    const listed = parseTsv(await captured.list(...place, '-o', 'tsv'))
    expect(listed.map(([, status]) => status)).toEqual(printed.map(() => ''))
    const isCurrent = printed[0]?.length === listed[0]?.length
    expect(isCurrent ? listed : listed.map((row) => row.toSpliced(1, 1)), 'az and list').toEqual(
      printed,
    )
  },

  /** One image for each kind of plan, architecture and generation. */
  async 'az vm image show'(testClouds: TestClouds): Promise<void> {
    const captured = await testClouds.capture('azure')
    for (const sku of ['418-arm', 'aro_418', 'rh-ocp-worker-gen1']) {
      const image = captured.images.find((each) => each.sku === sku) ?? {}
      const { publisher, offer, version } = image
      const urn = [publisher, offer, sku, version].join(':')
      const shown = JSON.parse(
        await testClouds.client('az', 'vm', 'image', 'show', '--location', 'eastus', '--urn', urn),
      )
      const own = testClouds.azureImages.find((each) => toUrn(each) === urn)
      expect(shown.hyperVGeneration, 'az and the mock server').toBe(own?.hyperVGeneration)
      expect(shown, 'az and capture').toMatchObject({
        name: version,
        location: 'eastus',
        id: `${offerId(testClouds, own)}/Skus/${sku}/Versions/${version}`,
        hyperVGeneration: `V${image.generation}`,
        osDiskImage: { operatingSystem: 'Linux' },
        plan:
          image.plan === 'no-purchase-plan'
            ? null
            : { name: sku, product: offer, publisher: own?.publisher },
      })
    }
  },
} as const satisfies Record<string, (testClouds: TestClouds) => Promise<void>>

function toRow(image: AzureImage): Row {
  const { publisher, offer, sku, version, architecture, noProperties } = image
  const urn = [publisher, offer, sku, version].join(':')
  return { architecture: noProperties ? '' : architecture, offer, publisher, sku, urn, version }
}

/** The URN as printed by `list`, with the publisher in lower case as in the criteria. */
function toUrn({ publisher, offer, sku, version }: AzureImage): string {
  return [publisher.toLowerCase(), offer, sku, version].join(':')
}

function lowerPublisher(row: Row): Row {
  const publisher = String(row.publisher).toLowerCase()
  const [, ...rest] = String(row.urn).split(':')
  return { ...row, publisher, urn: [publisher, ...rest].join(':') }
}

/** Returns a function that is true for rows of captured SKUs. */
function createCapturedFilter({ images }: Captured): (row: Row) => boolean {
  const getSku = ({ publisher, offer, sku }: Row) => `${publisher}:${offer}:${sku}`.toLowerCase()
  const captured = new Set(images.map(getSku))
  return (row) => captured.has(getSku(row))
}

function offerId({ clouds }: TestClouds, { publisher, offer }: Row | AzureImage = {}): string {
  const { subscriptionId } = clouds.azure.account
  return `/Subscriptions/${subscriptionId}/Providers/Microsoft.Compute/Locations/eastus/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}`
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (String(a.urn) < String(b.urn) ? -1 : 1))
}

function pick(row: Row, keys: readonly string[]): Row {
  return Object.fromEntries(keys.map((key) => [key, row[key]]))
}

function parseTsv(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
}
