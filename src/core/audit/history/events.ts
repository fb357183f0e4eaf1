import { type Change, compareInventories } from '../../changes/changes.ts'
import { type Inventory, type Item, slotItem, toInventory } from '../../changes/inventory.ts'
import { printSlot, type Slot } from '../../clouds/slot.ts'
import type { Grade } from '../../selection/grade.ts'
import type { RhelTable } from '../../versions/rhel.ts'
import type { SlotState, State } from './slot-state.ts'

/** What can happen from one version to the next. */
export const EVENT_KINDS = [
  'build added',
  'build bumped',
  'build changed',
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
  const [old, fresh] = [without(before, after), without(after, before)]
  const { changes } = compareInventories(inventoryOf(old, fresh), inventoryOf(fresh, old), table)
  const states = new Map(fresh.slots.map((each) => [printSlot(each.slot), each]))
  return changes.flatMap((change) => {
    const { subject } = change
    if (subject.kind === 'build') return [buildEvent(change, subject.architecture)]
    if (subject.kind !== 'slot') return []
    return [imageEvent(change, subject.slot, states.get(printSlot(subject.slot)))]
  })
}

/** Nothing happened to a slot whose state is the very same. */
function without({ slots, ...rest }: State, other: State): State {
  const same = new Set(other.slots)
  return { ...rest, slots: slots.filter((each) => !same.has(each)) }
}

/** What a version holds; a slot is known by its image alone. */
function inventoryOf({ releases, contents, slots }: State, other: State): Inventory {
  // A release may be known from elsewhere, and then nothing of its build is.
  const isTold = (arch: string) => [contents, other.contents].every((of) => Object.hasOwn(of, arch))
  const told = (arch: string) => (isTold(arch) ? contents[arch] : '')
  const builds = Object.entries(releases)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([architecture, release]): Item => ({
        subject: { kind: 'build', architecture },
        value: `${release} ${told(architecture)}`,
        release,
      }),
    )
  const images = slots.flatMap(({ slot, image }): Item[] =>
    image === undefined ? [] : [slotItem(slot, image)],
  )
  return toInventory([...builds, ...images])
}

function buildEvent({ before, after, loss }: Change, subject: string): HistoryEvent {
  const [old, fresh] = [before?.release, after?.release]
  if (old !== undefined && old === fresh) return { kind: 'build changed', subject, after: fresh }
  const kind =
    before === undefined ? 'build added' : loss === 'removed' ? 'build removed' : 'build bumped'
  return { kind, subject, ...ends(old, fresh) }
}

function imageEvent(
  { before, after, loss }: Change,
  slot: Slot,
  state: SlotState | undefined,
): HistoryEvent {
  const kind =
    loss === 'removed'
      ? 'image removed'
      : loss === 'older'
        ? 'image regressed'
        : before === undefined
          ? 'image added'
          : 'image replaced'
  return {
    kind,
    subject: printSlot(slot),
    slot,
    ...ends(before?.value, after?.value),
    versions: ends(before?.release, after?.release),
    ...(after && state?.grade && { grade: state.grade }),
    ...(after && state?.days !== undefined && { days: state.days }),
  }
}

function ends(before: string | undefined, after: string | undefined) {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}
