import { describe, expect, it } from 'vitest'
import { findVersion } from '../../../src/capture/clouds/gcp/images.ts'
import { measureSkew } from '../../../src/core/audit/skew.ts'
import { BUILT_IN } from '../../../src/core/criteria/criteria.ts'
import type { Requirement } from '../../../src/core/selection/select.ts'
import type { AzureImage, SnapshotContent } from '../../../src/core/snapshot/snapshot.ts'
import { azureImage, makeSnapshot } from '../../support/snapshots.ts'

/** Returns the expected SKU and version for an x86_64 release in the Gen2 slot of a plan. */
function expectedFor(
  release: string,
  images: readonly AzureImage[],
  plan = 'no-purchase-plan',
  more: Partial<SnapshotContent> = {},
  requirement: Requirement = 'any',
) {
  const skews = measureSkew(makeSnapshot(images, more), new Map([['x86_64', release]]), requirement)
  const { expected } = skews.find(({ slot }) => slot.plan === plan && slot.generation === 2) ?? {}
  return expected && [expected.place.sku, expected.version, ...(expected.orLater ? ['later'] : [])]
}

const RELEASE = '418.94.202410090804-0'

function withQueries(...skus: readonly string[]): Pick<SnapshotContent, 'queries'> {
  const query = { publisher: 'azureopenshift', offer: 'aro4', images: 1 }
  return { queries: { azure: skus.map((sku) => ({ ...query, sku })) } }
}

describe('the expected image', () => {
  it.each([
    ['a date to the minute, as the older image has', '418.94.202409162337', '418.94.202410090804'],
    ['a revision, as in the enhancement', '418.94.202409162337-0', '418.94.202410090804-0'],
    ['the RHEL version of the build', '418.00.20240916', '418.94.20241009'],
  ])('has %s', (_, other, version) => {
    expect(
      expectedFor(RELEASE, [azureImage('418-v2', other)], undefined, withQueries('418-v2')),
    ).toEqual(['418-v2', version])
  })

  it('has the date of publication if the offer uses such dates', () => {
    const images = [
      azureImage('rh-ocp-worker', '4.8.2021122100'),
      azureImage('rh-ocp-worker', '4.18.2024100419'),
      azureImage('rh-ocp-worker', '9.6.2026030314'),
    ]
    expect(expectedFor(RELEASE, images, 'ocp')).toEqual([
      'rh-ocp-worker',
      '4.18.2024100909',
      'later',
    ])
  })

  it('has the RHEL version if the release has one, and an hour for paid plans', () => {
    const images = [azureImage('rh-ocp-worker', '4.18.2025112710')]
    const stream = { ...makeSnapshot([]).stream, ocp: '4.20' }
    expect(expectedFor('9.6.20251015-1', images, 'ocp', { stream })).toEqual([
      'rh-ocp-worker',
      '9.6.2025101501',
      'later',
    ])
  })

  it('has another version if a deprecated image already has its version', () => {
    const images = [
      azureImage('418-v2', '418.94.20240916'),
      azureImage('418-v2', '418.94.20241009', { state: 'deprecated' }),
    ]
    expect(expectedFor(RELEASE, images, undefined, withQueries('418-v2'))).toEqual([
      '418-v2',
      '418.94.2024100908',
    ])
  })

  it('has the existing SKU, or the default SKU for the OCP version', () => {
    const image = [azureImage('417-v2', '417.94.20240701')]
    expect(expectedFor(RELEASE, image, undefined, withQueries('aro_418-v2'))?.[0]).toBe(
      'aro_418-v2',
    )
    expect(expectedFor(RELEASE, image, undefined, withQueries('417-v2'))?.[0]).toBe('418-v2')
  })

  it.each([
    ['4.20', '9.6.20251015-1', 'aarch64', '420-arm'],
    ['4.22', '9.8.20260428-0', 'x86_64', 'aro_422-v2'],
    ['5.0', '10.2.20260423-0', 'aarch64', 'aro_5-0_arm_gen2'],
  ] as const)('has the default SKU for OCP %s, %s on %s: %s', (ocp, release, architecture, sku) => {
    const stream = { ...makeSnapshot([]).stream, ocp }
    const image = azureImage('420-v2', '9.6.20251015')
    const snapshot = makeSnapshot([image], { stream, criteria: BUILT_IN, ...withQueries('420-v2') })
    const skews = measureSkew(snapshot, new Map([[architecture, release]]))
    expect(skews.find(({ slot }) => slot.generation === 2)?.expected?.place.sku).toBe(sku)
  })

  it.each([
    ['4.18', '418.94.202410090804-0'],
    ['4.22', '10.2.20260423-0'],
    ['5.0', '10.2.20260423-0'],
  ])('is no longer expected after it is published: OCP %s, %s', (ocp, release) => {
    const stream = { ...makeSnapshot([]).stream, ocp }
    const regions = [{ region: 'us-east-1', images: 0 }]
    const snapshot = makeSnapshot([], {
      stream,
      criteria: BUILT_IN,
      queries: { azure: [], aws: regions, gcp: [] },
    })
    const releases = new Map(['aarch64', 'x86_64'].map((arch) => [arch, release]))
    const missing = measureSkew(snapshot, releases).filter(({ expected }) => expected)
    expect(missing.map(({ slot }) => slot.cloud)).toEqual(
      expect.arrayContaining(['azure', 'aws', 'gcp']),
    )
    const published = (cloud: string) =>
      missing.flatMap(({ slot, expected: { place = {}, version = '' } = {} }) =>
        slot.cloud === cloud ? [{ ...slot, ...place, version, state: 'active', ocp }] : [],
      )
    const afterPublication = {
      ...snapshot,
      images: {
        azure: published('azure'),
        aws: published('aws').map((image, at) => ({ ...image, image: `ami-${at}`, name: '' })),
        gcp: published('gcp').map((image) => {
          const version = findVersion(String(Object(image).name), '', BUILT_IN.rhel)
          return { ...image, version }
        }),
      },
    } as never
    expect(measureSkew(afterPublication, releases).filter(({ expected }) => expected)).toEqual([])
  })

  it.each(['exact', 'not-newer'] as const)(
    'has the version of the build if %s is required',
    (requirement) => {
      const images = [azureImage('rh-ocp-worker', '4.18.2025112710')]
      expect(expectedFor(RELEASE, images, 'ocp', {}, requirement)).toEqual([
        'rh-ocp-worker',
        '418.94.20241009',
      ])
    },
  )
})
