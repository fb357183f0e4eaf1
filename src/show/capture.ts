import type { Change, Comparison } from '../core/changes/changes.ts'
import { type Subject, subjectKey } from '../core/changes/inventory.ts'
import { printSlot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import {
  type CloudName,
  capturedClouds,
  cloudParts,
  getImages,
  getQueries,
  type Image,
  queriedRegions,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { counted } from '../printable.ts'
import { changeLines } from './changes.ts'
import { ofKind } from './rows.ts'
import type { Styled } from './style.ts'

/** How many images of a cloud are named; the others are counted. */
const NAME_LIMIT = 10

export interface CaptureSummary {
  readonly snapshot: SnapshotContent
  readonly before?: SnapshotContent | undefined
  /** The changes from the existing snapshot; undefined if there was none. */
  readonly comparison: Comparison | undefined
  /** Images whose deprecation date has passed since the last capture. */
  readonly deprecations: readonly { readonly cloud: CloudName; readonly image: Image }[]
  /** The regions, clouds without regions, and architectures that were not queried. */
  readonly kept: readonly string[]
}

/**
 * The builds, their changes, and for each cloud how many images are listed, new and removed.
 *
 * @param printed the subjects of changes that are printed elsewhere
 */
export function captureLines(
  summary: CaptureSummary,
  styled: Styled,
  printed: readonly Subject[],
): string[] {
  const { snapshot, comparison } = summary
  const builds = Object.entries(snapshot.builds).map(([arch, { release }]) => `${arch}=${release}`)
  const changes = buildChanges(comparison, printed)
  return [
    ...(builds.length > 0 ? [`builds: ${builds.join(' ')}`] : []),
    ...changeLines(changes, styled),
    ...capturedClouds(snapshot).flatMap((cloud) => cloudLines(cloud, summary)),
  ]
}

/**
 * The changes that are not of listed images.
 *
 * @param printed the subjects of changes that are printed elsewhere
 */
export function buildChanges(
  comparison: Comparison | undefined,
  printed: readonly Subject[],
): Change[] {
  const others = new Set(printed.map(subjectKey))
  const all = comparison?.changes ?? []
  // Settings change with builds and images. Alone, they are the reason that the snapshot is written.
  const isAlone = all.every(({ subject }) => subject.kind === 'setting')
  return all.filter(
    ({ subject }) =>
      subject.kind !== 'listing' &&
      subject.kind !== 'cloud' &&
      (isAlone || subject.kind !== 'setting') &&
      !others.has(subjectKey(subject)),
  )
}

function cloudLines(
  cloud: CloudName,
  { snapshot, before, comparison, deprecations, kept }: CaptureSummary,
): string[] {
  const images = getImages(snapshot, cloud)
  const isQueried = ({ region = cloud }: { readonly region?: string }) => !kept.includes(region)
  const unqueried = cloudParts(snapshot, cloud).filter((part) => kept.includes(part))
  const count = images.filter(isQueried).length
  const queries = getQueries(snapshot, cloud).filter(isQueried)
  const missing = missingQueries(snapshot, cloud).filter(isQueried)
  const wasQueried = before !== undefined && capturedClouds(before).includes(cloud)
  const known = wasQueried && new Set(missingQueries(before, cloud).map(canonicalJson))
  const unknown = missing.filter((query) => known && !known.has(canonicalJson(query)))
  const added = ofKind(comparison?.changes ?? [], 'listing').filter(
    ({ subject, before }) => subject.cloud === cloud && before === undefined,
  )
  const counts = [
    counted(count, 'image'),
    ...(comparison ? [`${added.length} new`] : []),
    ...(missing.length > 0 ? [`${missing.length} of ${queries.length} queries not found`] : []),
  ]
  const deprecated = deprecations.flatMap((each) =>
    each.cloud === cloud
      ? [` since ${each.image.deprecation}: ${imageName(cloud, each.image)}`]
      : [],
  )
  const named = [
    ...removedLines(cloud, comparison),
    ...nameLines('not found', unknown.map(queryName)),
    ...nameLines('deprecated', deprecated),
  ].map((line) => `  ${line}`)
  if (queries.length === 0) return [unqueriedLine(cloud, images), ...named]
  return [
    `${cloud}: ${counts.join(', ')}`,
    ...(count === 0
      ? [
          `warning: ${cloud}: no images; check that the account has access to the region and the offers of the criteria`,
        ]
      : []),
    ...named,
    ...unqueried.map((region) =>
      unqueriedLine(
        `${cloud} ${region}`,
        images.filter((image) => image.region === region),
      ),
    ),
  ]
}

function missingQueries(content: SnapshotContent, cloud: CloudName) {
  return getQueries(content, cloud).filter((query) => 'missing' in query)
}

/** `: azureopenshift aro4 aro_422-v2` */
function queryName(query: object): string {
  const { missing: _, ...names } = query as { readonly missing?: true }
  return `: ${Object.values(names).join(' ')}`
}

function unqueriedLine(part: string, images: readonly Image[]): string {
  return `${part}: not queried, ${counted(images.length, 'image')} unchanged`
}

/** The images that are removed from the snapshot. */
export function removedLines(cloud: CloudName, comparison: Comparison | undefined): string[] {
  const removed = ofKind(comparison?.changes ?? [], 'listing').filter(
    ({ subject, after }) => subject.cloud === cloud && after === undefined,
  )
  const names = (isQueried: boolean) =>
    removed
      .filter(({ absence }) => isQueried === (absence !== 'not-queried'))
      .map(({ subject }) => `: ${imageName(cloud, subject.image)}`)
  return [
    ...nameLines('no longer listed', names(true)),
    ...nameLines('no longer queried', names(false)),
  ]
}

/** The first names, and the number of the others. */
function nameLines(label: string, names: readonly string[]): string[] {
  const more = names.length - NAME_LIMIT
  return [
    ...names.slice(0, NAME_LIMIT).map((name) => `${label}${name}`),
    ...(more > 0 ? [`${label}: ${more} more`] : []),
  ]
}

/** The parts that are removed on request. */
export function dropLines(dropped: SnapshotContent): string[] {
  return [
    ...capturedClouds(dropped).map((cloud) => {
      const regions = queriedRegions(dropped, cloud)
      const where = regions.length > 0 ? ` in ${regions.join(', ')}` : ''
      return `dropped ${cloud}: ${counted(getImages(dropped, cloud).length, 'image')}${where}`
    }),
    ...Object.entries(dropped.builds).map(
      ([arch, { release }]) => `dropped ${arch}: build ${release}`,
    ),
  ]
}

/** An AMI's id contains neither its release nor its region. */
function imageName(cloud: CloudName, image: Image): string {
  const name = FACTS[cloud].imageName(toEntry(cloud, image))
  const { region, version } = image
  return region === undefined ? name : `${name} in ${region}, ${version}`
}

/** The slots whose image was deprecated since the last capture. */
export function deprecationLines({ deprecations }: Pick<CaptureSummary, 'deprecations'>): string[] {
  return deprecations.map(({ cloud, image }) => {
    const slot = printSlot({ ...image, cloud })
    return `~  ${slot}  ${imageName(cloud, image)}  deprecated since ${image.deprecation}`
  })
}
