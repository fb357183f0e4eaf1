import type { Entry, Named } from '../clouds/facts.ts'
import { FACTS } from '../clouds/index.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  type Image,
  type SnapshotContent,
} from '../snapshot/snapshot.ts'
import { toEntry } from '../stream/marketplace.ts'
import { isOlder, type RhelTable } from '../versions/version.ts'
import {
  getParent,
  type Inventory,
  type Item,
  type Subject,
  type SubjectKind,
  subjectKey,
} from './inventory.ts'

/**
 * Why a snapshot does not list an image.
 *
 * - `not-queried`: no query of the snapshot covers the image
 * - `not-found`: the API responded that there is no such SKU, offer, product or image
 * - `no-longer-listed`: the query returned images, and this one is not among them
 * - `dropped`: this run removes the cloud, region or architecture on request
 */
export type Absence = 'not-queried' | 'not-found' | 'no-longer-listed' | 'dropped'

export class Listings {
  readonly #images: ReadonlyMap<string, Image>
  readonly #former: ReadonlyMap<string, Image>

  /**
   * @param former the snapshot before; images may be listed there with more members than in a stream
   * @param dropped names of clouds, regions and architectures that are removed on request
   */
  constructor(
    private readonly snapshot: SnapshotContent,
    private readonly former?: SnapshotContent | undefined,
    readonly dropped: readonly string[] = [],
  ) {
    this.#images = imagesByName(snapshot)
    this.#former = former ? imagesByName(former) : new Map()
  }

  /** @param wasListed whether an earlier snapshot lists the image, so that its SKU existed */
  absence(cloud: CloudName, image: Named, wasListed: boolean): Absence | undefined {
    const name = FACTS[cloud].imageName(image as Entry)
    if (this.#images.has(name)) return undefined
    const places = [cloud, image.region, image.architecture]
    if (this.dropped.some((name) => places.includes(name))) return 'dropped'
    const listed = this.#former.get(name)
    const query = FACTS[cloud].queryFor(this.snapshot, listed ?? image)
    if (query === undefined || (listed && this.#isElsewhere(cloud))) return 'not-queried'
    return 'missing' in query && !wasListed ? 'not-found' : 'no-longer-listed'
  }

  /** Whether the former snapshot queried another catalog. */
  #isElsewhere(cloud: CloudName): boolean {
    const [old, fresh] = [this.former, this.snapshot].map(
      (each) => each && FACTS[cloud].catalog?.(each.criteria),
    )
    return old !== fresh
  }
}

function imagesByName(snapshot: SnapshotContent): Map<string, Image> {
  return new Map(
    capturedClouds(snapshot).flatMap((cloud) =>
      getImages(snapshot, cloud).map((image): [string, Image] => [
        FACTS[cloud].imageName(toEntry(cloud, image)),
        image,
      ]),
    ),
  )
}

export interface Change {
  readonly subject: Subject
  readonly before?: Item | undefined
  readonly after?: Item | undefined
  readonly loss?: 'removed' | 'older' | undefined
  /** Whether a part changes with its build, architecture or platform. */
  readonly follows?: boolean
  /** Why the lost image, or the image of a removed listing, is not listed after the change. */
  readonly absence?: Absence | undefined
}

export interface Comparison {
  readonly changes: readonly Change[]
  readonly unchanged: readonly Item[]
}

/** @param listings of the later snapshot; without them no change has an `absence` */
export function compareInventories(
  before: Inventory,
  after: Inventory,
  table: RhelTable,
  listings?: Listings,
): Comparison {
  const keys = [...new Set([...after.keys(), ...before.keys()])]
  const changes = keys.flatMap((key): Change[] => {
    const [old, fresh] = [before.get(key), after.get(key)]
    const subject = (fresh ?? old)?.subject
    if (subject === undefined || isSame(old, fresh)) return []
    const loss = findLoss(old, fresh, table)
    const absence = findAbsence(old, loss, listings)
    const follows = followsParent(subject, [old, fresh], [before, after])
    return [{ subject, before: old, after: fresh, loss, follows, absence }]
  })
  const unchanged = [...after].flatMap(([key, item]) =>
    isSame(before.get(key), item) ? [item] : [],
  )
  return { changes: withoutImplied(changes).sort(compareKinds), unchanged }
}

/** Leaves out a build of the same release, whose parts are changes of their own. */
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

export function losses(changes: readonly Change[]): Change[] {
  return changes.filter(({ loss, follows }) => loss !== undefined && !follows)
}

export function ofKinds(changes: readonly Change[], ...kinds: readonly SubjectKind[]): Change[] {
  return changes.filter(
    (change) => !change.follows && !isRegraded(change) && kinds.includes(change.subject.kind),
  )
}

export function hasKind({ changes, unchanged }: Comparison, kind: SubjectKind): boolean {
  return [...changes, ...unchanged].some(({ subject }) => subject.kind === kind)
}

/** Whether a slot keeps its image and only its grade changes, because its build changed. */
export function isRegraded({ subject, before, after }: Change): boolean {
  return subject.kind === 'slot' && hasSameImage(before, after)
}

function isSame(old: Item | undefined, fresh: Item | undefined): boolean {
  const isGraded = old?.grade !== undefined && fresh?.grade !== undefined
  return hasSameImage(old, fresh) && (!isGraded || old.grade === fresh.grade)
}

/** An AMI's id does not contain its release. */
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
  if (subject.kind === 'cloud') return 'not-queried'
  const isDropped = subject.kind === 'build' && listings.dropped.includes(subject.architecture)
  return isDropped && loss === 'removed' ? 'dropped' : undefined
}

/** Whether a part is added or removed with its parent, or has the release of its build on both sides. */
function followsParent(
  subject: Subject,
  [old, fresh]: readonly (Item | undefined)[],
  [before, after]: readonly [Inventory, Inventory],
): boolean {
  if (subject.kind !== 'artifact' && subject.kind !== 'image') return false
  const parent = subjectKey(getParent(subject))
  if (before.has(parent) !== after.has(parent)) return true
  const build = subjectKey({ kind: 'build', architecture: subject.architecture })
  const [from, to] = [before, after].map((inventory) => inventory.get(build)?.release ?? '')
  return from !== to && old?.release === from && fresh?.release === to
}
