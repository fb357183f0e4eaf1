import { type Entry, entryOf } from '../../layouts/entry.ts'
import type { Grade } from '../../selection/grade.ts'
import { keyOf, type Releases, selectImages } from '../../selection/selections.ts'
import { printSlot, type Slot, slotsOf } from '../../selection/slot.ts'
import { canonicalJson } from '../../snapshot/canonical.ts'
import { sortImages } from '../../snapshot/order.ts'
import {
  ARCHITECTURES,
  CLOUDS,
  type CloudName,
  type Image,
  imagesOf,
  type Snapshot,
} from '../../snapshot/snapshot.ts'
import { stateAt } from '../../snapshot/state.ts'
import { readMinor } from '../../versions/minor.ts'
import { rhelOfOcp } from '../../versions/rhel.ts'
import type { PlanChange } from './images.ts'

/** What one snapshot gives a slot; null for no image, and for a release that is not known. */
export interface Filling {
  readonly release: string | null
  readonly image: Entry | null
  readonly grade: Grade | null
}

/** A slot whose image or grade is another one; null where a snapshot does not open the slot. */
export interface SlotChange {
  readonly slot: Slot
  readonly before: Filling | null
  readonly after: Filling | null
}

/** How a difference moves the slots of the stream. */
export interface SlotDiff {
  /** `latest`: no release is known, so the slots are for the latest build that could ever be. */
  readonly releases: 'known' | 'latest'
  readonly changes: readonly SlotChange[]
}

/**
 * What the difference does to the slots. The release for an architecture is that of a snapshot's
 * own build, else the target's, else that of the other snapshot's build. Where nobody tells one, a
 * slot is for the latest build that the snapshot's OCP minor could have, which no image is newer
 * than: then the most recent image of the slot counts.
 *
 * @param images what `diffImages` tells of the two
 */
export function diffSlots(
  before: Snapshot,
  after: Snapshot,
  images: readonly PlanChange[],
  target: Releases = new Map(),
): SlotDiff {
  const [old, fresh] = [releasesOf(before), releasesOf(after)]
  const isKnown = old.size + fresh.size + target.size > 0
  const taskOf = (snapshot: Snapshot, known: Releases): Task => ({
    snapshot,
    isKnown,
    releases: isKnown ? known : latestReleases(snapshot),
  })
  const [left, right] = narrow(
    taskOf(before, new Map([...fresh, ...target, ...old])),
    taskOf(after, new Map([...old, ...target, ...fresh])),
    images,
  ).map(fillSlots) as [Fillings, Fillings]
  const changes = [...new Map([...left, ...right])].flatMap(([key, { slot }]) => {
    const change = {
      slot,
      before: left.get(key)?.filling ?? null,
      after: right.get(key)?.filling ?? null,
    }
    return isSame(change.before, change.after) ? [] : [change]
  })
  return { releases: isKnown ? 'known' : 'latest', changes }
}

/** All that decides what fills the slots. */
interface Task {
  readonly snapshot: Snapshot
  readonly releases: Releases
  readonly isKnown: boolean
}

type Fillings = ReadonlyMap<string, { readonly slot: Slot; readonly filling: Filling }>

function fillSlots({ snapshot, releases, isKnown }: Task): Fillings {
  return new Map(
    selectImages(snapshot, releases).map(({ slot, wanted, image, grade }) => [
      printSlot(slot),
      {
        slot,
        filling: {
          release: isKnown ? wanted.text : null,
          image: image ? entryOf(slot.cloud, image) : null,
          grade: grade ?? null,
        },
      },
    ]),
  )
}

/** A slot moves with its image or its grade; a release that changed under the same image is a build. */
function isSame(a: Filling | null, b: Filling | null): boolean {
  const textOf = (filling: Filling | null) => JSON.stringify([filling?.image, filling?.grade])
  return textOf(a) === textOf(b)
}

/**
 * Where the images alone differ, the two tasks with just those images that can decide a slot: what
 * came, went and changed, and of all that both have the best for each slot that this touches. To
 * choose among these is to choose among all, and of the many that are the same each is looked at
 * but once.
 */
function narrow(before: Task, after: Task, changes: readonly PlanChange[]): [Task, Task] {
  if (isOther(before, after)) return [before, after]
  const [gone, come] = [imagesByCloud(changes, goneOf), imagesByCloud(changes, comeOf)]
  const moved = new Set([...come.values()].flat())
  const touched = new Set([...gone.values(), ...come.values()].flat().map(keyOf))
  const common = withImages(after, (cloud) =>
    imagesOf(after.snapshot, cloud).filter(
      (image) => touched.has(keyOf(image)) && !moved.has(image),
    ),
  )
  const best = selectImages(common.snapshot, common.releases)
  const bestOf = (cloud: CloudName) =>
    best.flatMap(({ slot, image }) => (image && slot.cloud === cloud ? [image] : []))
  return [
    withImages(before, (cloud) =>
      sortImages(cloud, [...bestOf(cloud), ...(gone.get(cloud) ?? [])]),
    ),
    withImages(after, (cloud) => sortImages(cloud, [...bestOf(cloud), ...(come.get(cloud) ?? [])])),
  ]
}

/** Whether more than the images that came, went or changed can fill a slot otherwise. */
function isOther(a: Task, b: Task): boolean {
  const rest = ({ snapshot, releases }: Task) =>
    canonicalJson([
      snapshot.criteria,
      snapshot.stream.ocp,
      [...releases].sort(),
      CLOUDS.flatMap((cloud) => ARCHITECTURES.flatMap((arch) => slotsOf(snapshot, cloud, arch))),
    ])
  return rest(a) !== rest(b) || hasAged(a.snapshot, b.snapshot)
}

/** Whether an image was deprecated between the two captures, as had been announced before. */
function hasAged({ capturedAt }: Snapshot, later: Snapshot): boolean {
  return CLOUDS.some((cloud) =>
    imagesOf(later, cloud).some(
      (image) =>
        image.deprecation !== undefined &&
        stateAt(image, capturedAt) !== stateAt(image, later.capturedAt),
    ),
  )
}

function goneOf({ removed, changed }: PlanChange): Image[] {
  const old = changed.map(({ image, fields }) => ({
    ...image,
    ...Object.fromEntries(fields.map(({ name, before }) => [name, before])),
  }))
  return [...removed, ...(old as Image[])]
}

function comeOf({ added, changed }: PlanChange): Image[] {
  return [...added, ...changed.map(({ image }) => image)]
}

function imagesByCloud(
  changes: readonly PlanChange[],
  of: (change: PlanChange) => Image[],
): Map<CloudName, Image[]> {
  return new Map(
    CLOUDS.map((cloud) => [cloud, changes.filter((each) => each.cloud === cloud).flatMap(of)]),
  )
}

function withImages(task: Task, of: (cloud: CloudName) => Image[]): Task {
  const images = Object.fromEntries(CLOUDS.map((cloud) => [cloud, of(cloud)]))
  return { ...task, snapshot: { ...task.snapshot, images } }
}

function releasesOf({ builds }: Snapshot): Releases {
  return new Map(Object.entries(builds).map(([arch, { release }]) => [arch, release]))
}

/**
 * Releases that no image is newer than, for where nobody tells one; none without an OCP minor. For
 * every architecture: those that no criteria name an image for open no slot.
 */
export function latestReleases({ stream, criteria }: Snapshot): Releases {
  const ocp = stream.ocp === null ? undefined : readMinor(stream.ocp)
  const rhel = ocp && rhelOfOcp(criteria.rhel, ocp)
  if (ocp === undefined || rhel === undefined) return new Map()
  const release = `${ocp.major}${ocp.minor}.${rhel.major}${rhel.minor}.299912312359-0`
  return new Map(ARCHITECTURES.map((arch) => [arch, release]))
}
