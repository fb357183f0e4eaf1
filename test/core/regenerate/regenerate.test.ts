import { describe, expect, it } from 'vitest'
import { type Job, regenerate } from '../../../src/core/regenerate/regenerate.ts'
import { describeUnverified } from '../../../src/core/regenerate/unverified.ts'
import type { AzureImage } from '../../../src/core/snapshot/snapshot.ts'
import { MarketplaceFile } from '../../../src/core/stream/marketplace.ts'
import { readStream } from '../../../src/core/stream/stream.ts'
import { misreadSkuLines } from '../../../src/show/regenerate.ts'
import { azureImage, makeSnapshot } from '../../support/snapshots.ts'
import { smallStream } from '../../support/streams.ts'

const OLD = '418.94.202409162337-0'
const NEW = '418.94.202410090804-0'

function build(release: string, regions: readonly string[], arch = 'x86_64') {
  return {
    release,
    location: `https://rhcos.mirror.openshift.com/art/storage/prod/streams/a/builds/${release}/${arch}`,
    meta: {
      images: { aws: { path: `rhcos-${release}-aws.${arch}.vmdk.gz`, sha256: 'a'.repeat(64) } },
      amis: regions.map((name) => ({ name, hvm: `ami-${release.slice(7, 15)}` })),
    },
  }
}

const V2 = azureImage('418-v2', '418.94.20240916')
const builds = (release: string, ...regions: string[]) =>
  makeSnapshot([V2], { builds: { x86_64: build(release, regions) } })

function run(job: Partial<Job> & Pick<Job, 'snapshot'>, target?: string) {
  return regenerate({
    requirement: 'any',
    allowRegression: false,
    ...(target !== undefined && { target: readStream(target, 'rhcos.json') }),
    ...job,
  })
}

const getRefusal = (...args: Parameters<typeof run>) => {
  try {
    run(...args)
  } catch (error) {
    const { message, remedy } = error as { message: string; remedy?: string }
    return `${message}. ${remedy}`
  }
  return undefined
}

describe('a region that is missing in the build', () => {
  const before = run({ snapshot: builds(OLD, 'eu-west-1', 'us-east-1') }).stream.print()

  it.each(['', '1', OLD])('is not kept if its image has the release "%s"', (release) => {
    const forged = JSON.parse(before)
    forged.architectures.x86_64.images.aws.regions['af-south-1'] = { release, image: 'ami-1' }
    const snapshot = builds(OLD, 'eu-west-1', 'us-east-1')
    expect(getRefusal({ snapshot }, JSON.stringify(forged))).toMatch(
      /^the target would lose 1 cloud image/,
    )
  })
})

describe('regenerate', () => {
  it('lets an image of the same build replace a newer image', () => {
    const target = smallStream({ x86_64: NEW })
    const image = (version: string) => makeSnapshot([azureImage('418-v2', version)])
    const newer = run({ snapshot: image('418.94.20250122') }, target).stream.print()
    expect(run({ snapshot: image('418.94.20241009') }, newer).stream.print()).toContain(
      '418.94.20241009',
    )
    expect(getRefusal({ snapshot: image('418.94.20241008') }, newer)).toBe(
      'the target would get 1 older marketplace image. Allow this with --allow-regression.',
    )
  })
})

describe('a plan', () => {
  const TEN = { x86_64: '10.2.20260423-0' }
  const paidImage = (sku: string, version: string): AzureImage => azureImage(sku, version)
  const select = (...images: readonly AzureImage[]) => {
    const snapshot = makeSnapshot(images)
    const { selections } = run(
      {
        snapshot: { ...snapshot, stream: { ...snapshot.stream, ocp: '4.22' } },
        layouts: ['stream-metadata'],
      },
      smallStream(TEN),
    )
    const own = selections.filter(({ slot }) => slot.plan === 'ocp')
    return own.map(({ image, reason }) => image?.version ?? reason)
  }

  it('uses fallback images of RHEL 9 only if both generations need them', () => {
    expect(
      select(
        paidImage('rh-ocp-worker-gen1', '9.6.2026030314'),
        paidImage('rh-ocp-worker', '9.6.2026030314'),
      ),
    ).toEqual(['9.6.2026030314', '9.6.2026030314'])
    expect(
      select(
        paidImage('rh-ocp-worker-gen1', '9.6.2026030314'),
        paidImage('rh-ocp-worker', '10.2.2026050101'),
      ),
    ).toEqual(['no image of RHEL 10, but the other generation has one', '10.2.2026050101'])
  })
})

it('misreadSkuLines reports Gen2 SKUs in the layout that the machine-config operator reads', () => {
  const skus = ['418-v2', '418-arm', 'aro_418', 'rh-ocp-worker', 'aro_5-0_x64_gen2']
  const snapshot = makeSnapshot(
    skus.map((sku) =>
      azureImage(sku, sku.startsWith('rh-') ? '4.18.2025031114' : '418.94.20240916'),
    ),
  )
  const target = smallStream({ aarch64: NEW, x86_64: NEW })
  const found = (layouts: Job['layouts']) =>
    misreadSkuLines(run({ snapshot, ...(layouts && { layouts }) }, target))
  expect(found(['stream-metadata'])).toEqual([
    'the machine-config operator reads these Gen2 SKUs as Gen1 because the SKUs contain neither v2 nor gen2: 418-arm, rh-ocp-worker',
  ])
  expect(found(['enhancement'])).toEqual([])
})

describe('images that are not in the snapshot', () => {
  const stream = smallStream({ x86_64: NEW })
  const entry = { hyperVGen2: { publisher: 'p', offer: 'o', sku: 's', version: '1.2.3' } }

  it('are reported for an unknown architecture, and removed with allowRegression', () => {
    const text = JSON.stringify({ s390x: { azure: { ocp: entry } } })
    const job = () => ({
      snapshot: makeSnapshot([V2]),
      marketplaceFile: MarketplaceFile.read(text, 'm.json'),
      clouds: ['azure'] as const,
    })
    expect(run(job(), stream).unverified.map(describeUnverified)).toEqual([
      '1 azure image for s390x (neither the snapshot nor the stream has s390x)',
    ])
    const removed = run({ ...job(), allowRegression: true }, stream)
    expect(removed.marketplaceFile?.print()).not.toContain('s390x')
    expect(removed.unverified).toEqual([])
  })
})
