import type { Change } from '../changes/changes.ts'
import { groupAlike } from '../group.ts'
import { wantedRelease } from '../selection/selections.ts'
import { capturedClouds, type Snapshot } from '../snapshot/snapshot.ts'
import { FILE_LAYOUT } from '../stream/layouts.ts'
import { printMajorMinor } from '../versions/version.ts'
import type { KeptRegion } from './keep.ts'

export function regenerationNotes(
  snapshot: Snapshot,
  releases: ReadonlyMap<string, string>,
  kept: readonly KeptRegion[],
): string[] {
  return [
    ...describeKept(kept),
    ...(capturedClouds(snapshot).length === 0 ? [] : describeReleases(snapshot, releases)),
  ]
}

export function describeKept(kept: readonly KeptRegion[]): string[] {
  return groupAlike(kept, ({ platform, architecture, release }) => [
    platform,
    architecture,
    release,
  ]).map(({ first: { platform, architecture, release }, all }) => {
    const regions = all.map(({ region }) => region).join(', ')
    return `kept: image ${platform} ${architecture} · ${regions} of ${release}, not in the build`
  })
}

function describeReleases(snapshot: Snapshot, releases: ReadonlyMap<string, string>): string[] {
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

/**
 * The SKUs of added or changed Gen2 images that the machine-config operator reads as Gen1, because
 * they contain neither `v2` nor `gen2`.
 */
export function misreadSkus(changes: readonly Change[]): string[] {
  const skus = changes.flatMap(({ subject, after }) => {
    if (subject.kind !== 'slot' || subject.slot.generation !== 2) return []
    const { layout = FILE_LAYOUT } = subject
    const sku = after?.entry?.sku
    return layout === FILE_LAYOUT && sku !== undefined && !/v2|gen2/i.test(sku) ? [sku] : []
  })
  return [...new Set(skus)]
}
