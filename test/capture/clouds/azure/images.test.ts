import { describe, expect, it } from 'vitest'
import { readImages } from '../../../../src/capture/clouds/azure/images.ts'
import { mergeRecords, sortImages } from '../../../../src/core/clouds/order.ts'
import type { AzureImage } from '../../../../src/core/snapshot/snapshot.ts'

const SKU = {
  plan: 'no-purchase-plan',
  publisher: 'azureopenshift',
  offer: 'aro4',
  sku: '418-v2',
  architecture: 'x86_64',
  generation: 2,
} as const
const QUERY = 'azure azureopenshift:aro4:418-v2'
const VERSION = '418.94.20250122'

function read(body: unknown) {
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const images = readImages(body, SKU, QUERY, warn)
  const merged = sortImages('azure', mergeRecords('azure', images, warn)) as AzureImage[]
  return { images: merged, warnings }
}

const createVersion = (properties: object | undefined, name = VERSION) => ({
  name,
  ...(properties && { properties: { architecture: 'x64', hyperVGeneration: 'V2', ...properties } }),
})

describe('Azure images', () => {
  it('are not selected if the API version returns no properties', () => {
    const { images, warnings } = read([
      createVersion(undefined),
      createVersion(undefined, '418.94.20250201'),
    ])
    expect(images.map(({ state }) => state)).toEqual(['unknown', 'unknown'])
    expect(warnings).toEqual([`${QUERY}: the API returned no properties, so no image is selected`])
  })

  it('are active if one old image has no properties', () => {
    const { images, warnings } = read([
      createVersion({}),
      createVersion(undefined, '418.94.20240801'),
    ])
    expect(images.map(({ state }) => state)).toEqual(['active', 'active'])
    expect(warnings).toEqual([])
  })

  it('can have one version for both generations in one SKU', () => {
    const { images, warnings } = read([
      createVersion({}),
      createVersion({ hyperVGeneration: 'V1' }),
    ])
    expect(images.map(({ generation }) => generation)).toEqual([1, 2])
    expect(warnings).toEqual([])
  })

  it('are not selected if a version is listed for two architectures', () => {
    const { images } = read([createVersion({}), createVersion({ architecture: 'Arm64' })])
    expect(images.map(({ state }) => state)).toEqual(['unknown'])
  })

  it('are listed once if both records are the same', () => {
    const { images, warnings } = read([createVersion({}), createVersion({})])
    expect(images).toHaveLength(1)
    expect(warnings).toEqual([])
  })
})
