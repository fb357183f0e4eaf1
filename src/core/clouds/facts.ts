import type { Criteria } from '../criteria/criteria.ts'
import type {
  Architecture,
  CloudName,
  Image,
  QueryResult,
  SnapshotContent,
} from '../snapshot/snapshot.ts'
import type { MajorMinor, Release } from '../versions/version.ts'

/** One place in a stream that a marketplace image can fill. */
export interface Slot {
  readonly cloud: CloudName
  readonly plan: string
  readonly architecture: Architecture
  readonly generation?: 1 | 2
  readonly region?: string
}

/** The build that a slot's image is compared with. */
export interface Wanted {
  /** `418.94.202410090804-0` */
  readonly text: string
  readonly release: Release
  /** The OCP version of the release, else of the snapshot. */
  readonly ocp: MajorMinor
}

/** `azure ocp-emea x86_64 gen2` */
export function printSlot(slot: Slot): string {
  const rest = [slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean)
  return [slot.cloud, slot.plan, slot.architecture, ...rest].join(' ')
}

/** The members of an image in a stream. */
export type Entry = Readonly<Record<string, string>>

/** An image by some of its members. */
export type Named = Readonly<Record<string, string | number | undefined>>

/** A column of `list`. Table headers are the capitalized keys. */
type Column = readonly [key: string, cell: (image: Image) => Cell]

/** An object is only printed in JSON. */
export type Cell = string | Readonly<Record<string, string>>

/** An image that is not published yet. */
export interface Expected {
  /** Publisher, offer and SKU on Azure, product and region on AWS, project and name on GCP. */
  readonly place: Readonly<Record<string, string>>
  readonly version: string
  /** Set if the version is the time of publication, so that any later hour is expected as well. */
  readonly orLater?: true
}

export interface WantedSlot {
  readonly slot: Slot
  readonly wanted: Wanted
  /** Whether an image that was published after the build fills the slot. */
  readonly isLaterAdmitted: boolean
}

/** How configuration files and manifests contain an image, its region and its machine type. */
export interface Uses {
  /** The `kind` of a MachineSet's `providerSpec.value`. */
  readonly providerKind: string
  /** Paths in `providerSpec.value`. */
  readonly regionPath: readonly string[]
  readonly machineTypePath: readonly string[]
  /** Machine types with Arm processors. */
  readonly armMachineType: RegExp
  /** Members that also select an image, and so cannot be combined with ours. */
  readonly others?: {
    /** Under `platform.CLOUD` of an install-config. */
    readonly platform?: readonly (readonly string[])[]
    /** Under a MachineSet's `providerSpec.value`. */
    readonly machineSet?: readonly (readonly string[])[]
  }
  /** Under a pool's `platform.CLOUD` of an install-config. */
  installConfig(entry: Entry, plan: string): Members
  /** Under a MachineSet's `providerSpec.value`; `disks` are members of its boot disk. */
  machineSet(entry: Entry, plan: string): Members
  /** Under `spec.platform.CLOUD` of a HyperShift NodePool; absent: no marketplace images there. */
  nodePool?(entry: Entry, generation: number): Members
  /** Under `spec.platform.CLOUD` of a Hive MachinePool; absent: no marketplace images there. */
  machinePool?(entry: Entry, plan: string): Members
  /** How to accept the terms of a purchase plan: a command, or a sentence. */
  terms(entry: Entry): string
}

export interface Members {
  readonly [name: string]: string | Members | readonly Members[]
}

const FREE_PLAN = 'no-purchase-plan'

/** Whether the marketplace bills machines with images of this plan. */
export function isPaid(plan: string): boolean {
  return plan !== FREE_PLAN
}

export interface CloudFacts {
  readonly title: string
  readonly defaultPlan: string
  /** The members that identify an image, in the order of sorting. */
  readonly identity: readonly string[]
  /** The members of an image in a stream, each with the image's member. */
  readonly entry: Entry
  /** The members of a slot other than plan and architecture. */
  readonly facets: readonly ('generation' | 'region')[]
  /** The columns of `list`; for Azure those of `az vm image list`. */
  readonly columns: readonly Column[]
  /** The name of an image in the cloud's tools: a URN, an AMI, a path of the Compute API. */
  imageName(entry: Entry): string
  /**
   * The id of an image in the cloud's API.
   * @param location an Azure region; the images are global, but each region has its own ids
   */
  imageId(entry: Entry, location: string): string
  /** The slots of an architecture and an OCP version, in any order. */
  slots(snapshot: SnapshotContent, architecture: Architecture, ocp: MajorMinor): Slot[]
  /** The query of a snapshot whose response would list an image, if the image were still offered. */
  queryFor(snapshot: SnapshotContent, image: Named): QueryResult<object> | undefined
  /** What all queries of the cloud depend on, apart from their own members. */
  catalog?(criteria: Criteria): string
  readonly uses: Uses
  /** The image to be published for the slot to have the grade `exact`. */
  expected(snapshot: SnapshotContent, wanted: WantedSlot): Expected
}

export function column(name: string): Column {
  return [name, (image) => String(image[name] ?? '')]
}
