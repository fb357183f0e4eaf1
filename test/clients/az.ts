import { expect } from 'vitest'
import type { AzureImage } from '../mock-servers/azure-image.ts'
import type { Captured, Row, World } from './world.ts'

const LIST = ['vm', 'image', 'list', '--all', '--location', 'eastus']

/**
 * Logs az in, to the public cloud by its own hosts. It is registered anew for the sake of its
 * profile: az of Debian 12 was built against a newer library than Debian has, which has no images
 * in the API version of the profile `latest`.
 */
export async function signIn({ client, clouds }: World): Promise<string> {
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

/** What az prints of an image; that of today also its deprecation status. */
const FIELDS = ['architecture', 'offer', 'publisher', 'sku', 'urn', 'version']

/** Each throws where az prints something else than `list`, or than the mock server has. */
export const AZ = {
  /**
   * az walks through all publishers, in threads, so that its order is none. It lists previews and
   * whatever else there is, spells a publisher as the cloud does, and leaves the architecture empty
   * where an image has none, for which `list` has that of the SKU.
   */
  async 'az vm image list -o json'(world: World): Promise<void> {
    const all: Row[] = JSON.parse(await world.client('az', ...LIST, '-o', 'json'))
    const known = world.azureImages.map(toRow)
    expect(sorted(all.map((row) => pick(row, FIELDS))), 'az and the mock server').toEqual(
      sorted(known),
    )

    const captured = await world.capture('azure')
    const isCaptured = getPlaces(captured)
    const listed: Row[] = JSON.parse(await captured.list('-o', 'json'))
    const printed = all.filter(isCaptured).map(lowerPublisher)
    const bare = new Set(world.azureImages.filter((each) => each.noProperties).map(toUrn))
    expect(printed.length).toBeGreaterThan(50)
    expect(sorted(printed), 'az and list').toEqual(
      sorted(
        listed.map((row) => ({
          ...pick(row, Object.keys(printed[0] ?? {})),
          ...(bare.has(String(row.urn)) && { architecture: '' }),
        })),
      ),
    )
  },

  /**
   * Where all images may be chosen the two are the same, line by line. az has versions in the order of
   * strings, `list` in that of numbers.
   */
  async 'az vm image list -o table'(world: World): Promise<void> {
    const captured = await world.capture('azure')
    for (const place of [
      ['--publisher', 'azureopenshift', '--offer', 'aro4', '--sku', '417'],
      ['--publisher', 'redhat-limited', '--sku', 'gen1'],
    ]) {
      const table = await world.client('az', ...LIST, ...place, '-o', 'table')
      const lines = table.split('\n')
      expect(lines.length).toBeGreaterThan(5)
      const listed = (await captured.list(...place, '-o', 'table')).split('\n')
      expect(listed.slice(0, 2), 'heads of az and list').toEqual(lines.slice(0, 2))
      expect(listed.toSorted(), 'az and list').toEqual(lines.toSorted())
    }
  },

  /** az of today has a column more, the second: the deprecation status, which is empty there. */
  async 'az vm image list -o tsv'(world: World): Promise<void> {
    const place = ['--publisher', 'azureopenshift', '--offer', 'aro4', '--sku', '417']
    const printed = cells(await world.client('az', ...LIST, ...place, '-o', 'tsv'), '\t')
    const captured = await world.capture('azure')
    expect(printed.length).toBeGreaterThan(2)
    const listed = cells(await captured.list(...place, '-o', 'tsv'), '\t')
    expect(listed.map(([, status]) => status)).toEqual(printed.map(() => ''))
    const isOfToday = printed[0]?.length === listed[0]?.length
    expect(isOfToday ? listed : listed.map((row) => row.toSpliced(1, 1)), 'az and list').toEqual(
      printed,
    )
  },

  /** One of each plan's kind, architecture and generation. */
  async 'az vm image show'(world: World): Promise<void> {
    const captured = await world.capture('azure')
    for (const sku of ['418-arm', 'aro_418', 'rh-ocp-worker-gen1']) {
      const image = captured.images.find((each) => each.sku === sku) ?? {}
      const { publisher, offer, version } = image
      const urn = [publisher, offer, sku, version].join(':')
      const shown = JSON.parse(
        await world.client('az', 'vm', 'image', 'show', '--location', 'eastus', '--urn', urn),
      )
      const own = world.azureImages.find((each) => toUrn(each) === urn)
      expect(shown.hyperVGeneration, 'az and the mock server').toBe(own?.hyperVGeneration)
      expect(shown, 'az and capture').toMatchObject({
        name: version,
        location: 'eastus',
        id: `${offerId(world, own)}/Skus/${sku}/Versions/${version}`,
        hyperVGeneration: `V${image.generation}`,
        osDiskImage: { operatingSystem: 'Linux' },
        plan:
          image.plan === 'no-purchase-plan'
            ? null
            : { name: sku, product: offer, publisher: own?.publisher },
      })
    }
  },
} as const satisfies Record<string, (world: World) => Promise<void>>

function toRow(image: AzureImage): Row {
  const { publisher, offer, sku, version, architecture, noProperties } = image
  const urn = [publisher, offer, sku, version].join(':')
  return { architecture: noProperties ? '' : architecture, offer, publisher, sku, urn, version }
}

/** As `list` has it, where a publisher is spelled as the criteria spell it. */
function toUrn({ publisher, offer, sku, version }: AzureImage): string {
  return [publisher.toLowerCase(), offer, sku, version].join(':')
}

function lowerPublisher(row: Row): Row {
  const publisher = String(row.publisher).toLowerCase()
  const [, ...rest] = String(row.urn).split(':')
  return { ...row, publisher, urn: [publisher, ...rest].join(':') }
}

/** Whether a row of az is of a SKU that was captured. */
function getPlaces({ images }: Captured): (row: Row) => boolean {
  const getPlace = ({ publisher, offer, sku }: Row) => `${publisher}:${offer}:${sku}`.toLowerCase()
  const places = new Set(images.map(getPlace))
  return (row) => places.has(getPlace(row))
}

function offerId({ clouds }: World, { publisher, offer }: Row | AzureImage = {}): string {
  const { subscriptionId } = clouds.azure.account
  return `/Subscriptions/${subscriptionId}/Providers/Microsoft.Compute/Locations/eastus/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}`
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (String(a.urn) < String(b.urn) ? -1 : 1))
}

function pick(row: Row, keys: readonly string[]): Row {
  return Object.fromEntries(keys.map((key) => [key, row[key]]))
}

function cells(text: string, between: string | RegExp): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(between))
}
