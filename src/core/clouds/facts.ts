import type {
  Answered,
  Architecture,
  CloudName,
  Image,
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

/** The build that a slot's image is measured against. */
export interface Wanted {
  /** As the build server spells it: `418.94.202410090804-0`. */
  readonly text: string
  readonly release: Release
  /** That of the release, else of the snapshot. */
  readonly ocp: MajorMinor
}

/** `azure ocp-emea x86_64 gen2`, as messages name a slot. */
export function printSlot(slot: Slot): string {
  const rest = [slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean)
  return [slot.cloud, slot.plan, slot.architecture, ...rest].join(' ')
}

/** An image as a stream names it: a few members, all of them text. */
export type Entry = Readonly<Record<string, string>>

/** An image by some of its members. */
export type Named = Readonly<Record<string, string | number | undefined>>

/** A column: its key in JSON, which in a table's header begins with a capital, and its cell. */
export type Column = readonly [key: string, cell: (image: Image) => Cell]

/** A text, or members of it, which only JSON has room for. */
export type Cell = string | Readonly<Record<string, string>>

/** An image that is not published yet, in its cloud's words. */
export interface Expected {
  /** Where it is to be: publisher, offer and SKU on Azure, product and region on AWS, name on GCP. */
  readonly place: Readonly<Record<string, string>>
  readonly version: string
  /** Set if the version is the hour of publication: any hour from the build on is expected. */
  readonly orLater?: true
}

export interface Filling {
  readonly slot: Slot
  readonly wanted: Wanted
}

/** How configuration files and manifests name an image, and where they have what decides on it. */
export interface Uses {
  /** The `kind` of a MachineSet's `providerSpec.value`. */
  readonly providerKind: string
  /** Where that value has the region and the machine type. */
  readonly regionPath: readonly string[]
  readonly machineTypePath: readonly string[]
  /** Machine types with Arm processors. */
  readonly armMachineType: RegExp
  /** Members that name an image in another way, and so must not be set next to ours. */
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
  /** How the terms of a purchase plan are accepted: a command, or a sentence. */
  terms(entry: Entry): string
}

export interface Members {
  readonly [name: string]: string | Members | readonly Members[]
}

const FREE_PLAN = 'no-purchase-plan'

/** Whether machines of a plan's images are billed by the marketplace. */
export function isPaid(plan: string): boolean {
  return plan !== FREE_PLAN
}

export interface CloudFacts {
  readonly title: string
  readonly defaultPlan: string
  /** The members that identify an image, the coarsest first. */
  readonly identity: readonly string[]
  /** What names an image in a stream: the member there, and the image's member. */
  readonly entry: Entry
  /** The members of a slot other than plan and architecture. */
  readonly facets: readonly ('generation' | 'region')[]
  /** Whether the name of an image contains its release; the id of an AMI does not. */
  readonly isNameTelling: boolean
  /** What is shown of each image: for Azure what `az vm image list` shows, by name as there. */
  readonly columns: readonly Column[]
  /** What the cloud's tools call an image: a URN, an AMI, a path of the Compute API. */
  nameOf(entry: Entry): string
  /**
   * What the cloud's API calls an image.
   * @param location an Azure region: the images are global, but each region answers for them
   */
  idOf(entry: Entry, location: string): string
  /** The slots that a snapshot opens for an architecture and an OCP minor, in no particular order. */
  slots(snapshot: SnapshotContent, architecture: Architecture, ocp: MajorMinor): Slot[]
  /**
   * The query of a snapshot whose response would list an image, if the image were still offered.
   * @param image the members of its slot, and those that name it
   */
  queryFor(snapshot: SnapshotContent, image: Named): Answered<object> | undefined
  readonly uses: Uses
  /** The image that a publisher would have to publish for a slot to be of its release's own build. */
  expected(snapshot: SnapshotContent, filling: Filling): Expected
}

export function member(name: string): Column {
  return [name, (image) => String(image[name] ?? '')]
}
