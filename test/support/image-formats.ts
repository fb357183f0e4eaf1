import { load } from 'js-yaml'
import { expect } from 'vitest'
import { type Outcome, run } from './cli.ts'

export function runImage(cwd: string, words: readonly string[], stdin = ''): Promise<Outcome> {
  return run(['image', ...words], { cwd, stdin })
}

/** The expected output for an image, by format. */
export interface Forms {
  readonly urn: string
  readonly id: string
  readonly entry: object
  /** In a machine pool of an install-config. */
  readonly installConfig: object
  /** `providerSpec.value` of a MachineSet. */
  readonly providerSpec: object
  /** `spec.platform.azure` of a NodePool and of a MachinePool. Only for Azure. */
  readonly nodePool?: object
  readonly machinePool?: object
}

/** @param urn `PUBLISHER:OFFER:SKU:VERSION` */
export function azureForms(urn: string, generation: 1 | 2 = 2): Forms {
  const [publisher = '', offer = '', sku = '', version = ''] = urn.split(':')
  const entry = { publisher, offer, sku, version }
  const isPaid = publisher !== 'azureopenshift'
  const osImage = { plan: isPaid ? 'WithPurchasePlan' : 'NoPurchasePlan', ...entry }
  const type = isPaid ? 'MarketplaceWithPlan' : 'MarketplaceNoPlan'
  return {
    urn,
    entry,
    id: `/Providers/Microsoft.Compute/Locations/eastus/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}/Skus/${sku}/Versions/${version}`,
    installConfig: { osImage },
    providerSpec: { image: { ...entry, resourceID: '', type } },
    nodePool: {
      image: {
        type: 'AzureMarketplace',
        azureMarketplace: { imageGeneration: `Gen${generation}`, ...entry },
      },
    },
    machinePool: { osImage },
  }
}

export const amiForms = (image: string): Forms => ({
  ...{ urn: image, id: image, entry: { image } },
  installConfig: { amiID: image },
  providerSpec: { ami: { id: image } },
})

export function gcpForms(name: string): Forms {
  const project = 'redhat-marketplace-public'
  const path = `projects/${project}/global/images/${name}`
  return {
    ...{ urn: path, id: path, entry: { project, name } },
    installConfig: { osImage: { project, name } },
    providerSpec: { disks: [{ boot: true, image: path }] },
  }
}

/** Compares the output in each format, parsed with another YAML library. */
export async function expectForms(
  slot: { readonly cloud: string; readonly plan: string; readonly architecture: string },
  forms: Forms,
  print: (format: string) => Promise<string>,
): Promise<void> {
  const { cloud, plan, architecture } = slot
  const arch = architecture === 'aarch64' ? 'arm64' : undefined
  expect(await print('urn')).toBe(`${forms.urn}\n`)
  expect(await print('id')).toBe(`${forms.id}\n`)
  expect(JSON.parse(await print('json'))).toMatchObject({ ...slot, ...forms.entry, urn: forms.urn })
  expect(load(await print('install-config'))).toEqual(
    plan === 'no-purchase-plan'
      ? { platform: { [cloud]: { defaultMachinePlatform: forms.installConfig } } }
      : {
          compute: [
            {
              name: 'worker',
              ...(arch && { architecture: arch }),
              platform: { [cloud]: forms.installConfig },
            },
          ],
        },
  )
  expect(load(await print('machineset'))).toEqual({
    spec: { template: { spec: { providerSpec: { value: forms.providerSpec } } } },
  })
  if (forms.nodePool === undefined) return
  expect(load(await print('nodepool'))).toEqual({
    spec: { ...(arch && { arch }), platform: { [cloud]: forms.nodePool } },
  })
  expect(load(await print('machinepool'))).toEqual({
    spec: { platform: { [cloud]: forms.machinePool } },
  })
}
