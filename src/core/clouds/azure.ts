import { isOffered } from '../criteria/criteria.ts'
import type { Image } from '../snapshot/snapshot.ts'
import { expectedOnAzure } from './azure-expected.ts'
import {
  type Cell,
  type CloudFacts,
  type Entry,
  isPaid,
  type Members,
  member,
  type Uses,
} from './facts.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x64', aarch64: 'Arm64' }

const STATES: Readonly<Record<string, string>> = {
  active: 'Active',
  'scheduled-for-deprecation': 'ScheduledForDeprecation',
  deprecated: 'Deprecated',
}

/** In the cloud's spelling; nothing for an unknown state. */
function deprecationOf({ state, deprecation }: Image): Cell {
  const imageState = STATES[state]
  return {
    ...(imageState && { imageState }),
    ...(deprecation && { scheduledDeprecationTime: deprecation }),
  }
}

/** Azure images in the fields of the installer, the machine API, HyperShift and Hive. */
const azureUses: Uses = {
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

function toUrn({ publisher, offer, sku, version }: Members | Image): string {
  return [publisher, offer, sku, version].join(':')
}

function osImage(entry: Entry, plan: string): Members {
  const kind = isPaid(plan) ? 'WithPurchasePlan' : 'NoPurchasePlan'
  return { osImage: { plan: kind, ...membersOf(entry) } }
}

function membersOf({ publisher = '', offer = '', sku = '', version = '' }: Entry): Members {
  return { publisher, offer, sku, version }
}

/** Azure: a global image for each plan, architecture and Hyper-V generation. */
export const azure: CloudFacts = {
  title: 'Azure',
  defaultPlan: 'no-purchase-plan',
  identity: ['publisher', 'offer', 'sku', 'version', 'generation'],
  entry: { publisher: 'publisher', offer: 'offer', sku: 'sku', version: 'version' },
  facets: ['generation'],
  isNameTelling: true,
  columns: [
    ['architecture', ({ architecture }) => ARCHITECTURES[architecture] ?? architecture],
    ['imageDeprecationStatus', deprecationOf],
    member('offer'),
    member('publisher'),
    member('sku'),
    ['urn', (image) => toUrn(image)],
    member('version'),
  ],
  nameOf: toUrn,
  /** From `/Providers` on; before it is the subscription of the caller. */
  idOf: ({ publisher, offer, sku, version }, location) =>
    [
      `/Providers/Microsoft.Compute/Locations/${location}`,
      `Publishers/${publisher}/ArtifactTypes/VMImage`,
      `Offers/${offer}/Skus/${sku}/Versions/${version}`,
    ].join('/'),
  slots: ({ criteria }, architecture, ocp) =>
    Object.entries(criteria.azure?.plans ?? {}).flatMap(([plan, { skus }]) =>
      ([1, 2] as const)
        .filter((generation) =>
          skus.some(
            (sku) =>
              sku.architecture === architecture &&
              sku.generation === generation &&
              isOffered(sku, ocp),
          ),
        )
        .map((generation) => ({ cloud: 'azure', plan, architecture, generation })),
    ),
  /** Azure compares names without regard to case. */
  queryFor: ({ queries }, image) =>
    queries.azure?.find((query) =>
      (['publisher', 'offer', 'sku'] as const).every(
        (member) => query[member].toLowerCase() === String(image[member]).toLowerCase(),
      ),
    ),
  uses: azureUses,
  expected: expectedOnAzure,
}
