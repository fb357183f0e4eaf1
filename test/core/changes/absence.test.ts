import { describe, expect, it } from 'vitest'
import { Listings } from '../../../src/core/changes/changes.ts'
import { BUILT_IN } from '../../../src/core/criteria/criteria.ts'
import type { AzureQuery, SnapshotContent } from '../../../src/core/snapshot/snapshot.ts'
import { azureImage, makeSnapshot } from '../../support/snapshots.ts'

const IMAGE = azureImage('418-v2', '418.94.20240916')
const { publisher, offer, sku } = IMAGE
const AMI = { plan: 'ocp', architecture: 'x86_64', region: 'us-east-1', image: 'ami-1' }
const GCP = {
  plan: 'ocp',
  project: 'redhat-marketplace-public',
  name: 'redhat-coreos-ocp-413-x86-64-202305021736',
}

const withQueries = (queries: SnapshotContent['queries'], images: (typeof IMAGE)[] = []) =>
  new Listings(makeSnapshot(images, { queries, criteria: BUILT_IN }))
const azure = (query: Partial<AzureQuery> & ({ images: number } | { missing: true })) =>
  withQueries({ azure: [{ publisher, offer, sku, ...query }] })

describe('the absence of an image', () => {
  it.each([
    ['no query of its SKU', azure({ sku: '418-arm', images: 1 }), 'not-queried', 'not-queried'],
    ['a SKU that is not found', azure({ missing: true }), 'not-found', 'no-longer-listed'],
    ['other images in its SKU', azure({ images: 1 }), 'no-longer-listed', 'no-longer-listed'],
  ])('is determined from %s', (_, listings, reason, listedBefore) => {
    expect(listings.absence('azure', { ...IMAGE }, false)).toBe(reason)
    expect(listings.absence('azure', { ...IMAGE }, true)).toBe(listedBefore)
  })

  it.each([
    ['no query of its region', [{ region: 'eu-west-1', images: 3 }], AMI, 'not-queried'],
    ['a query of its region', [{ region: 'us-east-1', images: 3 }], AMI, 'no-longer-listed'],
    [
      'a product that is not in the criteria',
      [{ region: 'us-east-1', images: 3 }],
      { ...AMI, plan: 'x' },
      'not-queried',
    ],
  ])('for an AMI is determined from %s', (_, queries, image, reason) => {
    expect(withQueries({ aws: queries }).absence('aws', image, false)).toBe(reason)
  })

  it.each([
    ['another name', [{ project: GCP.project, name: 'other', images: 1 }], 'not-queried'],
    ['its name', [{ project: GCP.project, name: GCP.name, missing: true }], 'not-found'],
    ['a list of the project', [{ project: GCP.project, images: 3 }], 'no-longer-listed'],
    ['a list of another project', [{ project: 'x', images: 3 }], 'not-queried'],
  ] as const)('for a GCP image is determined from a query of %s', (_, queries, reason) => {
    expect(withQueries({ gcp: queries }).absence('gcp', GCP, false)).toBe(reason)
  })

  const queries: SnapshotContent['queries'] = {
    azure: [{ publisher, offer, sku, images: 1 }],
    aws: [{ region: AMI.region, images: 1 }],
    gcp: [{ project: GCP.project, images: 1 }],
  }
  const product = BUILT_IN.aws?.plans.ocp?.x86_64
  const listed = {
    azure: IMAGE,
    aws: { ...AMI, state: 'active', version: '1.2', name: `rhcos-1.2-${product}` },
    gcp: { ...GCP, architecture: 'x86_64', state: 'active', version: '413.92.202305021736' },
  } as const
  const { azure: ownAzure, aws: ownAws, gcp: ownGcp } = BUILT_IN
  if (!ownAzure || !ownAws || !ownGcp) throw new Error('built-in criteria')

  it.each([
    ['unchanged', 'azure', {}, 'no-longer-listed'],
    ['in another location', 'azure', { azure: { ...ownAzure, location: 'x' } }, 'not-queried'],
    ['unchanged', 'aws', {}, 'no-longer-listed'],
    [
      'of another product',
      'aws',
      { aws: { ...ownAws, plans: { ocp: { x86_64: 'other' } } } },
      'not-queried',
    ],
    ['of another owner', 'aws', { aws: { ...ownAws, owner: '123456789012' } }, 'not-queried'],
    ['unchanged', 'gcp', {}, 'no-longer-listed'],
    [
      'with another prefix',
      'gcp',
      { gcp: { ...ownGcp, plans: { ocp: { ...ownGcp.plans.ocp, prefix: 'other-' } } } },
      'not-queried',
    ],
  ] as const)(
    'is determined from criteria %s for %s if a previous snapshot lists the image',
    (_, cloud, changed, reason) => {
      const empty = makeSnapshot([], { queries, criteria: BUILT_IN })
      const previous = { ...empty, images: { [cloud]: [listed[cloud]] } }
      const criteria = { ...BUILT_IN, ...changed } as typeof BUILT_IN
      const listings = new Listings(makeSnapshot([], { queries, criteria }), previous)
      // Streams do not have the names of AMIs.
      const entry = cloud === 'aws' ? AMI : { ...listed[cloud] }
      expect(listings.absence(cloud, entry, false)).toBe(reason)
      expect(listings.absence(cloud, { ...listed[cloud] }, true)).toBe(reason)
    },
  )
})
