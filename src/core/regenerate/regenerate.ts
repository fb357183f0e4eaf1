import { CheckFailure, InputError } from '../../errors.ts'
import { translate } from '../builds/translate.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/document.ts'
import { entryOf, LAYOUTS, type Layout, type LayoutName } from '../layouts/layout.ts'
import type { MarketplaceFile } from '../layouts/marketplace-file.ts'
import { buildTree, type Placed, readTree } from '../layouts/tree.ts'
import type { Requirement } from '../selection/grade.ts'
import type { Selection } from '../selection/select.ts'
import { selectImages, wantedOf } from '../selection/selections.ts'
import { printSlot } from '../selection/slot.ts'
import { CLOUDS, type CloudName, cloudsOf, type Snapshot } from '../snapshot/snapshot.ts'
import { emptyStream, type Stream } from '../stream/stream.ts'
import { printMinor } from '../versions/minor.ts'
import { type Change, changesBetween, printRegression } from './regression.ts'

/** What to make of a snapshot; all of it decides the bytes, and nothing else does. */
export interface Job {
  readonly snapshot: Snapshot
  /** Absent: a stream is made from the snapshot's builds alone. */
  readonly target?: Stream
  /** How marketplace images are written; the target's other layouts stay as they are. */
  readonly layouts: readonly LayoutName[]
  readonly requirement: Requirement
  readonly allowRegression: boolean
  /** Present: the images go into this file, in stream-metadata's layout, not into the stream. */
  readonly marketplaceFile?: MarketplaceFile
}

export interface Regenerated {
  readonly stream: Stream
  readonly marketplaceFile?: MarketplaceFile
  /** Of the slots that the layouts have a place for. */
  readonly selections: readonly Selection[]
  readonly changes: readonly Change[]
  /** What a person should know: architectures that could have no image, layouts left alone. */
  readonly notes: readonly string[]
}

/**
 * Makes a stream from a snapshot: the same snapshot and target give the same bytes.
 *
 * @throws InputError where there is neither a build nor a target
 * @throws Refusal where a slot has no image of the required grade, or where an image would go or
 *   give way to an older one and `allowRegression` is not set
 */
export function regenerate(job: Job): Regenerated {
  const { snapshot } = job
  const built = withBuilds(snapshot, job.target)
  const architectures = scopeOf(snapshot, built)
  const releases = new Map(
    architectures.flatMap((arch) => {
      const release = snapshot.builds[arch]?.release ?? built.release(arch)
      return release === undefined ? [] : [[arch, release]]
    }),
  )
  const layouts = job.marketplaceFile
    ? [LAYOUTS['stream-metadata']]
    : job.layouts.map((name) => LAYOUTS[name])
  const selections = selectImages(snapshot, releases, job.requirement).filter(({ slot }) =>
    layouts.some((layout) => layout.slotPath(slot) !== undefined),
  )
  refuseUnmet(selections, job.requirement)

  const changes: Change[] = []
  let stream = built
  let file = job.marketplaceFile
  for (const cloud of cloudsOf(snapshot)) {
    for (const arch of architectures) {
      for (const layout of layouts) {
        const after = placedBy(layout, cloud, arch, selections)
        const before = readTree(
          file ? file.cloud(arch, cloud) : treeIn(stream, arch, layout, cloud),
        )
        changes.push(
          ...changesBetween({ cloud, architecture: arch }, before, after, snapshot.criteria.rhel),
        )
        const tree = buildTree(after)
        if (file) file = file.withCloud(arch, cloud, tree)
        else stream = withTree(stream, arch, layout, cloud, tree)
      }
    }
  }
  if (!job.allowRegression) refuseRegressions(changes, selections)
  const { capturedAt, generator } = snapshot
  return {
    stream: stream.withMetadata({ lastModified: capturedAt, generator }),
    ...(file && { marketplaceFile: file }),
    selections,
    changes,
    notes: notesOn(job, releases),
  }
}

/** The target, or an empty stream, with the snapshot's builds. */
function withBuilds(snapshot: Snapshot, target: Stream | undefined): Stream {
  if (target === undefined && Object.keys(snapshot.builds).length === 0) {
    throw new InputError(
      'the snapshot holds no builds, so a stream to update is needed',
      'Name it with --target FILE.',
    )
  }
  return Object.entries(snapshot.builds).reduce(
    (stream, [arch, build]) =>
      stream.withArchitecture(arch, translate(arch, build, snapshot.stream.signatures)),
    target ?? emptyStream(snapshot.stream.name),
  )
}

/** With builds only their architectures; without, all of the target's. */
function scopeOf({ builds }: Snapshot, stream: Stream): string[] {
  const built = Object.keys(builds)
  return (built.length > 0 ? built : stream.architectures()).sort()
}

function placedBy(
  layout: Layout,
  cloud: CloudName,
  arch: string,
  selections: readonly Selection[],
): Placed[] {
  return selections.flatMap(({ slot, image }) => {
    if (image === undefined || slot.cloud !== cloud || slot.architecture !== arch) return []
    const path = layout.slotPath(slot)
    return path ? [{ path, entry: entryOf(cloud, image) }] : []
  })
}

function treeIn(
  stream: Stream,
  arch: string,
  layout: Layout,
  cloud: CloudName,
): JsonValue | undefined {
  const [key, within] = layout.cloudPath(cloud)
  const value = stream.extension(arch, key)
  return within === undefined ? value : isRecord(value) ? value[within] : undefined
}

function withTree(
  stream: Stream,
  arch: string,
  layout: Layout,
  cloud: CloudName,
  tree: JsonRecord | undefined,
): Stream {
  const [key, within] = layout.cloudPath(cloud)
  if (within === undefined) return stream.withExtension(arch, key, tree)
  const old = stream.extension(arch, key)
  const clouds: Record<string, JsonValue | undefined> = {
    ...(isRecord(old) ? old : {}),
    [within]: tree,
  }
  const names = [...new Set([...CLOUDS, ...Object.keys(clouds)])].filter(
    (name) => clouds[name] !== undefined,
  )
  const value = Object.fromEntries(names.map((name) => [name, clouds[name]]))
  return stream.withExtension(arch, key, names.length > 0 ? value : undefined)
}

/** A check that the job asks for failed; the selections tell why. */
export class Refusal extends CheckFailure {
  readonly selections: readonly Selection[]

  constructor(message: string, remedy: string, selections: readonly Selection[]) {
    super(message, remedy)
    this.selections = selections
  }
}

function refuseUnmet(selections: readonly Selection[], requirement: Requirement): void {
  const unmet = requirement === 'any' ? [] : selections.filter(({ image }) => image === undefined)
  if (unmet.length === 0) return
  const named = unmet.map(({ slot, reason }) => `${printSlot(slot)} (${reason})`).join('; ')
  throw new Refusal(
    `--require ${requirement}: ${count(unmet.length, 'slot')} without an image: ${named}`,
    'Capture again once the images are published, or require less; --explain shows the candidates.',
    selections,
  )
}

function refuseRegressions(changes: readonly Change[], selections: readonly Selection[]): void {
  const regressions = changes.filter(({ regression }) => regression !== undefined)
  if (regressions.length === 0) return
  throw new Refusal(
    `${count(regressions.length, 'marketplace image')} of the target would be lost: ${regressions.map(printRegression).join('; ')}`,
    'If that is meant, run again with --allow-regression.',
    selections,
  )
}

function notesOn(job: Job, releases: ReadonlyMap<string, string>): string[] {
  if (cloudsOf(job.snapshot).length === 0) return []
  return [...notesOnReleases(job.snapshot, releases), ...notesOnLayouts(job)]
}

/** Releases for which nothing is looked for, and those for which something else was asked. */
function notesOnReleases(snapshot: Snapshot, releases: ReadonlyMap<string, string>): string[] {
  return [...new Set(releases.values())].flatMap((release) => {
    const ocp = wantedOf(snapshot, release)?.ocp
    if (ocp === undefined) {
      return [`no marketplace image is looked for: release ${release} names no RHEL or OCP`]
    }
    const [asked, wanted] = [snapshot.stream.ocp, printMinor(ocp)]
    return asked === wanted
      ? []
      : [`the snapshot was captured for OCP ${asked}, and release ${release} is of ${wanted}`]
  })
}

function notesOnLayouts({ layouts, target, marketplaceFile }: Job): string[] {
  const left = (target?.architectures() ?? []).flatMap((arch) =>
    (Object.keys(LAYOUTS) as LayoutName[])
      .filter((name) => marketplaceFile !== undefined || !layouts.includes(name))
      .filter((name) =>
        CLOUDS.some((cloud) => target && treeIn(target, arch, LAYOUTS[name], cloud) !== undefined),
      ),
  )
  return [...new Set(left)].map(
    (name) => `marketplace images in the layout ${name} are left as they are`,
  )
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
