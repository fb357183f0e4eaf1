import { InputError } from '../../errors.ts'
import { translate } from '../builds/translate.ts'
import { compareInventories, Listings } from '../changes/changes.ts'
import { filesInventory, withGrades } from '../changes/inventory.ts'
import type { Slot } from '../clouds/facts.ts'
import type { Requirement } from '../selection/select.ts'
import { type Releases, selectImages, wantedRelease } from '../selection/selections.ts'
import { type CloudName, capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import { FILE_LAYOUT, LAYOUT_NAMES, type LayoutName, slotPath } from '../stream/layouts.ts'
import {
  type ImageFile,
  layoutsIn,
  type MarketplaceFile,
  toEntry,
  writeImages,
} from '../stream/marketplace.ts'
import { emptyStream, getReleases, type Stream } from '../stream/stream.ts'
import { printMajorMinor } from '../versions/version.ts'
import { describeKept, type KeptRegion, keepRegions } from './keep.ts'
import { refuseLosses, refuseOtherRelease, refuseUnmet } from './refusals.ts'
import { knownArchitectures, unverifiedImages, withoutImages } from './unverified.ts'

export interface Job {
  readonly snapshot: Snapshot
  /** The snapshot that was replaced, for the reasons of losses. */
  readonly former?: Snapshot | undefined
  /** Absent: the stream has the snapshot's builds only. */
  readonly target?: Stream | undefined
  /**
   * How marketplace images are written. Absent: the layouts of the target, else the enhancement's.
   */
  readonly layouts?: readonly LayoutName[] | undefined
  readonly requirement: Requirement
  /** Where users change the requirement, such as `--require`. */
  readonly requirementSetting?: string
  /** Allows losses. The comparison contains them in any case. */
  readonly allowRegression: boolean
  readonly keepLost?: boolean
  /** The file for images, in the layout stream-metadata, instead of the stream. */
  readonly marketplaceFile?: MarketplaceFile | undefined
  /**
   * The clouds of the stream in the workspace: with `allowRegression`, images for other clouds, for
   * unknown architectures and in other layouts are removed. Absent: these images are unchanged.
   */
  readonly clouds?: readonly CloudName[] | undefined
  /** Clouds and architectures to remove from the files, and regions that the snapshot dropped. */
  readonly drop?: readonly string[] | undefined
}

export type Regenerated = ReturnType<typeof regenerate>

/**
 * Generates a stream from a snapshot. The same snapshot and target give the same bytes.
 *
 * @throws InputError without builds and target, and if the images of a snapshot without builds fit
 *   no release of the target
 * @throws Unmet if a slot has no image of the required grade
 * @throws Loss if something would be lost and `allowRegression` is not set
 */
export function regenerate(job: Job) {
  const { snapshot, target, drop = [] } = job
  const { stream: built, kept } = withBuilds(job)
  const architectures = getScope(snapshot, built)
  const releases = new Map([...getReleases(built)].filter(([arch]) => architectures.includes(arch)))
  const streamLayouts = job.marketplaceFile ? [] : (job.layouts ?? getLayouts(target))
  const imageLayouts: readonly LayoutName[] = job.marketplaceFile ? [FILE_LAYOUT] : streamLayouts
  const onlyClouds = job.allowRegression ? job.clouds : undefined
  if (imageLayouts.length > 0) refuseOtherRelease(snapshot, releases, target?.file)
  const selections = selectImages(snapshot, releases, job.requirement).filter(({ slot }) =>
    imageLayouts.some((layout) => slotPath(layout, slot) !== undefined),
  )
  refuseUnmet(selections, job.requirement, job.requirementSetting ?? '--require')

  const images = selections.flatMap(({ slot, image }) =>
    image === undefined ? [] : [{ slot, entry: toEntry(slot.cloud, image) }],
  )
  const removesOthers = onlyClouds !== undefined || (drop.length > 0 && imageLayouts.length > 0)
  const clouds = [...capturedClouds(snapshot), ...(onlyClouds ?? [])]
  const known = knownArchitectures(snapshot, built)
  const clean = <F extends ImageFile<F>>(file: F, generated: readonly LayoutName[]): F => {
    const isGenerated = ({ cloud, architecture }: Slot, layout: LayoutName) =>
      clouds.includes(cloud) && known.has(architecture) && generated.includes(layout)
    const isDropped = ({ cloud, architecture }: Slot) =>
      drop.includes(cloud) || drop.includes(architecture)
    return removesOthers
      ? withoutImages(
          file,
          (slot, layout) =>
            isDropped(slot) || (onlyClouds !== undefined && !isGenerated(slot, layout)),
        )
      : file
  }
  const write = <F extends ImageFile<F>>(file: F): F => {
    let written = file
    for (const cloud of capturedClouds(snapshot)) {
      for (const arch of architectures) {
        const own = images.filter(({ slot }) => slot.cloud === cloud && slot.architecture === arch)
        for (const layout of imageLayouts) written = writeImages(written, layout, arch, cloud, own)
      }
    }
    return clean(written, imageLayouts)
  }
  const file = job.marketplaceFile && write(job.marketplaceFile)
  const stream = file ? clean(built, streamLayouts) : write(built)
  const takeInventory = (each: Stream | undefined, other: MarketplaceFile | undefined) =>
    filesInventory(each, other, removesOthers ? LAYOUT_NAMES : streamLayouts)
  const comparison = compareInventories(
    takeInventory(target, job.marketplaceFile),
    withGrades(takeInventory(stream, file), selections),
    snapshot.criteria.rhel,
    new Listings(snapshot, job.former, drop),
  )
  const unverified = [
    ...(file ? unverifiedImages(file, imageLayouts, snapshot, known) : []),
    ...unverifiedImages(stream, streamLayouts, snapshot, known),
  ]
  if (!job.allowRegression) refuseLosses(snapshot, target, comparison, selections, unverified)
  return {
    stream: withMetadata(stream, job),
    ...(file && { marketplaceFile: file }),
    selections,
    comparison,
    kept,
    unverified,
    notes: [...describeKept(kept), ...describeReleases(snapshot, releases)],
  }
}

function getLayouts(stream: Stream | undefined): LayoutName[] {
  const found = stream ? layoutsIn(stream) : []
  return found.length > 0 ? found : ['enhancement']
}

/** Sets time and generator if the stream changed. */
function withMetadata(stream: Stream, { snapshot, target }: Job): Stream {
  if (target !== undefined && stream.print() === target.print()) return stream
  const { capturedAt, generator } = snapshot
  return stream.withMetadata({ lastModified: capturedAt, generator })
}

function withBuilds({ snapshot, target, keepLost = false, drop = [] }: Job) {
  if (target === undefined && Object.keys(snapshot.builds).length === 0) {
    throw new InputError(
      'the snapshot has no builds, so a target stream is required',
      'Specify the stream with --target FILE.',
    )
  }
  let stream = target ?? emptyStream(snapshot.stream.name)
  const kept: KeptRegion[] = []
  for (const [arch, build] of Object.entries(snapshot.builds)) {
    const own = translate(arch, build, snapshot.stream.signatures)
    const merged = target
      ? keepRegions(own, target, arch, build.release, keepLost)
      : { content: own, kept: [] }
    stream = stream.withArchitecture(arch, merged.content)
    kept.push(...merged.kept)
  }
  return { stream: drop.reduce((all, name) => all.withoutArchitecture(name), stream), kept }
}

function getScope({ builds }: Snapshot, stream: Stream): string[] {
  const built = Object.keys(builds)
  return (built.length > 0 ? built : stream.architectures()).sort()
}

/** The releases that have no images or images for another OCP version. */
function describeReleases(snapshot: Snapshot, releases: Releases): string[] {
  if (capturedClouds(snapshot).length === 0) return []
  return [...new Set(releases.values())].flatMap((release) => {
    const ocp = wantedRelease(snapshot, release)?.ocp
    if (ocp === undefined) {
      return [`no marketplace images for release ${release}: its RHEL or OCP version is unknown`]
    }
    const [captured, wanted] = [snapshot.stream.ocp, printMajorMinor(ocp)]
    return captured === wanted
      ? []
      : [`the snapshot was captured for OCP ${captured}, and release ${release} is for ${wanted}`]
  })
}
