import type { Change, Comparison } from '../core/changes/changes.ts'
import { FACTS } from '../core/clouds/index.ts'
import { printSlot } from '../core/clouds/slot.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  getQueries,
  type Image,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'
import { toEntry } from '../core/stream/marketplace.ts'
import { counted } from '../printable.ts'
import { changeLines } from './changes.ts'
import type { Styled } from './style.ts'

/** How many images of a cloud are named; the others are counted. */
const MOST_NAMED = 10

/** What a capture found. */
export interface CaptureSummary {
  readonly snapshot: SnapshotContent
  /** The changes from the existing snapshot; undefined if there was none. */
  readonly comparison: Comparison | undefined
  /** Images whose deprecation date has passed since the last capture. */
  readonly deprecations: readonly { readonly cloud: CloudName; readonly image: Image }[]
  /** What was not queried. */
  readonly kept: { readonly clouds: readonly string[]; readonly regions: readonly string[] }
}

/** The builds that changed, and per cloud how many images there are, are new, and are not listed. */
export function captureLines(summary: CaptureSummary, styled: Styled): string[] {
  const { snapshot, comparison, kept } = summary
  const builds = Object.entries(snapshot.builds)
  const changes = comparison?.changes.filter(
    ({ subject }) => subject.kind !== 'listing' && subject.kind !== 'cloud',
  )
  return [
    ...(builds.length > 0
      ? [`builds: ${builds.map(([arch, { release }]) => `${arch}=${release}`).join(' ')}`]
      : []),
    ...(comparison && changes ? changeLines(changes, styled) : []),
    ...capturedClouds(snapshot).flatMap((cloud) =>
      kept.clouds.includes(cloud)
        ? [
            `${cloud}: not queried, ${counted(getImages(snapshot, cloud).length, 'image')} unchanged`,
          ]
        : cloudLines(cloud, summary),
    ),
  ]
}

function cloudLines(
  cloud: CloudName,
  { snapshot, comparison, deprecations, kept }: CaptureSummary,
): string[] {
  const isKept = (each: object) => 'region' in each && kept.regions.includes(String(each.region))
  const images = getImages(snapshot, cloud).filter((image) => !isKept(image))
  const queries = getQueries(snapshot, cloud).filter((query) => !isKept(query))
  const missing = queries.filter((query) => 'missing' in query).length
  const listings = comparison ? listingChanges(comparison, cloud) : []
  const added = listings.filter(({ before }) => before === undefined)
  const removed = listings.filter(({ after }) => after === undefined)
  const deprecated = deprecations.filter((each) => each.cloud === cloud)
  const counts = [
    counted(images.length, 'image'),
    ...(comparison ? [`${added.length} new`] : []),
    ...(missing > 0 ? [`${missing} of ${queries.length} queries not found`] : []),
  ]
  return [
    `${cloud}: ${counts.join(', ')}`,
    ...(images.length === 0 ? [emptyLine(cloud)] : []),
    ...nameLines('no longer listed', cloud, imagesOf(removed, 'no-longer-listed')),
    ...nameLines('not queried anymore', cloud, imagesOf(removed, 'not-queried')),
    ...nameLines(
      'deprecated',
      cloud,
      deprecated.map(({ image }) => image),
      ({ deprecation }) => ` since ${deprecation}`,
    ),
    ...keptRegions(cloud, snapshot, kept.regions),
  ]
}

function listingChanges({ changes }: Comparison, cloud: CloudName): Change[] {
  return changes.filter(({ subject }) => subject.kind === 'listing' && subject.cloud === cloud)
}

function imagesOf(removed: readonly Change[], reason: 'no-longer-listed' | 'not-queried'): Image[] {
  return removed.flatMap(({ subject, absence }) =>
    subject.kind === 'listing' && (absence === 'not-queried') === (reason === 'not-queried')
      ? [subject.image]
      : [],
  )
}

function keptRegions(
  cloud: CloudName,
  snapshot: SnapshotContent,
  regions: readonly string[],
): string[] {
  const images = getImages(snapshot, cloud)
  return regions.flatMap((region) => {
    const isQueried = getQueries(snapshot, cloud).some(
      (query) => 'region' in query && query.region === region,
    )
    const count = images.filter((image) => image.region === region).length
    return isQueried
      ? [`${cloud} ${region}: not queried, ${counted(count, 'image')} unchanged`]
      : []
  })
}

/** A region, an offer or an account that shows nothing looks like an empty marketplace. */
function emptyLine(cloud: CloudName): string {
  return `warning: ${cloud}: no images; check that the account has access to the region and the offers of the criteria`
}

/** What is removed on request. */
export function dropLines(dropped: SnapshotContent): string[] {
  return [
    ...capturedClouds(dropped).map((cloud) => {
      const regions = getQueries(dropped, cloud).flatMap((query) =>
        'region' in query ? [String(query.region)] : [],
      )
      const where = regions.length > 0 ? ` in ${regions.join(', ')}` : ''
      return `dropped ${cloud}: ${counted(getImages(dropped, cloud).length, 'image')}${where}`
    }),
    ...Object.entries(dropped.builds).map(
      ([arch, { release }]) => `dropped ${arch}: build ${release}`,
    ),
  ]
}

function nameLines(
  what: string,
  cloud: CloudName,
  images: readonly Image[],
  detail: (image: Image) => string = () => '',
): string[] {
  const more = images.length - MOST_NAMED
  return [
    ...images
      .slice(0, MOST_NAMED)
      .map((image) => `  ${what}${detail(image)}: ${imageName(cloud, image)}`),
    ...(more > 0 ? [`  ${what}: ${more} more`] : []),
  ]
}

/** The id of an AMI implies neither release nor region. */
function imageName(cloud: CloudName, image: Image): string {
  const name = FACTS[cloud].nameOf(toEntry(cloud, image))
  const { region, version } = image
  return region === undefined ? name : `${name} in ${region}, ${version}`
}

/** The slots whose image is deprecated since the last capture. */
export function deprecationLines({ deprecations }: Pick<CaptureSummary, 'deprecations'>): string[] {
  return deprecations.map(({ cloud, image }) => {
    const slot = printSlot({ ...image, cloud })
    return `~  ${slot}  ${imageName(cloud, image)}  deprecated since ${image.deprecation}`
  })
}
