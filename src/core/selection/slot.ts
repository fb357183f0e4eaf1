import { isOffered } from '../criteria/sku-name.ts'
import type { Architecture, CloudName, SnapshotContent } from '../snapshot/snapshot.ts'
import type { Minor } from '../versions/minor.ts'
import type { Release } from '../versions/version.ts'

/** One place in a stream that a marketplace image can fill. */
export interface Slot {
  readonly cloud: CloudName
  readonly plan: string
  readonly architecture: Architecture
  /** Hyper-V generation, on Azure. */
  readonly generation?: 1 | 2
  /** On AWS. */
  readonly region?: string
}

/** The build that a slot's image is measured against. */
export interface Wanted {
  /** As the build server spells it: `418.94.202410090804-0`. */
  readonly text: string
  readonly release: Release
  /** What the release tells, else what the snapshot was captured for. */
  readonly ocp: Minor
}

/** `azure ocp-emea x86_64 gen2`, as messages name a slot. */
export function printSlot(slot: Slot): string {
  const rest = [slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean)
  return [slot.cloud, slot.plan, slot.architecture, ...rest].join(' ')
}

/** How each cloud's slots follow from a snapshot. */
const SLOTS: Readonly<
  Record<CloudName, (snapshot: SnapshotContent, arch: Architecture, ocp: Minor) => Slot[]>
> = {
  azure: ({ criteria }, architecture, ocp) =>
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
  aws: ({ criteria, queries }, architecture) =>
    Object.entries(criteria.aws?.plans ?? {})
      .filter(([, products]) => Object.hasOwn(products, architecture))
      .flatMap(([plan]) =>
        (queries.aws ?? []).map(({ region }) => ({ cloud: 'aws', plan, architecture, region })),
      ),
  gcp: ({ criteria }, architecture) =>
    Object.entries(criteria.gcp?.plans ?? {})
      .filter(([, plan]) => plan.architecture === architecture)
      .map(([plan]) => ({ cloud: 'gcp', plan, architecture })),
}

/**
 * The slots that a cloud opens for an architecture, in no particular order: what the criteria offer
 * for the stream's own OCP minor.
 */
export function slotsOf(
  snapshot: SnapshotContent,
  cloud: CloudName,
  architecture: Architecture,
  ocp: Minor,
): Slot[] {
  return SLOTS[cloud](snapshot, architecture, ocp)
}
