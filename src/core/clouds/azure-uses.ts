import type { Entry, Members, Uses } from './facts.ts'

/** The one plan without a purchase plan. */
const FREE_PLAN = 'no-purchase-plan'

/** How an Azure image is written down, by the installer's and the machine API's own names. */
export const azureUses: Uses = {
  providerKind: 'AzureMachineProviderSpec',
  others: { machineSet: [['image', 'resourceID']] },
  installConfig: (entry, plan) => ({
    osImage: {
      plan: plan === FREE_PLAN ? 'NoPurchasePlan' : 'WithPurchasePlan',
      ...membersOf(entry),
    },
  }),
  machineSet: (entry, plan) => ({
    image: {
      ...membersOf(entry),
      resourceID: '',
      type: plan === FREE_PLAN ? 'MarketplaceNoPlan' : 'MarketplaceWithPlan',
    },
  }),
  terms: termsOf,
}

export function toUrn({
  publisher,
  offer,
  sku,
  version,
}: Readonly<Record<string, unknown>>): string {
  return [publisher, offer, sku, version].join(':')
}

function membersOf({ publisher = '', offer = '', sku = '', version = '' }: Entry): Members {
  return { publisher, offer, sku, version }
}

function termsOf(entry: Entry, plan: string): string | undefined {
  return plan === FREE_PLAN ? undefined : `az vm image terms accept --urn ${toUrn(entry)}`
}
