import { expect, test } from 'vitest'
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
