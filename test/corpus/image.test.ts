import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'

const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')
const FILES = {
  '4.17': [join(CORPUS, 'marketplace/ocp-4.17.json')],
  '4.22': [join(CORPUS, 'marketplace/ocp-4.22.json')],
  cluster: [join(CORPUS, 'configmap/bootimages-5.0.yaml'), '--stream-name', 'rhel-9'],
} as const

/** Of each file, by plan, architecture and generation, the URN as it stands there. */
const IMAGES: readonly (readonly [keyof typeof FILES, string[], string])[] = [
  ['4.17', [], 'azureopenshift:aro4:417-v2:417.94.20240701'],
  ['4.17', ['--generation', '1'], 'azureopenshift:aro4:aro_417:417.94.20240701'],
  ['4.17', ['--gen1'], 'azureopenshift:aro4:aro_417:417.94.20240701'],
  ['4.17', ['--arch', 'arm64'], 'azureopenshift:aro4:417-arm:417.94.20240701'],
  ['4.22', [], 'azureopenshift:aro4:aro_422-v2:9.8.20260428'],
  ['4.22', ['--generation', '1'], 'azureopenshift:aro4:aro_422:9.8.20260428'],
  ['4.22', ['--gen1'], 'azureopenshift:aro4:aro_422:9.8.20260428'],
  ['4.22', ['--arch', 'aarch64'], 'azureopenshift:aro4:aro_422-arm:9.8.20260428'],
  ['4.22', ['--plan', 'ocp'], 'redhat:rh-ocp-worker:rh-ocp-worker:9.6.2026030314'],
  ['4.22', ['--plan', 'opp', '--gen1'], 'redhat:rh-opp-worker:rh-opp-worker-gen1:9.6.2026030314'],
  [
    '4.22',
    ['--plan', 'oke', '--generation', '1'],
    'redhat:rh-oke-worker:rh-oke-worker-gen1:9.6.2026030314',
  ],
  ['4.22', ['--plan', 'ocp-emea'], 'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2026012111'],
  [
    '4.22',
    ['--plan', 'oke-emea', '--gen1'],
    'redhat-limited:rh-oke-worker:rh-oke-worker-gen1:4.18.2026012111',
  ],
  ['cluster', [], 'azureopenshift:aro4:420-v2:9.6.20251015'],
  ['cluster', ['--arch', 'arm64'], 'azureopenshift:aro4:420-arm:9.6.20251015'],
  ['cluster', ['--plan', 'ocp'], 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025031114'],
  [
    'cluster',
    ['--plan', 'ocp-emea', '--gen1'],
    'redhat-limited:rh-ocp-worker:rh-ocp-worker-gen1:4.18.2025031114',
  ],
]

describe.each(IMAGES)('the image of %s %j', (name, args, urn) => {
  it('is the same in each format', async () => {
    const ask = async (format: string) => {
      const { stdout } = await run(['image', ...FILES[name], ...args, '-o', format])
      return stdout
    }
    const [publisher, offer, sku, version] = urn.split(':')
    const entry = { publisher, offer, sku, version }
    const isFree = publisher === 'azureopenshift'
    expect(await ask('urn')).toBe(`${urn}\n`)
    expect(JSON.parse(await ask('json'))).toMatchObject({ ...entry, urn })
    expect(await ask('id')).toBe(
      `/Providers/Microsoft.Compute/Locations/eastus/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}/Skus/${sku}/Versions/${version}\n`,
    )
    expect(load(await ask('install-config'))).toMatchObject({
      platform: {
        azure: {
          defaultMachinePlatform: {
            osImage: { plan: isFree ? 'NoPurchasePlan' : 'WithPurchasePlan', ...entry },
          },
        },
      },
    })
    const type = isFree ? 'MarketplaceNoPlan' : 'MarketplaceWithPlan'
    expect(load(await ask('machineset'))).toMatchObject({
      spec: { template: { spec: { providerSpec: { value: { image: { ...entry, type } } } } } },
    })
    expect(await ask('terraform')).toContain(`  sku       = "${sku}"\n`)
    expect(await ask('bicep')).toContain(`  sku: '${sku}'\n`)
    expect(await ask('az')).toContain(`az vm create --image ${urn}\n`)
  })
})
