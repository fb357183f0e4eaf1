import { type Entry, isPaid, type Members, type Uses } from './facts.ts'

/** Azure images in the fields of the installer, the machine API, HyperShift and Hive. */
export const azureUses: Uses = {
  providerKind: 'AzureMachineProviderSpec',
  regionPath: ['location'],
  machineTypePath: ['vmSize'],
  // Family, number of vCPUs, features: the feature `p` is an Arm processor.
  armMachineType: /^standard_[a-z]+[0-9]+(-[0-9]+)?[a-z]*p[a-z]*(_|$)/i,
  others: { machineSet: [['image', 'resourceID']] },
  installConfig: osImage,
  machineSet: (entry, plan) => ({
    image: {
      ...membersOf(entry),
      resourceID: '',
      type: isPaid(plan) ? 'MarketplaceWithPlan' : 'MarketplaceNoPlan',
    },
  }),
  nodePool: (entry, generation) => ({
    image: {
      type: 'AzureMarketplace',
      azureMarketplace: { imageGeneration: `Gen${generation}`, ...membersOf(entry) },
    },
  }),
  machinePool: osImage,
  terms: (entry) => `az vm image terms accept --urn ${toUrn(entry)}`,
}

export function toUrn({
  publisher,
  offer,
  sku,
  version,
}: Readonly<Record<string, unknown>>): string {
  return [publisher, offer, sku, version].join(':')
}

function osImage(entry: Entry, plan: string): Members {
  const kind = isPaid(plan) ? 'WithPurchasePlan' : 'NoPurchasePlan'
  return { osImage: { plan: kind, ...membersOf(entry) } }
}

function membersOf({ publisher = '', offer = '', sku = '', version = '' }: Entry): Members {
  return { publisher, offer, sku, version }
}
