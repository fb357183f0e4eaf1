import { isOlder } from '../versions/older.ts'
import type { RhelTable } from '../versions/rhel.ts'
import { type Inventory, type Item, keyOf, type Subject, type SubjectKind } from './inventory.ts'

/** What a run does to one subject. */
export interface Change {
  readonly subject: Subject
  /** Absent for what comes. */
  readonly before?: Item
  /** Absent for what goes. */
  readonly after?: Item
  /** Set where something is lost: it goes, or gives way to an older one. */
  readonly loss?: 'gone' | 'older'
  /**
   * Set for a part that only goes the way of the whole: it is at the build's new release as it was at
   * the old one, or its architecture or platform came or went.
   */
  readonly follows?: true
  /** Set where the image that goes is no longer among those that its cloud lists. */
  readonly unlisted?: true
}

/**
 * One account of a change: what a run adds, changes, keeps and takes away. All words, refusals and
 * exit codes of all commands come from here, so that none can say of anything what it did not look
 * at.
 */
export interface Account {
  readonly changes: readonly Change[]
  readonly kept: readonly Item[]
}

/** Compares what there was with what there is. */
export function compareInventories(before: Inventory, after: Inventory, table: RhelTable): Account {
  const keys = [...new Set([...after.keys(), ...before.keys()])]
  const builds = buildsBetween(before, after)
  const changes = keys.flatMap((key): Change[] => {
    const [old, fresh] = [before.get(key), after.get(key)]
    const subject = (fresh ?? old)?.subject
    if (subject === undefined || isSame(old, fresh)) return []
    return [
      {
        subject,
        ...(old && { before: old }),
        ...(fresh && { after: fresh }),
        ...lossOf(old, fresh, table),
        ...((isFollower(subject, old, fresh, builds) || isOfPlatform(subject, before, after)) && {
          follows: true,
        }),
      },
    ]
  })
  const kept = [...after].flatMap(([key, item]) => (isSame(before.get(key), item) ? [item] : []))
  return { changes: changes.sort(byKind), kept }
}

/** An AMI's id does not tell its release, which a stream names beside it. */
function isSame(old: Item | undefined, fresh: Item | undefined): boolean {
  if (old?.value !== fresh?.value) return false
  return fresh?.subject.kind !== 'slot' || old?.release === fresh.release
}

const ORDER: readonly SubjectKind[] = ['build', 'artifact', 'image', 'cloud', 'slot', 'listing']

/** Builds first, by architecture; all else as it came. */
function byKind({ subject: a }: Change, { subject: b }: Change): number {
  if (a.kind !== 'build' || b.kind !== 'build') return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
  return a.architecture < b.architecture ? -1 : 1
}

/** Whatever is lost, but for what the loss of its build tells already. */
export function lossesOf({ changes }: Account): Change[] {
  return changes.filter(({ loss, follows }) => loss !== undefined && !follows)
}

/** The changes of some kinds that do not merely follow another. */
export function changesOf({ changes }: Account, ...kinds: readonly SubjectKind[]): Change[] {
  return changes.filter(({ subject, follows }) => !follows && kinds.includes(subject.kind))
}

/** Whether the account is of any such subject: of what it did not look at it says nothing. */
export function lookedAt({ changes, kept }: Account, kind: SubjectKind): boolean {
  return [...changes, ...kept].some(({ subject }) => subject.kind === kind)
}

function lossOf(
  old: Item | undefined,
  fresh: Item | undefined,
  table: RhelTable,
): Pick<Change, 'loss'> {
  if (old === undefined) return {}
  if (fresh === undefined) return { loss: 'gone' }
  // A listing is identified by its version, and an artifact's release is its build's.
  const isDated = fresh.subject.kind !== 'listing' && fresh.subject.kind !== 'cloud'
  const isBack =
    isDated &&
    old.release !== undefined &&
    fresh.release !== undefined &&
    isOlder(fresh.release, old.release, table)
  return isBack ? { loss: 'older' } : {}
}

/** Of each architecture that has another release, one or none: both. */
type Builds = ReadonlyMap<string, readonly [old: string | undefined, fresh: string | undefined]>

function buildsBetween(before: Inventory, after: Inventory): Builds {
  const releases = (inventory: Inventory) =>
    new Map(
      [...inventory.values()].flatMap(({ subject, value }): [string, string][] =>
        subject.kind === 'build' ? [[subject.architecture, value]] : [],
      ),
    )
  const [old, fresh] = [releases(before), releases(after)]
  return new Map(
    [...new Set([...old.keys(), ...fresh.keys()])]
      .filter((architecture) => old.get(architecture) !== fresh.get(architecture))
      .map((architecture) => [architecture, [old.get(architecture), fresh.get(architecture)]]),
  )
}

function isFollower(
  subject: Subject,
  old: Item | undefined,
  fresh: Item | undefined,
  builds: Builds,
): boolean {
  if (subject.kind !== 'artifact' && subject.kind !== 'image') return false
  const build = builds.get(subject.architecture)
  if (build === undefined) return false
  const [from, to] = build
  if (from === undefined || to === undefined) return true
  return old?.release === from && fresh?.release === to
}

/** Whether a format comes or goes with its platform. */
function isOfPlatform(subject: Subject, before: Inventory, after: Inventory): boolean {
  if (subject.kind !== 'artifact' || subject.format === undefined) return false
  const { format: _, ...platform } = subject
  const key = keyOf(platform)
  return before.has(key) !== after.has(key)
}
