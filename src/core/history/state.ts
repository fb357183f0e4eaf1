import { measureSkew, type SlotSkew } from '../audit/skew.ts'
import { gradeEntry, gradeInventory, RELEASE_UNKNOWN, toImage } from '../changes/grading.ts'
import {
  buildInventory,
  filesInventory,
  type Inventory,
  type Item,
  joinInventories,
  slotItem,
  toInventory,
} from '../changes/inventory.ts'
import { latestReleases } from '../changes/streams.ts'
import { printSlot, type Slot } from '../clouds/facts.ts'
import { BUILT_IN, type Criteria } from '../criteria/criteria.ts'
import { decideOcp } from '../criteria/ocp-version.ts'
import { groupAlike, groupBy } from '../group.ts'
import { tryRecord } from '../json/parser.ts'
import { isAdmitted, REQUIREMENTS, type Requirement } from '../selection/select.ts'
import { type Releases, wantedRelease } from '../selection/selections.ts'
import { readSnapshot } from '../snapshot/read.ts'
import { buildReleases, type Snapshot } from '../snapshot/snapshot.ts'
import { slotPath } from '../stream/layouts.ts'
import { imagesIn, MarketplaceFile, readImageFile, type SlotImage } from '../stream/marketplace.ts'
import { getReleases, Stream } from '../stream/stream.ts'
import { type MajorMinor, printMajorMinor, readMajorMinor } from '../versions/version.ts'

export interface FileText {
  readonly path: string
  /** @throws InputError for a file with another encoding, or that is not in the clone */
  readonly read: () => string
}

export interface StateFiles {
  readonly main?: FileText
  /** The stream with the releases, for a snapshot or a marketplace file. */
  readonly target?: Stream | undefined
  readonly marketplaceFile?: FileText
  readonly ocp?: MajorMinor
  /** Of a stream or marketplace file; the built-in criteria by default. */
  readonly criteria?: Criteria
  /** Images of other grades are ignored. */
  readonly require?: Requirement | undefined
}

export interface State {
  readonly releases: Readonly<Record<string, string>>
  readonly ocp?: string | undefined
  /** All slots of a snapshot, or the slots of a stream that have an image. */
  readonly slots: readonly SlotSkew[]
  /** The slots of a stream without an image; undefined for a snapshot. */
  readonly vacant?: readonly SlotSkew[]
  readonly inventory: Inventory
  /** Whether the file has no builds of its own, so that the builds of the target belong to it. */
  readonly hasBuildsOfTarget?: boolean
  /** The images in the files of a snapshot's stream. */
  readonly placed?: Inventory
  /** Cached for a snapshot, as most versions have the builds of the version before. */
  readonly builds?: { readonly text: string; readonly inventory: Inventory }
}

export const EMPTY: State = { releases: {}, slots: [], inventory: new Map() }

/** @param before the state of the version before */
export function readState(files: StateFiles, before: State = EMPTY): State {
  const { main, marketplaceFile } = files
  // The builds of the target are not removed with the file.
  if (main === undefined) {
    return before.hasBuildsOfTarget ? { ...EMPTY, hasBuildsOfTarget: true } : EMPTY
  }
  const text = main.read()
  const read = isSnapshotText(text) ? readSnapshot : readImageFile
  const source = read(text, main.path)
  if (source instanceof MarketplaceFile) {
    return { ...streamState(undefined, source, files), hasBuildsOfTarget: true }
  }
  const other =
    marketplaceFile && MarketplaceFile.read(marketplaceFile.read(), marketplaceFile.path)
  return source instanceof Stream
    ? streamState(source, other, files)
    : snapshotState(source, other, files, before)
}

/** Without builds and target, each slot has its latest image. */
function snapshotState(
  snapshot: Snapshot,
  marketplaceFile: MarketplaceFile | undefined,
  { target, require }: StateFiles,
  before: State,
): State {
  const own = buildReleases(snapshot)
  const hasBuildsOfTarget = own.size === 0
  const releases = hasBuildsOfTarget ? findReleases(target) : own
  const isMeasured = releases.size > 0
  const wanted = isMeasured ? releases : latestReleases(snapshot)
  const skews = measureSkew(snapshot, wanted, require)
  const slots: SlotSkew[] = isMeasured
    ? skews
    : skews.map(({ slot, image }) => ({ slot, image, ungraded: image && RELEASE_UNKNOWN }))
  const [release = ''] = releases.values()
  const ocp = wantedRelease(snapshot, release)?.ocp
  const images = slots.flatMap(({ slot, image, grade }) =>
    image ? { ...slotItem(slot, image), grade } : [],
  )
  const inventory = toInventory(images)
  const files = filesInventory(target, marketplaceFile)
  const isSlot = ([, { subject }]: readonly [string, Item]) => subject.kind === 'slot'
  const side = { releases, ocp, criteria: snapshot.criteria }
  const placed = gradeInventory(new Map([...files].filter(isSlot)), side)
  const state = { ...newState(releases, ocp, slots, inventory), hasBuildsOfTarget, placed }
  if (hasBuildsOfTarget) return state
  const text = JSON.stringify(snapshot.builds)
  const builds =
    before.builds?.text === text ? before.builds : { text, inventory: buildInventory(snapshot) }
  return { ...state, inventory: joinInventories(builds.inventory, inventory), builds }
}

/** Grades images by the criteria. If a slot has several images, the first is used. */
function streamState(
  stream: Stream | undefined,
  marketplaceFile: MarketplaceFile | undefined,
  { target, ocp: workspace, criteria = BUILT_IN, require = 'any' }: StateFiles,
): State {
  const { name = '' } = stream ?? target ?? {}
  const releases = findReleases(stream ?? target)
  const images = [marketplaceFile, stream].flatMap((file) => (file ? imagesIn(file) : []))
  const present = groupAlike(images, ({ slot }) => [printSlot(slot)]).map(({ first }) => first)
  const skus = present.flatMap(({ entry: { sku = [] } }) => sku)
  const sources = { name, releases: [...releases.values()], skus, workspace }
  const { ocp } = decideOcp(sources, criteria)
  const snapshot = asSnapshot(name, ocp, present, criteria)
  const measured = measureSkew(snapshot, releases, require)
  const skews = new Map(measured.map((each) => [printSlot(each.slot), each]))
  const side = { releases, ocp, criteria }
  const slots = present.map(({ slot, entry }): SlotSkew => {
    const release = releases.get(slot.architecture)
    const skew = skews.get(printSlot(slot))
    const { grade, days, ungraded } = gradeEntry(slot, entry, side)
    if (skew && grade && !isAdmitted(grade, require)) return skew
    const none = ocp && !skew ? `no slot in OCP ${printMajorMinor(ocp)}` : undefined
    const own = { image: entry, grade: skew && grade, ungraded: ungraded ?? none }
    return { slot, release, days, ...skew, ...own }
  })
  const filled = new Set(present.map(({ slot }) => printSlot(slot)))
  const hasPlace = (slot: Slot) =>
    images.some(({ slot: { cloud }, layout }) => cloud === slot.cloud && slotPath(layout, slot))
  const vacant = [...skews.values()].filter(
    ({ slot }) => !filled.has(printSlot(slot)) && hasPlace(slot),
  )
  const inventory = gradeInventory(filesInventory(stream, marketplaceFile), side)
  return { ...newState(releases, ocp, slots, inventory), vacant }
}

function newState(
  releases: Releases,
  ocp: MajorMinor | undefined,
  slots: readonly SlotSkew[],
  inventory: Inventory,
): State {
  return {
    releases: Object.fromEntries([...releases].sort(([a], [b]) => (a < b ? -1 : 1))),
    ocp: ocp && printMajorMinor(ocp),
    slots,
    inventory,
  }
}

/** The builds of a target, without their parts. */
export function releaseItems(target: Stream | undefined): Inventory {
  return toInventory(
    [...findReleases(target)].map(([architecture, release]) => ({
      subject: { kind: 'build', architecture } as const,
      value: release,
      release,
    })),
  )
}

function findReleases(stream: Stream | undefined): Releases {
  return stream ? getReleases(stream) : new Map()
}

function asSnapshot(
  name: string,
  ocp: MajorMinor | undefined,
  images: readonly SlotImage[],
  criteria: Criteria,
) {
  const byCloud = <T>(read: (image: SlotImage) => T) =>
    Object.fromEntries(
      [...groupBy(images, ({ slot }) => slot.cloud)].map(([cloud, own]) => [cloud, own.map(read)]),
    )
  return {
    schemaVersion: 1,
    stream: {
      name,
      distro: 'rhcos',
      ocp: ocp ? printMajorMinor(ocp) : null,
      url: '',
      signatures: true,
    },
    criteria,
    builds: {},
    capturedAt: '',
    images: byCloud(({ slot, entry }) => toImage(slot, entry, criteria)),
    queries: byCloud(({ slot: { region = '' }, entry }) => ({ ...entry, region, images: 1 })),
  } as const
}

/** False for invalid JSON. */
export function isSnapshotText(text: string): boolean {
  // Avoids parsing long snapshots twice.
  return text.includes('\n  "schemaVersion":') || tryRecord(text).schemaVersion !== undefined
}

/** Empty for an invalid workspace file. */
export function readWorkspaceSettings(
  file: FileText,
  stream: string,
): Pick<StateFiles, 'ocp' | 'require'> {
  try {
    const { ocp, require } = JSON.parse(file.read()).streams[stream]
    const version = readMajorMinor(String(ocp))
    return {
      ...(version && { ocp: version }),
      ...(Object.hasOwn(REQUIREMENTS, require) && { require }),
    }
  } catch {
    return {}
  }
}
