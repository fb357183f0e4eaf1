import { CheckFailure, InputError } from '../../errors.ts'
import { counted } from '../../printable.ts'
import { translate } from '../builds/translate.ts'
import { Listings } from '../changes/absence.ts'
import { type Change, type Comparison, compareInventories, losses } from '../changes/changes.ts'
import {
  graded,
  imageInventory,
  joined,
  type SubjectKind,
  streamInventory,
} from '../changes/inventory.ts'
import { groupBy } from '../group.ts'
import type { Requirement } from '../selection/grade.ts'
import type { Selection } from '../selection/select.ts'
import { selectImages, wantedRelease } from '../selection/selections.ts'
import { capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import { FILE_LAYOUT, type LayoutName, slotPath } from '../stream/layouts.ts'
import type { ImageFile } from '../stream/marketplace.ts'
import { layoutsIn, toEntry, writeImages } from '../stream/marketplace.ts'
import type { MarketplaceFile } from '../stream/marketplace-file.ts'
import { type ArchitectureContent, emptyStream, type Stream } from '../stream/stream.ts'
import { compareMajorMinor, printMajorMinor, readMajorMinor } from '../versions/major-minor.ts'
import { readRelease } from '../versions/version.ts'
import { keepRegions } from './keep.ts'

/** What to make of a snapshot; all of it decides the bytes, and nothing else does. */
export interface Job {
  readonly snapshot: Snapshot
  /** Absent: a stream is made from the snapshot's builds alone. */
  readonly target?: Stream
  /**
   * How marketplace images are written; the target's other layouts stay as they are. Absent: the
   * layouts that the target has, else the enhancement's.
   */
  readonly layouts?: readonly LayoutName[]
  readonly requirement: Requirement
  /** Whether what is lost may go; the comparison has it all the same. */
  readonly allowRegression: boolean
  /** Whether regions that a build lacks keep the images that the target has there. */
  readonly keepLost?: boolean
  /** Present: the images go into this file, in stream-metadata's layout, not into the stream. */
  readonly marketplaceFile?: MarketplaceFile
}

export interface Regenerated {
  readonly stream: Stream
  readonly marketplaceFile?: MarketplaceFile
  /** Of the slots that the layouts have a place for. */
  readonly selections: readonly Selection[]
  /** Of the builds, and of the slots in the layouts that are written. */
  readonly comparison: Comparison
  /** What a person should know: architectures that could have no image, layouts left alone. */
  readonly notes: readonly string[]
}

/**
 * Makes a stream from a snapshot: the same snapshot and target give the same bytes.
 *
 * @throws InputError where there is neither a build nor a target, or where the images of a snapshot
 *   without builds are for none of the target's releases
 * @throws Unmet where a slot has no image of the required grade
 * @throws Loss where an image or a part of a build would go or give way to an older one, and
 *   `allowRegression` is not set
 */
export function regenerate(job: Job): Regenerated {
  const { snapshot, target } = job
  const built = withBuilds(job)
  const architectures = scopeOf(snapshot, built)
  const releases = new Map(
    architectures.flatMap((arch) => {
      const release = snapshot.builds[arch]?.release ?? built.release(arch)
      return release === undefined ? [] : [[arch, release]]
    }),
  )
  const names = job.marketplaceFile ? [] : (job.layouts ?? ownLayouts(target))
  const layouts: readonly LayoutName[] = job.marketplaceFile ? [FILE_LAYOUT] : names
  if (layouts.length > 0) refuseForeign(snapshot, releases)
  const selections = selectImages(snapshot, releases, job.requirement).filter(({ slot }) =>
    layouts.some((layout) => slotPath(layout, slot) !== undefined),
  )
  refuseUnmet(selections, job.requirement)

  const images = selections.flatMap(({ slot, image }) =>
    image === undefined ? [] : [{ slot, entry: toEntry(slot.cloud, image) }],
  )
  const write = <H extends ImageFile<H>>(holder: H): H => {
    let written = holder
    for (const cloud of capturedClouds(snapshot)) {
      for (const arch of architectures) {
        const own = images.filter(({ slot }) => slot.cloud === cloud && slot.architecture === arch)
        for (const layout of layouts) written = writeImages(written, layout, arch, cloud, own)
      }
    }
    return written
  }
  const file = job.marketplaceFile && write(job.marketplaceFile)
  const stream = file ? built : write(built)
  const holding = (each: Stream | undefined, other: MarketplaceFile | undefined) =>
    joined(
      each ? streamInventory(each, names) : new Map(),
      other ? imageInventory(other) : new Map(),
    )
  const comparison = compareInventories(
    holding(target, job.marketplaceFile),
    graded(holding(stream, file), selections),
    snapshot.criteria.rhel,
    new Listings(snapshot),
  )
  if (!job.allowRegression && losses(comparison.changes).length > 0) {
    throw new Loss(comparison, selections)
  }
  return {
    stream: stamped(stream, job),
    ...(file && { marketplaceFile: file }),
    selections,
    comparison,
    notes: notesOn(job, names, releases),
  }
}

/** The layouts that a stream has, else the enhancement's. */
function ownLayouts(stream: Stream | undefined): LayoutName[] {
  const found = stream ? layoutsIn(stream) : []
  return found.length > 0 ? found : ['enhancement']
}

/** Time and maker change only where something else does. */
function stamped(stream: Stream, { snapshot, target }: Job): Stream {
  if (target !== undefined && stream.print() === target.print()) return stream
  const { capturedAt, generator } = snapshot
  return stream.withMetadata({ lastModified: capturedAt, generator })
}

/** The target, or an empty stream, with the snapshot's builds. */
function withBuilds({ snapshot, target, keepLost = false }: Job): Stream {
  if (target === undefined && Object.keys(snapshot.builds).length === 0) {
    throw new InputError(
      'the snapshot holds no builds, so a stream to update is needed',
      'Name it with --target FILE.',
    )
  }
  return Object.entries(snapshot.builds).reduce((stream, [arch, build]) => {
    const content: ArchitectureContent = translate(arch, build, snapshot.stream.signatures)
    return stream.withArchitecture(
      arch,
      target ? keepRegions(content, target, arch, keepLost) : content,
    )
  }, target ?? emptyStream(snapshot.stream.name))
}

/** With builds only their architectures; without, all of the target's. */
function scopeOf({ builds }: Snapshot, stream: Stream): string[] {
  const built = Object.keys(builds)
  return (built.length > 0 ? built : stream.architectures()).sort()
}

/** What a run would take away, and is not told to. */
export class Loss extends CheckFailure {
  constructor(
    readonly comparison: Comparison,
    readonly selections: readonly Selection[],
  ) {
    super(
      `the target would lose ${lossNames(comparison.changes).join(', ')}`,
      'If that is meant, run again with --allow-regression.',
    )
  }
}

const NOUNS = {
  build: 'build',
  artifact: 'artifact',
  image: 'cloud image',
  slot: 'marketplace image',
  cloud: 'cloud',
  listing: 'listed image',
} as const satisfies Record<SubjectKind, string>

/** `1 build`, `34 cloud images`: how many of each kind are lost. */
export function lossNames(changes: readonly Change[]): string[] {
  const kinds = groupBy(losses(changes), ({ subject }) => subject.kind)
  return [...kinds].map(([kind, { length }]) => counted(length, NOUNS[kind as SubjectKind]))
}

/** Slots that have no image of a grade that is required. */
export class Unmet extends CheckFailure {
  constructor(
    readonly unmet: readonly Selection[],
    requirement: Requirement,
    readonly selections: readonly Selection[],
  ) {
    super(
      `--require ${requirement}: ${counted(unmet.length, 'slot')} without an image`,
      'Capture again once the images are published, or require less; --explain shows the candidates.',
    )
  }
}

function refuseUnmet(selections: readonly Selection[], requirement: Requirement): void {
  const unmet = requirement === 'any' ? [] : selections.filter(({ image }) => image === undefined)
  if (unmet.length > 0) throw new Unmet(unmet, requirement, selections)
}

/** A snapshot without builds is of no use to a stream none of whose releases it was captured for. */
function refuseForeign(snapshot: Snapshot, releases: ReadonlyMap<string, string>): void {
  const isBuilt = Object.keys(snapshot.builds).length > 0
  if (isBuilt || [...releases.values()].some((release) => isFor(snapshot, release))) return
  const found = [...new Set(releases.values())].join(', ') || 'no release'
  throw new InputError(
    `the snapshot's images are for OCP ${snapshot.stream.ocp}, and the target has ${found}`,
    'Capture one for this target with capture SNAPSHOT --stream FILE.',
  )
}

function isFor({ stream, criteria }: Snapshot, text: string): boolean {
  const [release, ocp] = [
    readRelease(text),
    stream.ocp === null ? undefined : readMajorMinor(stream.ocp),
  ]
  if (release === undefined || ocp === undefined) return false
  if (release.ocp) return compareMajorMinor(release.ocp, ocp) === 0
  const known = criteria.rhel[printMajorMinor(ocp)]
  return known === undefined || known.includes(printMajorMinor(release.rhel))
}

function notesOn(
  job: Job,
  layouts: readonly LayoutName[],
  releases: ReadonlyMap<string, string>,
): string[] {
  const { snapshot, target } = job
  return [
    ...notesOnRhel(snapshot, target),
    ...(capturedClouds(snapshot).length === 0
      ? []
      : [...notesOnReleases(snapshot, releases), ...notesOnLayouts(job, layouts)]),
  ]
}

/** Architectures that go on to a later RHEL major; going back is a loss. */
function notesOnRhel({ builds }: Snapshot, target: Stream | undefined): string[] {
  const moves = Object.entries(builds).flatMap(([arch, build]) => {
    const [from, to] = [readRelease(target?.release(arch) ?? ''), readRelease(build.release)]
    return from && to && from.rhel.major < to.rhel.major
      ? [{ arch, move: `from RHEL ${printMajorMinor(from.rhel)} to ${printMajorMinor(to.rhel)}` }]
      : []
  })
  return [...new Set(moves.map(({ move }) => move))].map((move) => {
    const architectures = moves.filter((each) => each.move === move).map(({ arch }) => arch)
    return `${architectures.join(', ')}: goes ${move}`
  })
}

/** Releases for which nothing is looked for, and those for which something else was asked. */
function notesOnReleases(snapshot: Snapshot, releases: ReadonlyMap<string, string>): string[] {
  return [...new Set(releases.values())].flatMap((release) => {
    const ocp = wantedRelease(snapshot, release)?.ocp
    if (ocp === undefined) {
      return [`no marketplace image is looked for: release ${release} names no RHEL or OCP`]
    }
    const [asked, wanted] = [snapshot.stream.ocp, printMajorMinor(ocp)]
    return asked === wanted
      ? []
      : [`the snapshot was captured for OCP ${asked}, and release ${release} is of ${wanted}`]
  })
}

/** With a marketplace file the stream keeps all that it has. */
function notesOnLayouts({ target }: Job, written: readonly LayoutName[]): string[] {
  const left = (target ? layoutsIn(target) : []).filter((name) => !written.includes(name))
  return left.map((name) => `marketplace images in the layout ${name} are left as they are`)
}
