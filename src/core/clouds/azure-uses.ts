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
  terraform: (entry, plan) =>
    [
      block('source_image_reference', membersOf(entry), ' = '),
      ...(plan === FREE_PLAN ? [] : [block('plan', planOf(entry), ' = ')]),
    ].join('\n'),
  bicep: (entry, plan) =>
    [
      block('imageReference:', membersOf(entry), ': ', "'"),
      ...(plan === FREE_PLAN ? [] : [block('plan:', planOf(entry), ': ', "'")]),
    ].join('\n'),
  az: (entry, plan) => {
    const terms = termsOf(entry, plan)
    return [...(terms ? [terms] : []), `az vm create --image ${toUrn(entry)}`].join('\n')
  },
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

function planOf({ publisher = '', offer = '', sku = '' }: Entry): Members {
  return { name: sku, product: offer, publisher }
}

function termsOf(entry: Entry, plan: string): string | undefined {
  return plan === FREE_PLAN ? undefined : `az vm image terms accept --urn ${toUrn(entry)}`
}

/** `plan {` and its members, a line each, as Terraform and Bicep have them. */
function block(head: string, members: Members, between: string, quote = '"'): string {
  const names = Object.keys(members)
  const width = between === ' = ' ? Math.max(...names.map((name) => name.length)) : 0
  const lines = Object.entries(members).map(
    ([name, value]) => `  ${name.padEnd(width)}${between}${quote}${value}${quote}`,
  )
  return [`${head} {`, ...lines, '}'].join('\n')
}
