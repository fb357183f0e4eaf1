import type { Recording } from '../capture/recording.ts'
import { buildInventory, type Subject } from '../core/changes/inventory.ts'
import { sortByMembers, sortImages } from '../core/clouds/order.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import type { Releases } from '../core/selection/selections.ts'
import { canonicalJson } from '../core/snapshot/canonical.ts'
import {
  buildReleases,
  CLOUDS,
  type CloudName,
  capturedClouds,
  cloudParts,
  getImages,
  getQueries,
  isArchitecture,
  queriedRegions,
  type Snapshot,
  type SnapshotContent,
  stateAt,
} from '../core/snapshot/snapshot.ts'
import { compareMajorMinor, printMajorMinor, readRelease } from '../core/versions/version.ts'
import { nearest } from '../core/workspace/nearest.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { CheckFailure, InputError, UserError } from '../errors.ts'
import { counted } from '../printable.ts'
import type { CapturePlan, PlanOptions } from './capture-plan.ts'

type SelectedFor = NonNullable<Criteria['selectedFor']>
/** The members of criteria for parts that were not queried. */
type Selected = Pick<Criteria, 'selectedFor' | 'selectedAt'>

/**
 * Names of parts of a snapshot that a capture queries, keeps or drops: the regions of a cloud, else the
 * cloud, and architectures.
 */
export type Parts = readonly string[]

export function allParts(snapshot: SnapshotContent): Parts {
  return [
    ...capturedClouds(snapshot).flatMap((cloud) => cloudParts(snapshot, cloud)),
    ...Object.keys(snapshot.builds),
  ]
}

/** Replaces all regions of a cloud by the name of the cloud. */
export function partNames(parts: Parts, snapshot: SnapshotContent): string[] {
  const isPart = (name: string) => parts.includes(name)
  return [
    ...capturedClouds(snapshot).flatMap((cloud) => {
      const own = cloudParts(snapshot, cloud)
      return own.every(isPart) ? [cloud] : own.filter(isPart)
    }),
    ...Object.keys(snapshot.builds).filter(isPart),
  ]
}

/** The parts of a snapshot that a plan queries, as known before the first query. */
export function plannedParts(
  { clouds, builds, criteria }: CapturePlan,
  before: Snapshot,
  queriesRegion: (region: string) => boolean,
): Parts {
  const named = builds.flatMap(({ architecture }) => architecture ?? [])
  return [
    ...clouds.flatMap((cloud) => {
      const { regions } = (criteria[cloud] ?? {}) as { readonly regions?: readonly string[] }
      return [cloud, ...(regions ?? queriedRegions(before, cloud)).filter(queriesRegion)]
    }),
    ...(named.length < builds.length ? Object.keys(before.builds) : named),
  ]
}

/**
 * The parts of the existing snapshot that a capture does not query: those to keep and those to drop.
 *
 * @param drop names of clouds, regions and architectures
 */
export function unqueriedParts(
  before: SnapshotContent,
  queried: Parts,
  drop: readonly string[],
): { readonly kept: Parts; readonly dropped: Parts } {
  const clouds = CLOUDS.filter((cloud) => drop.includes(cloud))
  const names = [...drop, ...clouds.flatMap((cloud) => cloudParts(before, cloud))]
  const unqueried = allParts(before).filter((part) => !queried.includes(part))
  return {
    kept: unqueried.filter((part) => !names.includes(part)),
    dropped: unqueried.filter((part) => names.includes(part)),
  }
}

function selectParts<T extends SnapshotContent>(snapshot: T, parts: Parts): T {
  const clouds = cloudsWith(parts, snapshot)
  const select = (list: (from: T, cloud: CloudName) => readonly { readonly region?: string }[]) =>
    Object.fromEntries(
      clouds.map((cloud) => [
        cloud,
        list(snapshot, cloud).filter(({ region }) => parts.includes(region ?? cloud)),
      ]),
    )
  const builds = Object.entries(snapshot.builds).filter(([arch]) => parts.includes(arch))
  return {
    ...snapshot,
    criteria: criteriaFor(snapshot.criteria, clouds),
    builds: Object.fromEntries(builds),
    images: select(getImages),
    queries: select(getQueries),
  }
}

function cloudsWith(parts: Parts, snapshot: Pick<SnapshotContent, 'queries'>): CloudName[] {
  return capturedClouds(snapshot).filter((cloud) =>
    cloudParts(snapshot, cloud).some((part) => parts.includes(part)),
  )
}

function criteriaFor(criteria: Criteria, clouds: readonly CloudName[]): Criteria {
  const others: readonly string[] = CLOUDS.filter((cloud) => !clouds.includes(cloud))
  const own = Object.entries(criteria).filter(([key]) => !others.includes(key))
  return Object.fromEntries(own) as unknown as Criteria
}

/** The name of a part of a build in `--drop`: `x86_64/metal`, `x86_64/aws/us-east-1`. */
export function dropName(subject: Subject): string | undefined {
  if (subject.kind !== 'artifact' && subject.kind !== 'image') return undefined
  const { architecture, platform } = subject
  const detail = subject.kind === 'artifact' ? subject.format : subject.region
  return [architecture, platform, ...(detail === undefined ? [] : [detail])].join('/')
}

/** The names in `drop` that are in the snapshot. */
export function knownDrops(drop: readonly string[], before: Snapshot | undefined): string[] {
  const names = before && new Set([...droppableParts(before), ...buildParts(before)])
  return drop.filter((name) => names?.has(name))
}

function droppableParts(snapshot: SnapshotContent): string[] {
  return [...capturedClouds(snapshot), ...allParts(snapshot)]
}

function buildParts(snapshot: SnapshotContent): string[] {
  return [...buildInventory(snapshot).values()].flatMap(({ subject }) => dropName(subject) ?? [])
}

/** @throws InputError for names that are in no snapshot */
export function refuseUnknownDrops(
  drop: readonly string[],
  snapshots: readonly Snapshot[],
  place: string,
): void {
  const unknown = drop.filter((name) => !snapshots.some((each) => knownDrops([name], each).length))
  const [first] = unknown
  if (first === undefined) return
  const parts = [...new Set(snapshots.flatMap(droppableParts))]
  const suggestion = nearest(first, [...parts, ...snapshots.flatMap(buildParts)])
  const values = parts.length === 0 ? 'Remove --drop.' : `Use one or more of ${parts.join(', ')}.`
  throw new InputError(
    `--drop ${unknown.join(',')}: not in ${place}`,
    suggestion === undefined ? values : `Did you mean ${suggestion}? ${values}`,
  )
}

/**
 * Adds the parts of the existing snapshot that a capture did not query.
 *
 * @param releases of the target, if the existing snapshot has no builds
 * @param replayed the members of the snapshot whose recording is replayed
 * @returns the content with the kept parts, the parts that were removed on request, and the existing
 *   snapshot without these
 */
export function mergeParts(
  content: SnapshotContent,
  before: Snapshot | undefined,
  drop: readonly string[],
  releases: Releases,
  replayed: Selected = {},
) {
  if (before === undefined) {
    const own = withSelectedFor(content, replayed.selectedFor ?? {})
    const whole = withSelectedAt(own, replayed.selectedAt ?? {})
    return { content: whole, kept: [], dropped: undefined, remaining: undefined }
  }
  const { kept, dropped } = unqueriedParts(before, allParts(content), drop)
  const remaining = allParts(before).filter((part) => !dropped.includes(part))
  const selectedFor = { ...replayed.selectedFor, ...keptReleases(before, kept, releases) }
  const times = Object.entries(before.criteria.selectedAt ?? {})
  const selectedAt = {
    ...replayed.selectedAt,
    ...Object.fromEntries(times.filter(([part]) => kept.includes(part))),
  }
  const joined = joinContents(selectParts(before, kept), content)
  return {
    content: withSelectedAt(withSelectedFor(joined, selectedFor), selectedAt),
    kept,
    dropped: dropped.length > 0 ? selectParts(before, dropped) : undefined,
    remaining: selectParts(before, remaining),
  }
}

function joinContents(own: SnapshotContent, content: SnapshotContent): SnapshotContent {
  const clouds = CLOUDS.filter((cloud) => cloud in own.queries || cloud in content.queries)
  const join = (list: (cloud: CloudName) => readonly object[]) =>
    Object.fromEntries(clouds.map((cloud) => [cloud, list(cloud)]))
  const { selectedFor: _, selectedAt: __, ...criteria } = own.criteria
  return {
    ...content,
    criteria: { ...criteria, ...content.criteria },
    builds: { ...own.builds, ...content.builds },
    images: join((cloud) =>
      sortImages(cloud, [...getImages(own, cloud), ...getImages(content, cloud)]),
    ),
    queries: join((cloud) =>
      sortByMembers([...getQueries(own, cloud), ...getQueries(content, cloud)]),
    ),
  }
}

/** The releases that the images of kept parts are selected for. */
function keptReleases(before: Snapshot, kept: Parts, target: Releases): SelectedFor {
  const { selectedFor = {} } = before.criteria
  const own = Object.fromEntries([...target, ...buildReleases(before)])
  const parts = kept.filter((part) => !isArchitecture(part))
  return Object.fromEntries(parts.map((part) => [part, selectedFor[part] ?? own]))
}

/** Adds the releases that differ from the builds, so that images are not selected for the builds. */
function withSelectedFor(content: SnapshotContent, releases: SelectedFor): SnapshotContent {
  const parts = allParts(content)
  const builds = Object.entries(content.builds)
  const earlier = Object.entries(releases).filter(
    ([part, own]) =>
      parts.includes(part) &&
      Object.keys(own).length > 0 &&
      builds.some(([arch, { release }]) => own[arch] !== release),
  )
  if (earlier.length === 0) return content
  return { ...content, criteria: { ...content.criteria, selectedFor: Object.fromEntries(earlier) } }
}

function withSelectedAt(
  content: SnapshotContent,
  selectedAt: Readonly<Record<string, string>>,
): SnapshotContent {
  const parts = allParts(content)
  const own = Object.entries(selectedAt).filter(([part]) => parts.includes(part))
  if (own.length === 0) return content
  return { ...content, criteria: { ...content.criteria, selectedAt: Object.fromEntries(own) } }
}

/** Keeps the states of images that were not queried, if a deprecation date has passed. */
export function withKeptStates(
  content: SnapshotContent,
  kept: Parts,
  from: string,
  now: string,
): SnapshotContent {
  const { selectedAt = {} } = content.criteria
  const passed = capturedClouds(content).flatMap((cloud) =>
    getImages(content, cloud).flatMap((image) => {
      const part = image.region ?? cloud
      const time = selectedAt[part] ?? from
      const isSame = stateAt(image, time) === stateAt(image, now)
      return isSame || !kept.includes(part) ? [] : [[part, time] as const]
    }),
  )
  return withSelectedAt(content, { ...selectedAt, ...Object.fromEntries(passed) })
}

/**
 * The exchanges that a replay of the whole content uses.
 *
 * @param kept the names of the kept parts
 * @param former the text of the existing recording
 * @throws CheckFailure if exchanges of the kept parts are missing
 */
export async function mergeEvidence(
  content: SnapshotContent,
  kept: readonly string[],
  captured: Recording,
  former = '[]',
  file: string,
): Promise<Recording> {
  if (kept.length === 0) return captured
  const { replayEvidence } = await import('../capture/verify.ts')
  const { getExchangeKey, readRecording } = await import('../capture/recording.ts')
  const keys = new Set(captured.map(getExchangeKey))
  const others = readRecording(former, file).filter((each) => !keys.has(getExchangeKey(each)))
  return replayEvidence(content, [...captured, ...others]).catch((error) => {
    if (!(error instanceof UserError)) throw error
    throw new CheckFailure(
      `${file}: ${error.message}`,
      `Query all parts, or remove the parts that are not queried with --drop ${kept.join(',')}.`,
      { cause: error },
    )
  })
}

/**
 * Refuses to keep parts that were captured with other settings than the rest of the snapshot.
 *
 * @throws CheckFailure with the parts and their settings
 */
export function refuseOtherSettings(
  config: StreamConfig,
  { ocp: option, allowsBuildsOnly, dropsOfAnyStream }: PlanOptions,
  plan: CapturePlan,
  before: Snapshot,
  kept: Parts,
): void {
  const all = partNames(kept, before)
  const images = all.filter((part) => !isArchitecture(part))
  const architectures = all.filter(isArchitecture)
  const { name, ocp, url } = before.stream
  const isNamed = (option ?? config.ocp ?? ocp) !== ocp
  const keepsOcp = allowsBuildsOnly && plan.clouds.length === 0 && !isNamed
  const wanted = keepsOcp ? undefined : plan.ocp && printMajorMinor(plan.ocp)
  const reasons: (readonly [part: string, text: string])[] = []
  const compare = (parts: readonly string[], isSame: boolean, was: string, is: string) => {
    if (isSame) return
    for (const part of parts) reasons.push([part, `${part} was captured for ${was}, not ${is}`])
  }
  compare(all, name === plan.stream.name, `stream ${name}`, plan.stream.name)
  compare(images, wanted === undefined || ocp === wanted, `OCP ${ocp}`, `${wanted}`)
  for (const part of architectures) {
    const reason = otherRelease(part, config, plan, before)
    if (reason !== undefined) reasons.push([part, reason])
  }
  const isSameCriteria = config.criteria === undefined || hasCriteria(plan.criteria, before, kept)
  compare(images, isSameCriteria, 'other criteria', `those of ${config.criteria}`)
  compare(architectures, url === plan.stream.url, url, plan.stream.url)

  const [first, ...others] = reasons
  if (first === undefined) return
  const names = [...new Set(reasons.map(([part]) => part))]
  const them = names.length > 1 ? 'them' : 'it'
  const isOtherName = name !== plan.stream.name
  const query = isOtherName ? `Correct the name ${plan.stream.name}, query` : 'Query'
  // The clouds of a workspace are those of all its streams.
  const remedy =
    dropsOfAnyStream &&
    !isOtherName &&
    names.every((each) => (CLOUDS as readonly string[]).includes(each))
      ? `Remove --cloud to query ${them} too.`
      : `${query} ${them} too, or remove ${them} with --drop ${names.join(',')}.`
  if (others.length === 0) throw new CheckFailure(`${config.snapshot}: ${first[1]}`, remedy)
  throw new CheckFailure(
    `${config.snapshot}: ${counted(names.length, 'part')} of the snapshot were captured with different settings`,
    remedy,
    { lines: reasons.map(([, text]) => text) },
  )
}

/** Kept builds must have the releases of the target, else the OCP version of the plan. */
function otherRelease(
  part: string,
  { target }: StreamConfig,
  { builds, targetReleases, ocp }: CapturePlan,
  before: Snapshot,
): string | undefined {
  const release = before.builds[part]?.release ?? ''
  const was = `${part} was captured for release ${release}`
  if (builds.length === 0 && target !== undefined && targetReleases.get(part) !== release) {
    return `${was}, and ${target} has ${targetReleases.get(part) ?? `no ${part}`}`
  }
  const own = readRelease(release)?.ocp
  if (!own || !ocp || compareMajorMinor(own, ocp) === 0) return undefined
  return `${was}, not for OCP ${printMajorMinor(ocp)}`
}

/** Whether the kept images were captured with these criteria, apart from regions. */
export function hasCriteria(criteria: Criteria, before: Snapshot, parts: Parts): boolean {
  const names = cloudsWith(parts, before)
  const comparable = (all: Criteria) => {
    const own = names.map((cloud) => [cloud, { ...all[cloud], regions: undefined }])
    const rest = { ...criteriaFor(all, names), selectedFor: undefined, selectedAt: undefined }
    return canonicalJson({ ...rest, ...Object.fromEntries(own) })
  }
  return names.length === 0 || comparable(before.criteria) === comparable(criteria)
}
