import { isOffered, skuName } from '../criteria/criteria.ts'
import type { AzureImage, AzureQuery, Image, SnapshotContent } from '../snapshot/snapshot.ts'
import {
  compareMajorMinor,
  compareStamps,
  isOfPublication,
  nextHour,
  printMajorMinor,
  readMajorMinor,
  readVersion,
  type Version,
} from '../versions/version.ts'
import {
  type Cell,
  type CloudFacts,
  column,
  type Entry,
  type Expected,
  isPaid,
  type Members,
  type Uses,
  type WantedSlot,
} from './facts.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x64', aarch64: 'Arm64' }

const STATES: Readonly<Record<string, string>> = {
  active: 'Active',
  'scheduled-for-deprecation': 'ScheduledForDeprecation',
  deprecated: 'Deprecated',
}

function printDeprecation({ state, deprecation }: Image): Cell {
  const imageState = STATES[state]
  return {
    ...(imageState && { imageState }),
    ...(deprecation && { scheduledDeprecationTime: deprecation }),
  }
}

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
      ...toMembers(entry),
      resourceID: '',
      type: isPaid(plan) ? 'MarketplaceWithPlan' : 'MarketplaceNoPlan',
    },
  }),
  nodePool: (entry, generation) => ({
    image: {
      type: 'AzureMarketplace',
      azureMarketplace: { imageGeneration: `Gen${generation}`, ...toMembers(entry) },
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
  return { osImage: { plan: kind, ...toMembers(entry) } }
}

function toMembers({ publisher = '', offer = '', sku = '', version = '' }: Entry): Members {
  return { publisher, offer, sku, version }
}

/** Azure: a global image for each plan, architecture and Hyper-V generation. */
export const azure: CloudFacts = {
  title: 'Azure',
  defaultPlan: 'no-purchase-plan',
  identity: ['publisher', 'offer', 'sku', 'version', 'generation'],
  entry: { publisher: 'publisher', offer: 'offer', sku: 'sku', version: 'version' },
  facets: ['generation'],
  columns: [
    ['architecture', ({ architecture }) => ARCHITECTURES[architecture] ?? architecture],
    ['imageDeprecationStatus', printDeprecation],
    ...['offer', 'publisher', 'sku'].map(column),
    ['urn', (image) => toUrn(image)],
    column('version'),
  ],
  imageName: toUrn,
  /** Without the caller's subscription, which precedes `/Providers`. */
  imageId: ({ publisher, offer, sku, version }, location) =>
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
  queryFor: ({ queries }, image) =>
    queries.azure?.find((query) => toSkuKey(query) === toSkuKey(image)),
  catalog: ({ azure }) => `${azure?.environment} ${azure?.location}`,
  uses: azureUses,
  expected: expectImage,
}

function expectImage(snapshot: SnapshotContent, wanted: WantedSlot): Expected {
  const place = expectPlace(snapshot, wanted)
  const images = similarImages(snapshot, wanted, place.sku ?? '')
  const taken = new Set(images.map(({ version }) => version))
  const versions = expectVersions(wanted, sortVersions(images))
  return { place, ...(versions.find(({ version }) => !taken.has(version)) ?? versions[0]) }
}

/**
 * Publisher, offer and SKU. Of several possible names of this OCP version's SKU, the name that exists,
 * else the usual one, else all names.
 */
function expectPlace(snapshot: SnapshotContent, { slot, wanted }: WantedSlot): Expected['place'] {
  const { publisher = '', offer = '', skus = [] } = snapshot.criteria.azure?.plans[slot.plan] ?? {}
  const queries = snapshot.queries.azure?.filter((query) => !('missing' in query)) ?? []
  const existing = new Set(queries.map(toSkuKey))
  const names = skus.flatMap((sku) => {
    const { architecture, generation, usualSince } = sku
    const isFitting = architecture === slot.architecture && generation === slot.generation
    const name = isFitting ? skuName(sku, wanted.ocp) : undefined
    return name === undefined ? [] : [{ name, since: usualSince && readMajorMinor(usualSince) }]
  })
  const found = names.find(({ name }) => existing.has(toSkuKey({ publisher, offer, sku: name })))
  const [usual] = names
    .flatMap(({ name, since }) => (since ? [{ name, since }] : []))
    .filter(({ since }) => compareMajorMinor(since, wanted.ocp) <= 0)
    .sort((a, b) => compareMajorMinor(b.since, a.since))
  const others = names.filter(({ since }) => !since).map(({ name }) => name)
  return { publisher, offer, sku: (found ?? usual)?.name ?? others.join(' or ') }
}

/** Azure compares names without regard to case. */
function toSkuKey({ publisher, offer, sku }: Partial<AzureQuery>): string {
  return `${publisher}:${offer}:${sku}`.toLowerCase()
}

/** The images of the slot's SKU, else of the slot's other SKUs. */
function similarImages({ images }: SnapshotContent, { slot }: WantedSlot, sku: string) {
  const all = (images.azure ?? []).filter(
    ({ plan, architecture, generation }) =>
      plan === slot.plan && architecture === slot.architecture && generation === slot.generation,
  )
  // A stream may have an image without a SKU.
  const own = all.filter((image) => String(image.sku).toLowerCase() === sku.toLowerCase())
  return own.length > 0 ? own : all
}

/** The latest version is first. */
function sortVersions(images: readonly AzureImage[]): Version[] {
  return images
    .map(({ version }) => readVersion(version))
    .filter((version) => version !== undefined)
    .sort((a, b) => compareStamps(b.stamp, a.stamp))
}

/**
 * The build's version in the form of the SKU's other versions. If the latest version has the time of
 * publication, or if a paid plan has no version, any hour after the build is expected where a later
 * build is admitted. Otherwise a release without an OCP version gives form B, and any other release the
 * form of the latest version with its OCP version, else with any OCP version, else form A. Each further
 * version has a longer time stamp, in case a deprecated image already has the version before it.
 */
function expectVersions(
  { slot, wanted: { text, release, ocp }, isLaterAdmitted }: WantedSlot,
  models: readonly Version[],
): [Omit<Expected, 'place'>, ...Omit<Expected, 'place'>[]] {
  const named = models.filter((model) => model.ocp !== undefined)
  const ofOcp = named.find((each) => each.ocp && compareMajorMinor(each.ocp, ocp) === 0) ?? named[0]
  const [latest] = models
  const isOfB = release.form === 'B'
  const model = isOfB
    ? latest && isOfPublication(latest)
      ? latest
      : (models.find(({ form }) => form === 'B') ?? models.find(({ form }) => form === 'A'))
    : ofOcp
  const minor = text.split('.').slice(0, 2).join('.')
  const isOfTime = model ? isOfPublication(model) : isPaid(slot.plan)
  if (isOfTime && isLaterAdmitted) {
    const hour = nextHour(release.stamp)
    return [{ version: `${isOfB ? minor : printMajorMinor(ocp)}.${hour}`, orLater: true }]
  }
  const revision = model?.revision === undefined ? '' : `-${release.revision ?? 0}`
  const version = (length: number): Omit<Expected, 'place'> => ({
    version: `${minor}.${release.stamp.slice(0, length)}${revision}`,
  })
  const first = (!isOfTime && model?.stamp.length) || DAY
  return [version(first), ...STAMP_LENGTHS.filter((length) => length > first).map(version)]
}

/** A date, which fits into Azure's 32 bits; then hour and minute. */
const STAMP_LENGTHS = [8, 10, 12]
const DAY = 8
