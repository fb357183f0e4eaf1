import { expect, test } from 'vitest'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import type { AzureImage } from './azure-image.ts'
import { imagesAfterBump, imagesBeforeBump, knownImages } from './azure-images.ts'

const urn = ({ publisher, offer, sku, version }: AzureImage) =>
  `${publisher}:${offer}:${sku}:${version}`

test.each([knownImages, imagesBeforeBump, imagesAfterBump])('$name has no image twice', (table) => {
  const urns = table().map(urn)
  expect(new Set(urns).size).toBe(urns.length)
})

test('the bump brings the exact images and the newer ones of 4.18', () => {
  const before = new Set(imagesBeforeBump().map(urn))
  const added = imagesAfterBump()
    .map(urn)
    .filter((image) => !before.has(image))
  expect(added).toEqual([
    'azureopenshift:aro4:418-arm:418.94.202410090804',
    'azureopenshift:aro4:418-v2:418.94.202410090804',
    'azureopenshift:aro4:aro_418:418.94.202410090804',
    'azureopenshift:aro4:418-arm:418.94.20250122',
    'azureopenshift:aro4:418-v2:418.94.20250122',
    'azureopenshift:aro4:aro_418:418.94.20250122',
  ])
})

test('known images are all there after the bump', () => {
  const after = new Set(imagesAfterBump().map(urn))
  expect(
    knownImages()
      .map(urn)
      .filter((image) => !after.has(image)),
  ).toEqual([])
})

/** What is asked for though nobody has seen it: a draft, which images of 5.0 were not named by. */
const DRAFTED = ['aro_{major}{minor}-x64']

const CONVENTIONS = Object.entries(BUILT_IN.azure?.plans ?? {}).flatMap(
  ([plan, { skus, ...names }]) => skus.map((sku) => ({ plan, ...names, ...sku })),
)

test.each(CONVENTIONS)('$plan has images that are called $name', (convention) => {
  const { publisher, offer, name, architecture, generation } = convention
  const sku = new RegExp(`^${name.replace('{major}', '[45]').replace('{minor}', '\\d+')}$`)
  const known = knownImages().filter(
    (image) =>
      image.publisher.toLowerCase() === publisher &&
      image.offer === offer &&
      sku.test(image.sku) &&
      image.architecture === (architecture === 'x86_64' ? 'x64' : 'Arm64') &&
      image.hyperVGeneration === `V${generation}`,
  )
  expect(known.length > 0).toBe(!DRAFTED.includes(name))
})
