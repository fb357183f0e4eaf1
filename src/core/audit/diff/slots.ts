import type { Entry } from '../../clouds/facts.ts'
import { printSlot, type Slot } from '../../clouds/slot.ts'
import type { Grade } from '../../selection/grade.ts'
import type { Selection } from '../../selection/select.ts'
import { type Releases, selectImages } from '../../selection/selections.ts'
import { ARCHITECTURES, type Snapshot } from '../../snapshot/snapshot.ts'
import { toEntry } from '../../stream/marketplace.ts'
import { readMajorMinor } from '../../versions/major-minor.ts'
import { rhelForOcp } from '../../versions/rhel.ts'

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

/** What fills the slots of two snapshots. */
export interface FilledSlots {
  readonly releases: SlotDiff['releases']
  readonly before: readonly Selection[]
  readonly after: readonly Selection[]
}

/**
 * What two snapshots fill their slots with. The release for an architecture is that of a snapshot's
 * own build, else the target's, else that of the other snapshot's build. Where nobody tells one, a
 * slot is for the latest build that the snapshot's OCP minor could have, which no image is newer
 * than: then the most recent image of the slot counts.
 */
export function filledSlots(
  before: Snapshot,
  after: Snapshot,
  target: Releases = new Map(),
  targetBefore = target,
): FilledSlots {
  const [old, fresh] = [getReleases(before), getReleases(after)]
  const isKnown = old.size + fresh.size + target.size > 0
  const select = (snapshot: Snapshot, known: Releases) =>
    selectImages(snapshot, isKnown ? known : latestReleases(snapshot))
  return {
    releases: isKnown ? 'known' : 'latest',
    before: select(before, new Map([...fresh, ...targetBefore, ...old])),
    after: select(after, new Map([...old, ...target, ...fresh])),
  }
}

/** How the slots move. */
export function diffSlots({ releases, before, after }: FilledSlots): SlotDiff {
  const fillings = (selections: readonly Selection[]) =>
    new Map(
      selections.map((selection) => [
        printSlot(selection.slot),
        { slot: selection.slot, filling: fillingOf(selection, releases) },
      ]),
    )
  const [left, right] = [fillings(before), fillings(after)]
  const changes = [...new Map([...left, ...right])].flatMap(([key, { slot }]) => {
    const change = {
      slot,
      before: left.get(key)?.filling ?? null,
      after: right.get(key)?.filling ?? null,
    }
    return isSame(change.before, change.after) ? [] : [change]
  })
  return { releases, changes }
}

function fillingOf(
  { slot, wanted, image, grade }: Selection,
  releases: SlotDiff['releases'],
): Filling {
  return {
    release: releases === 'known' ? wanted.text : null,
    image: image ? toEntry(slot.cloud, image) : null,
    grade: grade ?? null,
  }
}

/** A slot moves with its image or its grade; a release that changed under the same image is a build. */
function isSame(a: Filling | null, b: Filling | null): boolean {
  const textOf = (filling: Filling | null) => JSON.stringify([filling?.image, filling?.grade])
  return textOf(a) === textOf(b)
}

function getReleases({ builds }: Snapshot): Releases {
  return new Map(Object.entries(builds).map(([arch, { release }]) => [arch, release]))
}

/**
 * Releases that no image is newer than, for where nobody tells one; none without an OCP minor. For
 * every architecture: those that no criteria name an image for open no slot.
 */
export function latestReleases({ stream, criteria }: Snapshot): Releases {
  const ocp = stream.ocp === null ? undefined : readMajorMinor(stream.ocp)
  const rhel = ocp && rhelForOcp(criteria.rhel, ocp)
  if (ocp === undefined || rhel === undefined) return new Map()
  const release = `${ocp.major}${ocp.minor}.${rhel.major}${rhel.minor}.299912312359-0`
  return new Map(ARCHITECTURES.map((arch) => [arch, release]))
}
