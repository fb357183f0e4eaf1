import { load } from 'js-yaml'
import { expect } from 'vitest'
import type { ImageFile } from '../../src/core/stream/marketplace.ts'
import { findImage, type ImageQuestion } from '../../src/index.ts'
import { IMAGE_FORMATS, type ImageFormat } from '../../src/show/image.ts'

/** An image's name, as `image -o urn` prints it, and the members of a stream's entry. */
export interface Named {
  readonly urn: string
  readonly entry: Readonly<Record<string, string>>
}

/** Prints an image of a stream in a format, as the command does. */
export function printing(source: ImageFile, question: ImageQuestion) {
  const found = findImage(source, question)
  const options = { location: 'eastus', pool: 'defaultMachinePlatform' } as const
  return (format: ImageFormat) => `${IMAGE_FORMATS[format](found, options)}\n`
}

/** How Azure's image `PUBLISHER:OFFER:SKU:VERSION` is written, by the names of those who read it. */
export function azureForms(urn: string): { named: Named; forms: Forms; isPaid: boolean } {
  const [publisher = '', offer = '', sku = '', version = ''] = urn.split(':')
  const entry = { publisher, offer, sku, version }
  const isPaid = publisher !== 'azureopenshift'
  const type = isPaid ? 'MarketplaceWithPlan' : 'MarketplaceNoPlan'
  return {
    named: { urn, entry },
    isPaid,
    forms: {
      id: `/Providers/Microsoft.Compute/Locations/eastus/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}/Skus/${sku}/Versions/${version}`,
      installConfig: {
        osImage: { plan: isPaid ? 'WithPurchasePlan' : 'NoPurchasePlan', ...entry },
      },
      providerSpec: { image: { ...entry, resourceID: '', type } },
    },
  }
}

interface Forms {
  readonly id: string
  readonly installConfig: object
  readonly providerSpec: object
}

/** An AMI, and an image of Google Cloud by its project and name. */
export const amiForms = (image: string): Forms => ({
  id: image,
  installConfig: { amiID: image },
  providerSpec: { ami: { id: image } },
})
export function gcpForms(project: string, name: string): Forms {
  const path = `projects/${project}/global/images/${name}`
  return {
    id: path,
    installConfig: { osImage: { project, name } },
    providerSpec: { disks: [{ boot: true, image: path }] },
  }
}

/** Holds each format of one image by what is expected, read by a parser of the format's own. */
export async function expectForms(
  cloud: string,
  { urn, entry }: Named,
  forms: Forms,
  print: (format: ImageFormat) => Promise<string> | string,
): Promise<void> {
  expect(await print('urn')).toBe(`${urn}\n`)
  expect(await print('id')).toBe(`${forms.id}\n`)
  expect(JSON.parse(await print('json'))).toMatchObject({ cloud, ...entry, urn })
  expect(load(await print('install-config'))).toEqual({
    platform: { [cloud]: { defaultMachinePlatform: forms.installConfig } },
  })
  expect(load(await print('machineset'))).toEqual({
    spec: { template: { spec: { providerSpec: { value: forms.providerSpec } } } },
  })
}
