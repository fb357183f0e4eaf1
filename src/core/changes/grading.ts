import type { Entry, Slot } from '../clouds/facts.ts'
import type { Criteria } from '../criteria/criteria.ts'
import { ocpInSku } from '../criteria/ocp-version.ts'
import { selectImage } from '../selection/select.ts'
import { type Releases, selectionRules } from '../selection/selections.ts'
import type { Image } from '../snapshot/snapshot.ts'
import { entryVersion } from '../stream/marketplace.ts'
import { daysBehind, type MajorMinor, printMajorMinor, readRelease } from '../versions/version.ts'
import { type Inventory, type Item, mapItems } from './inventory.ts'

export interface Side {
  readonly releases: Releases
  readonly ocp?: MajorMinor | undefined
  readonly criteria: Criteria
}

export const RELEASE_UNKNOWN = 'release unknown'
export const OCP_UNKNOWN = 'OCP version unknown'

export function gradeEntry(
  slot: Slot,
  entry: Entry,
  side: Side,
): Pick<Item, 'grade' | 'ungraded' | 'days'> {
  const text = side.releases.get(slot.architecture)
  if (text === undefined) return { ungraded: RELEASE_UNKNOWN }
  const release = readRelease(text)
  if (release === undefined) return { ungraded: 'release has no RHEL version' }
  const image = toImage(slot, entry, side.criteria)
  const days = daysBehind(image.version, release)
  const ocp = release.ocp ?? side.ocp
  if (ocp === undefined) return { days, ungraded: OCP_UNKNOWN }
  const wanted = { text, release, ocp }
  const selection = selectImage(slot, wanted, [image], selectionRules(side.criteria, slot.cloud))
  const [{ grade, refused } = {}] = selection.candidates
  return { days, grade, ungraded: grade ? undefined : refused }
}

export function gradeInventory(inventory: Inventory, side: Side): Inventory {
  return mapItems(inventory, (item) => {
    const { subject, entry } = item
    if (subject.kind !== 'slot' || entry === undefined) return item
    return { ...item, ...gradeEntry(subject.slot, entry, side) }
  })
}

/** An image of a stream, which does not contain the image's state. */
export function toImage(slot: Slot, entry: Entry, criteria: Criteria): Image {
  const { cloud: _, ...members } = slot
  const ocp = entry.sku === undefined ? undefined : ocpInSku(entry.sku, criteria)
  return {
    ...entry,
    ...members,
    ...(ocp && { ocp: printMajorMinor(ocp) }),
    state: 'active',
    version: entryVersion(entry) ?? '',
  } as Image
}
