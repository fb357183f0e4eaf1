import { type Change, type Comparison, ofKinds } from '../core/changes/changes.ts'
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
import { planLines } from './plan.ts'
import type { Styled } from './style.ts'

/** How many of a cloud's images that are gone are named; the others are counted. */
const MOST_NAMED = 10

/** What a capture came to. */
export interface News {
  readonly content: SnapshotContent
  /** What that changes in the snapshot that was there; undefined where none was. */
  readonly comparison: Comparison | undefined
  /** The clouds that nobody asked. */
  readonly kept: readonly CloudName[]
}

/** The builds that moved, and of each cloud the images that are new and those that are gone. */
export function newsLines({ content, comparison, kept }: News, styled: Styled): string[] {
  const builds = Object.entries(content.builds)
  return [
    ...(builds.length > 0
      ? [`builds: ${builds.map(([arch, { release }]) => `${arch}=${release}`).join(' ')}`]
      : []),
    ...(comparison ? planLines(ofBuilds(comparison), styled) : []),
    ...capturedClouds(content).flatMap((cloud) => {
      const images = getImages(content, cloud).length
      if (kept.includes(cloud))
        return [`${cloud}: not asked, ${counted(images, 'image')} as before`]
      const queries = getQueries(content, cloud)
      const missing = queries.filter((query) => 'missing' in query).length
      const changes = comparison ? listingsOf(comparison, cloud) : []
      const fresh = changes.filter(({ before }) => before === undefined)
      const gone = changes.filter(({ after }) => after === undefined)
      const news = comparison ? ` (${fresh.length} new, ${gone.length} gone)` : ''
      return [
        `${cloud}: ${counted(queries.length, 'question')}, ${counted(images, 'image')}${news}, ${missing} not there`,
        ...(images === 0 ? [nothingLine(cloud)] : []),
        ...goneLines(cloud, gone),
      ]
    }),
  ]
}

/** A region, an offer or an comparison that sees nothing looks like a marketplace that has nothing. */
function nothingLine(cloud: CloudName): string {
  return `warning: ${cloud}: no image at all; does this comparison see the region and the offers of the criteria?`
}

/** What is taken out on request, and how much that is. */
export function dropLines(dropped: SnapshotContent): string[] {
  return [
    ...capturedClouds(dropped).map(
      (cloud) => `dropped: ${cloud}, ${counted(getImages(dropped, cloud).length, 'image')}`,
    ),
    ...Object.entries(dropped.builds).map(
      ([arch, { release }]) => `dropped: ${arch}, the build ${release}`,
    ),
  ]
}

function goneLines(cloud: CloudName, gone: readonly Change[]): string[] {
  const names = gone.flatMap(({ subject }) =>
    subject.kind === 'listing' ? [imageName(cloud, subject.image)] : [],
  )
  const more = names.length - MOST_NAMED
  return [
    ...names.slice(0, MOST_NAMED).map((name) => `  gone: ${name}`),
    ...(more > 0 ? [`  gone: ${more} more`] : []),
  ]
}

/** An AMI's id tells neither release nor region. */
function imageName(cloud: CloudName, image: Image): string {
  const name = FACTS[cloud].nameOf(toEntry(cloud, image))
  const { region, version } = image
  return region === undefined ? name : `${name} in ${region}, ${version}`
}

function listingsOf(comparison: Comparison, cloud: CloudName): Change[] {
  return ofKinds(comparison.changes, 'listing').filter(
    ({ subject }) => subject.kind === 'listing' && subject.cloud === cloud,
  )
}

function ofBuilds({ changes, unchanged }: Comparison): Comparison {
  return { changes: changes.filter(({ subject }) => subject.kind !== 'listing'), unchanged }
}
