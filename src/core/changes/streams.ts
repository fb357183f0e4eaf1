import { BUILT_IN } from '../criteria/criteria.ts'
import { decideOcp } from '../criteria/ocp-version.ts'
import { type Releases, selectImages } from '../selection/selections.ts'
import { ARCHITECTURES, buildReleases, type Snapshot } from '../snapshot/snapshot.ts'
import { type ImageFile, imagesIn } from '../stream/marketplace.ts'
import { getReleases, type Stream } from '../stream/stream.ts'
import { readMajorMinor, rhelForOcp } from '../versions/version.ts'
import { type Change, type Comparison, compareInventories, Listings } from './changes.ts'
import { gradeInventory, RELEASE_UNKNOWN } from './grading.ts'
import {
  filesInventory,
  type Inventory,
  type Item,
  joinInventories,
  mapItems,
  requestInventory,
  selectionInventory,
  snapshotInventory,
} from './inventory.ts'

export interface StreamFiles {
  readonly snapshot?: Snapshot | undefined
  readonly stream?: Stream | undefined
  readonly marketplaceFile?: ImageFile | undefined
  readonly ocp?: string | undefined
  /** Without a stream: the releases of architectures of which the snapshot has no build. */
  readonly releases?: Releases | undefined
}

export interface StreamState {
  readonly releases: Releases
  readonly inventory: Inventory
}

export interface StreamDiff extends Comparison {
  readonly name: string
  readonly status?: 'added' | 'removed'
  readonly before: StreamState
  readonly after: StreamState
}

export interface Difference {
  readonly base?: string
  readonly streams: readonly StreamDiff[]
  readonly files: readonly Change[]
}

export function isEqual({ streams, files }: Difference): boolean {
  return files.length === 0 && streams.every(({ changes }) => changes.length === 0)
}

/** Leaves out the settings of a snapshot or a cloud that only one side has. */
export function compareStreams(name: string, before: StreamFiles, after: StreamFiles): StreamDiff {
  const getState = before.stream || after.stream ? streamState : snapshotState
  const [old, fresh] = [getState(before), getState(after)]
  const { rhel } = (after.snapshot ?? before.snapshot)?.criteria ?? BUILT_IN
  const listings = after.snapshot && new Listings(after.snapshot, before.snapshot)
  const { changes, unchanged } = compareInventories(old.inventory, fresh.inventory, rhel, listings)
  const clouds = changes.flatMap(({ subject }) => (subject.kind === 'cloud' ? [subject.cloud] : []))
  const isImplied = ({ subject, before: former }: Change) =>
    subject.kind === 'setting' &&
    (!before.snapshot ||
      !after.snapshot ||
      clouds.some((cloud) => subject.path.endsWith(cloud)) ||
      // The OCP version is set with the first cloud.
      (clouds.length > 0 && subject.path === 'stream.ocp' && former?.value === 'null'))
  return {
    name,
    before: old,
    after: fresh,
    changes: changes.filter((change) => !isImplied(change)),
    unchanged,
  }
}

export function slotItems({ inventory }: StreamState): Item[] {
  const slots = new Map<string, Item>()
  for (const item of inventory.values()) {
    if (item.subject.kind === 'slot') slots.set(JSON.stringify(item.subject.slot), item)
  }
  return [...slots.values()]
}

function streamState(files: StreamFiles): StreamState {
  const { snapshot, stream, marketplaceFile } = files
  const criteria = snapshot?.criteria ?? BUILT_IN
  const releases = stream ? getReleases(stream) : new Map<string, string>()
  const images = [stream, marketplaceFile].flatMap((file) => (file ? imagesIn(file) : []))
  const { ocp } = decideOcp(
    {
      releases: [...releases.values()],
      workspace: readMajorMinor(files.ocp ?? ''),
      snapshot: readMajorMinor(snapshot?.stream.ocp ?? ''),
      skus: images.flatMap(({ entry }) => entry.sku ?? []),
      name: '',
    },
    criteria,
  )
  const own = filesInventory(stream, marketplaceFile)
  const graded = gradeInventory(own, { releases, ocp, criteria })
  if (snapshot === undefined) return { releases, inventory: graded }
  const listings = [...snapshotInventory(snapshot)].filter(
    ([, { subject }]) => !('architecture' in subject),
  )
  return {
    releases,
    inventory: joinInventories(graded, new Map(listings), requestInventory(snapshot)),
  }
}

/** Without a stream: the builds of the snapshot, and the images that it selects. */
function snapshotState({ snapshot, releases: others = new Map() }: StreamFiles): StreamState {
  if (snapshot === undefined) return { releases: others, inventory: new Map() }
  const releases = new Map([...others, ...buildReleases(snapshot)])
  const slots =
    releases.size > 0
      ? selectionInventory(selectImages(snapshot, releases))
      : mapItems(
          selectionInventory(selectImages(snapshot, latestReleases(snapshot))),
          ({ grade: _, days: __, ...item }) => ({ ...item, ungraded: RELEASE_UNKNOWN }),
        )
  return {
    releases,
    inventory: joinInventories(snapshotInventory(snapshot), slots, requestInventory(snapshot)),
  }
}

/** Future releases, with which the most recent image of each slot is selected. */
export function latestReleases({ stream, criteria }: Snapshot): Releases {
  const ocp = readMajorMinor(stream.ocp ?? '')
  const rhel = ocp && rhelForOcp(criteria.rhel, ocp)
  if (ocp === undefined || rhel === undefined) return new Map()
  const release = `${ocp.major}${ocp.minor}.${rhel.major}${rhel.minor}.299912312359-0`
  return new Map(ARCHITECTURES.map((arch) => [arch, release]))
}
