import type { Comparison } from '../core/changes/changes.ts'
import { printSlot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
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
import { ofKind } from './rows.ts'
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
  const count = getImages(snapshot, cloud).filter((image) => !isKept(image)).length
  const queries = getQueries(snapshot, cloud).filter((query) => !isKept(query))
  const missing = queries.filter((query) => 'missing' in query).length
  const listings = ofKind(comparison?.changes ?? [], 'listing').filter(
    ({ subject }) => subject.cloud === cloud,
  )
  const added = listings.filter(({ before }) => before === undefined).length
  const deprecated = deprecations.filter((each) => each.cloud === cloud)
  const counts = [
    counted(count, 'image'),
    ...(comparison ? [`${added} new`] : []),
    ...(missing > 0 ? [`${missing} of ${queries.length} queries not found`] : []),
  ]
  return [
    `${cloud}: ${counts.join(', ')}`,
    ...(count === 0 ? [emptyLine(cloud)] : []),
    ...removedLines(cloud, comparison).map((line) => `  ${line}`),
    ...nameLines(
      'deprecated',
      deprecated.map(({ image }) => ` since ${image.deprecation}: ${imageName(cloud, image)}`),
    ).map((line) => `  ${line}`),
    ...keptRegions(cloud, snapshot, kept.regions),
  ]
}

/** The images that leave the snapshot. */
export function removedLines(cloud: CloudName, comparison: Comparison | undefined): string[] {
  const listings = ofKind(comparison?.changes ?? [], 'listing')
  const removed = (isQueried: boolean) =>
    listings.flatMap(({ subject, after, absence }) =>
      subject.cloud === cloud && after === undefined && isQueried === (absence !== 'not-queried')
        ? [`: ${imageName(cloud, subject.image)}`]
        : [],
    )
  return [
    ...nameLines('no longer listed', removed(true)),
    ...nameLines('not queried anymore', removed(false)),
  ]
}

function keptRegions(
  cloud: CloudName,
  snapshot: SnapshotContent,
  regions: readonly string[],
): string[] {
  const queries = getQueries(snapshot, cloud)
  const images = getImages(snapshot, cloud)
  return regions
    .filter((region) => queries.some((query) => 'region' in query && query.region === region))
    .map((region) => {
      const count = images.filter((image) => image.region === region).length
      return `${cloud} ${region}: not queried, ${counted(count, 'image')} unchanged`
    })
}

/** A region, an offer or an account that shows nothing looks like an empty marketplace. */
function emptyLine(cloud: CloudName): string {
  return `warning: ${cloud}: no images; check that the account has access to the region and the offers of the criteria`
}

/** The first names, and the number of the others. */
function nameLines(what: string, names: readonly string[]): string[] {
  const more = names.length - MOST_NAMED
  return [
    ...names.slice(0, MOST_NAMED).map((name) => `${what}${name}`),
    ...(more > 0 ? [`${what}: ${more} more`] : []),
  ]
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
