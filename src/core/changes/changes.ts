import { isOlder } from '../versions/older.ts'
import type { RhelTable } from '../versions/rhel.ts'
import type { Absence, Listings } from './absence.ts'
import {
  type Inventory,
  type Item,
  keyOf,
  type Subject,
  type SubjectKind,
  wholeOf,
} from './inventory.ts'

/** What happens to one subject. */
export interface Change {
  readonly subject: Subject
  /** Undefined for an added subject. */
  readonly before?: Item
  /** Undefined for a removed subject. */
  readonly after?: Item
  /** `older`: an image or a build is replaced by an older one. */
  readonly loss?: 'removed' | 'older'
  /**
   * Set for a part that changes with its build, architecture or platform: the change of the whole
   * already implies it.
   */
  readonly follows?: true
  /** Why the lost image, or the image of a removed listing, is not listed after the change. */
  readonly absence?: Absence
}

/** The changes between two inventories, and the items that are the same in both. */
export interface Comparison {
  readonly changes: readonly Change[]
  readonly unchanged: readonly Item[]
}

/**
 * Compares two inventories.
 *
 * @param listings what the snapshot of the later inventory lists; without it no change has an `absence`
 */
export function compareInventories(
  before: Inventory,
  after: Inventory,
  table: RhelTable,
  listings?: Listings,
): Comparison {
  const keys = [...new Set([...after.keys(), ...before.keys()])]
  const builds = changedReleases(before, after)
  const changes = keys.flatMap((key): Change[] => {
    const [old, fresh] = [before.get(key), after.get(key)]
    const subject = (fresh ?? old)?.subject
    if (subject === undefined || isSame(old, fresh)) return []
    const loss = findLoss(old, fresh, table)
    const absence = findAbsence(old, loss, listings)
    const follows =
      followsBuild(subject, old, fresh, builds) || followsWhole(subject, before, after)
    return [
      {
        subject,
        ...(old && { before: old }),
        ...(fresh && { after: fresh }),
        ...(loss && { loss }),
        ...(follows && { follows }),
        ...(absence && { absence }),
      },
    ]
  })
  const unchanged = [...after].flatMap(([key, item]) =>
    isSame(before.get(key), item) ? [item] : [],
  )
  return { changes: withoutImplied(changes).sort(compareKinds), unchanged }
}

/** Where parts of a build change under the same release, the build itself is no change of its own. */
function withoutImplied(changes: readonly Change[]): Change[] {
  const parts = new Set(
    changes.flatMap(({ subject }) =>
      subject.kind === 'artifact' || subject.kind === 'image' ? [subject.architecture] : [],
    ),
  )
  return changes.filter(
    ({ subject, before, after }) =>
      subject.kind !== 'build' ||
      before?.release !== after?.release ||
      !parts.has(subject.architecture),
  )
}

/** The losses that no loss of a build or a platform already implies. */
export function losses(changes: readonly Change[]): Change[] {
  return changes.filter(({ loss, follows }) => loss !== undefined && !follows)
}

/** The changes of some kinds of subjects, without those that only follow another change. */
export function ofKinds(changes: readonly Change[], ...kinds: readonly SubjectKind[]): Change[] {
  return changes.filter(
    (change) => !change.follows && !isRegraded(change) && kinds.includes(change.subject.kind),
  )
}

/** Whether a comparison has any such subject, changed or not. */
export function hasKind({ changes, unchanged }: Comparison, kind: SubjectKind): boolean {
  return [...changes, ...unchanged].some(({ subject }) => subject.kind === kind)
}

/** Whether a slot keeps its image and gets another grade, as its build changed. */
export function isRegraded({ subject, before, after }: Change): boolean {
  return subject.kind === 'slot' && hasSameImage(before, after)
}

function isSame(old: Item | undefined, fresh: Item | undefined): boolean {
  const isGraded = old?.grade !== undefined && fresh?.grade !== undefined
  return hasSameImage(old, fresh) && (!isGraded || old.grade === fresh.grade)
}

/** An AMI's id does not contain its release, so a stream states both. */
function hasSameImage(old: Item | undefined, fresh: Item | undefined): boolean {
  if (old?.value !== fresh?.value) return false
  return fresh?.subject.kind !== 'slot' || old?.release === fresh.release
}

const ORDER: readonly SubjectKind[] = [
  'build',
  'artifact',
  'image',
  'cloud',
  'slot',
  'listing',
  'query',
  'setting',
  'file',
]

/** Builds first, by architecture; other kinds keep their order. */
function compareKinds({ subject: a }: Change, { subject: b }: Change): number {
  if (a.kind !== 'build' || b.kind !== 'build') return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
  return a.architecture < b.architecture ? -1 : 1
}

const DATED: readonly SubjectKind[] = ['build', 'artifact', 'image', 'slot']
const LOSABLE: readonly SubjectKind[] = [...DATED, 'cloud', 'listing']

function findLoss(
  old: Item | undefined,
  fresh: Item | undefined,
  table: RhelTable,
): Change['loss'] {
  if (old === undefined) return undefined
  if (fresh === undefined) return LOSABLE.includes(old.subject.kind) ? 'removed' : undefined
  if (hasSameImage(old, fresh)) return undefined
  const { kind } = fresh.subject
  // A listing is identified by its version, and an artifact has the release of its build.
  if (!DATED.includes(kind)) return undefined
  if (kind === 'slot' && fresh.grade === 'exact') return undefined
  if (old.release === undefined || fresh.release === undefined) return undefined
  return isOlder(fresh.release, old.release, table) ? 'older' : undefined
}

/**
 * A cloud shows deprecated and disabled images to their owners only, so a lost image may still start
 * although it is not listed.
 */
function findAbsence(
  old: Item | undefined,
  loss: Change['loss'],
  listings: Listings | undefined,
): Absence | undefined {
  if (old === undefined || loss === undefined || listings === undefined) return undefined
  const { subject, entry } = old
  if (subject.kind === 'slot' && entry) {
    return listings.absence(subject.slot.cloud, { ...subject.slot, ...entry }, false)
  }
  if (subject.kind === 'listing') return listings.absence(subject.cloud, subject.image, true)
  return undefined
}

/** By architecture, where the releases differ; undefined for no build. */
type ChangedReleases = ReadonlyMap<
  string,
  readonly [old: string | undefined, fresh: string | undefined]
>

function changedReleases(before: Inventory, after: Inventory): ChangedReleases {
  const [old, fresh] = [buildReleases(before), buildReleases(after)]
  return new Map(
    [...new Set([...old.keys(), ...fresh.keys()])]
      .filter((architecture) => old.get(architecture) !== fresh.get(architecture))
      .map((architecture) => [architecture, [old.get(architecture), fresh.get(architecture)]]),
  )
}

function buildReleases(inventory: Inventory): Map<string, string> {
  return new Map(
    [...inventory.values()].flatMap(({ subject, release = '' }): [string, string][] =>
      subject.kind === 'build' ? [[subject.architecture, release]] : [],
    ),
  )
}

function followsBuild(
  subject: Subject,
  old: Item | undefined,
  fresh: Item | undefined,
  builds: ChangedReleases,
): true | undefined {
  if (subject.kind !== 'artifact' && subject.kind !== 'image') return undefined
  const build = builds.get(subject.architecture)
  if (build === undefined) return undefined
  const [from, to] = build
  if (from === undefined || to === undefined) return true
  return old?.release === from && fresh?.release === to ? true : undefined
}

/** Whether a part is added or removed together with what it is a part of. */
function followsWhole(subject: Subject, before: Inventory, after: Inventory): true | undefined {
  const whole = wholeOf(subject)
  if (whole === undefined) return undefined
  const key = keyOf(whole)
  return before.has(key) !== after.has(key) ? true : undefined
}
