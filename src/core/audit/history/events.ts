import { type Entry, versionOfEntry } from '../../layouts/layout.ts'
import { nameOf } from '../../layouts/names.ts'
import { changesBetween } from '../../regenerate/regression.ts'
import type { Grade } from '../../selection/grade.ts'
import { printSlot, type Slot } from '../../selection/slot.ts'
import type { RhelTable } from '../../versions/rhel.ts'
import type { SlotState, State } from './slot-state.ts'

/** What can happen from one version to the next. */
export const EVENT_KINDS = [
  'build added',
  'build bumped',
  'build removed',
  'image added',
  'image replaced',
  'image regressed',
  'image removed',
  'file renamed',
  'file removed',
  'unreadable',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** Something that a commit did. */
export interface HistoryEvent {
  readonly kind: EventKind
  /** An architecture, a slot as messages name it, or the file's name. */
  readonly subject: string
  readonly slot?: Slot
  /** Releases, images as their cloud's tools call them, or file names. */
  readonly before?: string
  readonly after?: string
  /** Of images, what their names need not tell: an AMI's tells nothing. */
  readonly versions?: { readonly before?: string; readonly after?: string }
  /** Of an image that came. */
  readonly grade?: Grade
  readonly days?: number
  /** What is wrong with a version that cannot be read. */
  readonly problem?: string
}

/** What differs between two versions; builds first, slots in the order of the later version. */
export function eventsBetween(before: State, after: State, table: RhelTable): HistoryEvent[] {
  return [...buildEvents(before.releases, after.releases), ...imageEvents(before, after, table)]
}

function buildEvents(before: State['releases'], after: State['releases']): HistoryEvent[] {
  const architectures = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return architectures.flatMap((subject): HistoryEvent[] => {
    const [old, fresh] = [before[subject], after[subject]]
    if (old === fresh) return []
    const kind =
      old === undefined ? 'build added' : fresh === undefined ? 'build removed' : 'build bumped'
    return [{ kind, subject, ...ends(old, fresh) }]
  })
}

function imageEvents(before: State, after: State, table: RhelTable): HistoryEvent[] {
  const [old, fresh] = [bySlot(before), bySlot(after)]
  return [...new Map([...fresh, ...old])].flatMap(([subject, { slot }]) => {
    const [left, right] = [old.get(subject), fresh.get(subject)]
    const place = { cloud: slot.cloud, architecture: slot.architecture }
    return changesBetween(place, placed(left?.image), placed(right?.image), table).map(
      (change): HistoryEvent => ({
        kind: kindOf(change),
        subject,
        slot,
        ...ends(
          change.before && nameOf(slot.cloud, change.before),
          change.after && nameOf(slot.cloud, change.after),
        ),
        versions: ends(versionOf(change.before), versionOf(change.after)),
        ...(right?.image && right.grade && { grade: right.grade }),
        ...(right?.image && right.days !== undefined && { days: right.days }),
      }),
    )
  })
}

function kindOf({ before, regression }: ReturnType<typeof changesBetween>[number]): EventKind {
  if (regression === 'removed') return 'image removed'
  if (regression === 'older') return 'image regressed'
  return before === undefined ? 'image added' : 'image replaced'
}

function bySlot({ slots }: State): Map<string, SlotState> {
  return new Map(slots.map((each) => [printSlot(each.slot), each]))
}

function versionOf(entry: Entry | undefined): string | undefined {
  return entry && versionOfEntry(entry)
}

function placed(entry: Entry | undefined) {
  return entry === undefined ? [] : [{ path: [], entry }]
}

function ends(before: string | undefined, after: string | undefined) {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}
