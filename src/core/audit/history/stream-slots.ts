import { printSlot, type Slot } from '../../clouds/slot.ts'
import { decideOcp } from '../../criteria/ocp-version.ts'
import { BUILT_IN } from '../../criteria/read.ts'
import { selectImage } from '../../selection/select.ts'
import type { Releases } from '../../selection/selections.ts'
import { wantedRelease } from '../../selection/selections.ts'
import { CLOUDS, type Image, type Snapshot } from '../../snapshot/snapshot.ts'
import type { SlotImage } from '../../stream/marketplace.ts'
import { entryVersion } from '../../stream/marketplace.ts'
import { type MajorMinor, printMajorMinor } from '../../versions/major-minor.ts'
import type { SkewMemory } from '../skew/memory.ts'
import type { SlotState } from './slot-state.ts'

/**
 * The slots in which a stream has an image, graded by the built-in criteria: the stream is taken for
 * a snapshot that knows just the images that stand in it. Of two layouts that name a slot the first
 * counts.
 */
export function streamSlots(
  name: string,
  releases: Releases,
  images: readonly SlotImage[],
  memory: SkewMemory,
): SlotState[] {
  const standing = new Map<string, SlotImage>()
  for (const each of images) {
    const key = printSlot(each.slot)
    if (!standing.has(key)) standing.set(key, each)
  }
  if (standing.size === 0) return []
  const snapshot = snapshotOf(name, releases, [...standing.values()])
  const skews = new Map(
    memory.measureSkew(snapshot, releases).map((skew) => [printSlot(skew.slot), skew]),
  )
  return [...standing].map(([key, { slot, entry }]) => {
    const release = releases.get(slot.architecture)
    const refused = release === undefined ? undefined : refusalOf(snapshot, slot, release)
    return {
      slot,
      ...(release !== undefined && { release }),
      ...skews.get(key),
      image: entry,
      ...(refused !== undefined && { refused }),
    }
  })
}

function snapshotOf(name: string, releases: Releases, standing: readonly SlotImage[]): Snapshot {
  const ofCloud = (cloud: Slot['cloud']) => standing.filter(({ slot }) => slot.cloud === cloud)
  const clouds = CLOUDS.filter((cloud) => ofCloud(cloud).length > 0)
  const ocp = ocpOf(name, [...releases.values()])
  return {
    schemaVersion: 1,
    stream: {
      name,
      distro: 'rhcos',
      ocp: ocp === undefined ? null : printMajorMinor(ocp),
      url: '',
      signatures: true,
    },
    criteria: BUILT_IN,
    builds: {},
    capturedAt: '',
    generator: '',
    recording: { file: '', sha256: '' },
    integrity: '',
    images: Object.fromEntries(clouds.map((cloud) => [cloud, ofCloud(cloud).map(imageOf)])),
    queries: Object.fromEntries(clouds.map((cloud) => [cloud, ofCloud(cloud).map(queryOf)])),
  }
}

/** Of several that it may be the latest. */
function ocpOf(name: string, releases: readonly string[]): MajorMinor | undefined {
  const { ocp, candidates } = decideOcp({ name, releases }, BUILT_IN)
  return ocp ?? candidates.at(-1)
}

/** What would have been asked to find the image: it opens the slot and shows how SKUs are named. */
function queryOf({ slot: { region = '' }, entry }: SlotImage) {
  return { ...entry, region, images: 1 }
}

function imageOf({ slot: { cloud: _, ...slot }, entry }: SlotImage): Image {
  return { ...entry, ...slot, state: 'active', version: entryVersion(entry) ?? '' } as Image
}

function refusalOf(snapshot: Snapshot, slot: Slot, release: string): string | undefined {
  const wanted = wantedRelease(snapshot, release)
  const images = snapshot.images as Readonly<Record<string, readonly Image[]>>
  const image = images[slot.cloud]?.find(
    (each) =>
      each.plan === slot.plan &&
      each.architecture === slot.architecture &&
      each.generation === slot.generation &&
      each.region === slot.region,
  )
  if (wanted === undefined || image === undefined) return undefined
  return selectImage(slot, wanted, [image], snapshot.criteria.rhel).candidates[0]?.refused
}
