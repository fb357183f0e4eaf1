import { basename } from 'node:path'
import type { Access } from '../capture/clouds/cloud.ts'
import type { Shared } from '../capture/http/message.ts'
import type { Recording } from '../capture/recording.ts'
import type { CaptureRequest, Progress } from '../capture/request.ts'
import {
  type Change,
  type Comparison,
  compareInventories,
  Listings,
} from '../core/changes/changes.ts'
import { snapshotInventory } from '../core/changes/inventory.ts'
import { withLf } from '../core/snapshot/canonical.ts'
import { assemble, readSnapshot, recordingFile } from '../core/snapshot/read.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  type Image,
  type Snapshot,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'
import { stateAt } from '../core/snapshot/time.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure, InputError, MissingCredentials, ServiceError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import { GENERATOR } from '../version.ts'
import { type CapturePlan, type PlanOptions, planCapture } from './capture-plan.ts'
import { type CloudOptions, cloudCriteria, cloudSettings } from './clouds.ts'
import { readExisting, readReplay, readSnapshotOf } from './existing.ts'
import { refuseForeign } from './foreign.ts'
import {
  allParts,
  hasParts,
  type Parts,
  queriedRegions,
  selectParts,
  unqueriedParts,
  withKept,
  withQueriedRegions,
} from './keep.ts'
import { type LockContext, withLocks } from './locks.ts'

export interface CaptureOptions extends PlanOptions {
  /** A recording that responds instead of the clouds and the build server. */
  readonly replay?: string | undefined
  /** Limit for one request, in milliseconds. */
  readonly timeout?: number | undefined
  /** Limit for one query with retries, waits and sign-in, in milliseconds. */
  readonly patience?: number | undefined
  /** Number of queries at a time. */
  readonly concurrency?: number | undefined
  /** Whether a name to drop may be missing in this snapshot. */
  readonly dropsOfAnyStream?: boolean
}

export const CAPTURE_DEFAULTS = { timeout: 30_000, patience: 120_000, concurrency: 8 } as const

/** What a capture has around it. */
export interface CaptureContext extends LockContext {
  readonly now: () => Date
  /** The environment, which has the credentials. */
  readonly env: NodeJS.ProcessEnv
  readonly cloudOptions?: CloudOptions
  /** What the captures of one run share, so that each query is sent once. */
  readonly shared?: Shared
  readonly onProgress?: (progress: readonly Progress[]) => void
}

/** An image whose deprecation date has passed since the existing snapshot was captured. */
export interface Deprecation {
  readonly cloud: CloudName
  readonly image: Image
}

/** The result of a capture, before or after it is written. */
export interface CaptureResult {
  readonly snapshot: Snapshot
  /** The snapshot that existed before. */
  readonly before: Snapshot | undefined
  /** The changes from that snapshot. */
  readonly comparison: Comparison | undefined
  readonly deprecations: readonly Deprecation[]
  /** Parts of the snapshot that were not queried. */
  readonly kept: Parts
  /** Parts that were removed on request, and the names in the request. */
  readonly dropped: SnapshotContent | undefined
  readonly droppedNames: readonly string[]
  /** Parts of unchanged builds that would be lost without a request, and those that were requested. */
  readonly losses: readonly Change[]
  readonly allowedLosses: readonly Change[]
  /** The files that change: the recording and the snapshot. */
  readonly writes: readonly Write[]
  readonly notes: readonly string[]
}

/** Parts of a build that the build server no longer has, and that were not named to be dropped. */
export class BuildLoss extends CheckFailure {
  constructor(
    file: string,
    readonly losses: readonly Change[],
    readonly comparison: Comparison,
  ) {
    const names = losses.map(dropName).join(',')
    super(`${file}: would lose ${losses.length} parts of builds`, `Allow it with --drop ${names}.`)
  }
}

/**
 * Captures a stream: queries the clouds and the build server, and writes the snapshot and its
 * recording. Parts of the existing snapshot that are not queried are kept with their evidence.
 *
 * @throws InputError if the config does not name enough, or the file is something else than a snapshot
 * @throws CheckFailure if kept parts were captured for something else, or something would be lost
 * @throws ServiceError at the first failure; then no file was changed
 */
export async function captureStream(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  const files = [config.snapshot, recordingFile(config.snapshot)]
  return withLocks(files, context, async () => {
    const result = await prepareCapture(config, options, context)
    refuseLosses(config.snapshot, result)
    await context.folder.write(result.writes)
    return result
  })
}

export function refuseLosses(file: string, { losses, comparison }: CaptureResult): void {
  if (losses.length > 0 && comparison) throw new BuildLoss(file, losses, comparison)
}

/** Captures a stream, and writes nothing; the losses are in the result. */
export async function prepareCapture(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  try {
    return await captureOnce(config, options, context)
  } catch (error) {
    if (!(error instanceof MissingCredentials) || !options.allowsBuildsOnly) throw error
    const builds = await captureOnce({ ...config, clouds: [] }, options, context)
    const note = `marketplace images unchanged: ${error.message}; ${lowerFirst(error.remedy ?? '')}`
    return { ...builds, notes: [...builds.notes, note] }
  }
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`
}

async function captureOnce(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  const { folder, env, cloudOptions = {}, shared, onProgress, onWait } = context
  const file = config.snapshot
  const recording = recordingFile(file)
  const { found, notes } = await readExisting(config, options, folder)
  const before = found?.snapshot
  const replay = await readReplay(options.replay, recording, folder)
  const plan = await planCapture(config, options, before, folder)
  const criteria = cloudCriteria(plan.criteria, plan.clouds, cloudOptions, replay ? {} : env)
  const drop = knownDrops(file, options, before)
  if (before) {
    const planned = plannedParts({ ...plan, criteria }, before)
    refuseForeign(
      config,
      { ...plan, criteria: { ...plan.criteria, ...criteria } },
      before,
      unqueriedParts(before, planned, drop).kept,
    )
  }

  const { capture } = await import('../capture/capture.ts')
  const request: CaptureRequest = {
    stream: plan.stream,
    criteria,
    ocp: plan.ocp,
    clouds: await openAccess(plan.clouds, options, context),
    builds: plan.builds,
    skipRegions: drop,
    timeout: options.timeout ?? CAPTURE_DEFAULTS.timeout,
    patience: options.patience ?? CAPTURE_DEFAULTS.patience,
    concurrency: options.concurrency ?? CAPTURE_DEFAULTS.concurrency,
    shared,
    ...(replay && { replay: replay.recording }),
    ...(onWait && { onWait }),
    ...(onProgress && { onProgress }),
  }
  const captured = await capture(request)

  const parts = before && unqueriedParts(before, allParts(captured.content), drop)
  const kept = parts?.kept ?? { clouds: [], regions: [], architectures: [] }
  const content = mergeKept(captured.content, before, kept, drop)
  const evidence =
    content === captured.content
      ? captured.recording
      : await mergeEvidence(content, kept, captured.recording, found?.recording, recording)
  const dropped =
    before && parts && hasParts(parts.dropped) ? selectParts(before, parts.dropped) : undefined
  const comparison = before && compareContents(before, content, dropped)
  const lost = before && comparison ? lostParts(before, content, comparison) : []
  const now = `${context.now().toISOString().slice(0, 19)}Z`
  const deprecations = before && !replay ? passedDeprecations(content, before.capturedAt, now) : []
  const sibling = found ?? (replay && (await readSnapshotOf(replay.file, folder)))
  const { printRecording, sortExchanges } = await import('../capture/recording.ts')
  const assembled = assemble(
    content,
    { file: basename(recording), text: printRecording(sortExchanges(evidence)) },
    deprecations.length > 0 ? undefined : sibling,
    now,
    GENERATOR,
  )
  checkForm(assembled.snapshotText, file)
  return {
    snapshot: assembled.snapshot,
    before,
    comparison,
    deprecations,
    kept,
    dropped,
    droppedNames: drop,
    losses: lost.filter((change) => !drop.includes(dropName(change))),
    allowedLosses: lost.filter((change) => drop.includes(dropName(change))),
    writes: await changedFiles(
      [
        { file: recording, text: assembled.recordingText },
        { file, text: assembled.snapshotText },
      ],
      folder,
    ),
    notes: [...new Set([...notes, ...plan.notes, ...captured.notes, ...notesOnBuilds(content)])],
  }
}

/**
 * The names to drop that the snapshot has.
 *
 * @throws InputError for another name, unless it may be of another stream
 */
function knownDrops(
  file: string,
  { drop = [], dropsOfAnyStream }: CaptureOptions,
  before: Snapshot | undefined,
): string[] {
  const { clouds, regions, architectures } = before
    ? allParts(before)
    : { clouds: [], regions: [], architectures: [] }
  const parts: readonly string[] = [...clouds, ...regions, ...architectures]
  const isKnown = (name: string) => parts.includes(name) || name.includes('/')
  const unknown = drop.filter((name) => !isKnown(name))
  if (unknown.length > 0 && !dropsOfAnyStream) {
    throw new InputError(
      `--drop ${unknown.join(',')}: not in ${file}`,
      parts.length === 0 ? 'Leave out --drop.' : `Name some of ${parts.join(', ')}.`,
    )
  }
  return drop.filter(isKnown)
}

/** What a plan queries of a snapshot's parts, as far as it is known before the first query. */
function plannedParts({ clouds, builds, criteria }: CapturePlan, before: Snapshot): Parts {
  const named = builds.flatMap(({ architecture }) => architecture ?? [])
  return {
    clouds,
    regions: clouds.flatMap((cloud) => {
      const { regions } = (criteria[cloud] ?? {}) as { readonly regions?: readonly string[] }
      return regions ?? queriedRegions(before, cloud)
    }),
    architectures: named.length < builds.length ? Object.keys(before.builds) : named,
  }
}

/** The changes of a snapshot, without those that were requested. */
function compareContents(
  before: SnapshotContent,
  after: SnapshotContent,
  dropped: SnapshotContent | undefined,
): Comparison {
  const inventory = snapshotInventory(after)
  const requested = dropped ? snapshotInventory(dropped) : new Map()
  const compared = [...snapshotInventory(before)].filter(
    ([key]) => inventory.has(key) || !requested.has(key),
  )
  return compareInventories(new Map(compared), inventory, after.criteria.rhel, new Listings(after))
}

function mergeKept(
  content: SnapshotContent,
  before: Snapshot | undefined,
  kept: Parts,
  drop: readonly string[],
): SnapshotContent {
  const merged = before && hasParts(kept) ? withKept(content, selectParts(before, kept)) : content
  // The account's own list of regions would have other regions.
  const isPartial = (region: string) => drop.includes(region) || kept.regions.includes(region)
  const partial = capturedClouds(content).filter(
    (cloud) => before && queriedRegions(before, cloud).some(isPartial),
  )
  return partial.length > 0 ? withQueriedRegions(merged, partial) : merged
}

/**
 * The exchanges that a replay of the whole content uses.
 *
 * @param former the text of the existing recording
 * @throws CheckFailure if it does not have the exchanges of the kept parts
 */
async function mergeEvidence(
  content: SnapshotContent,
  kept: Parts,
  captured: Recording,
  former: string | undefined,
  file: string,
): Promise<Recording> {
  const { evidenceFor } = await import('../capture/verify.ts')
  const { exchangeKey, readRecording } = await import('../capture/recording.ts')
  const keys = new Set(captured.map(exchangeKey))
  const others = readRecording(former ?? '[]', file).filter((each) => !keys.has(exchangeKey(each)))
  return evidenceFor(content, [...captured, ...others]).catch((error) => {
    if (!(error instanceof UserError)) throw error
    const names = [...kept.clouds, ...kept.regions, ...kept.architectures].join(',')
    throw new CheckFailure(
      `${file}: ${error.message}`,
      `Query all parts, or remove those that are not queried with --drop ${names}.`,
      { cause: error },
    )
  })
}

/**
 * Parts that the build server no longer has for a build that is the same as before. A build that was
 * replaced may have other parts.
 */
function lostParts(before: Snapshot, after: SnapshotContent, { changes }: Comparison): Change[] {
  return changes.filter(({ subject, loss, follows }) => {
    if (loss !== 'removed' || follows) return false
    if (subject.kind !== 'artifact' && subject.kind !== 'image') return false
    // A capture may leave out signatures; the loss is refused where a stream has them.
    if (subject.member !== undefined) return false
    const { architecture } = subject
    const isSame = before.builds[architecture]?.release === after.builds[architecture]?.release
    return isSame
  })
}

/** The name by which `--drop` allows the loss of a part: `x86_64/aws/us-east-1`. */
export function dropName({ subject }: Change): string {
  if (subject.kind !== 'artifact' && subject.kind !== 'image') return ''
  const { architecture, platform } = subject
  const detail = subject.kind === 'artifact' ? subject.format : subject.region
  return [architecture, platform, ...(detail === undefined ? [] : [detail])].join('/')
}

function passedDeprecations(content: SnapshotContent, from: string, now: string): Deprecation[] {
  return capturedClouds(content).flatMap((cloud) =>
    getImages(content, cloud)
      .filter((image) => stateAt(image, from) !== stateAt(image, now))
      .map((image) => ({ cloud, image })),
  )
}

async function openAccess(
  clouds: readonly CloudName[],
  { replay, timeout = CAPTURE_DEFAULTS.timeout }: CaptureOptions,
  { env, cloudOptions = {} }: CaptureContext,
): Promise<Partial<Record<CloudName, Access<unknown>>>> {
  const opened = await Promise.allSettled(
    clouds.map(async (cloud) => {
      if (replay !== undefined) return [cloud, { live: false, timeout }] as const
      return [
        cloud,
        { live: true, timeout, settings: await cloudSettings(cloud, cloudOptions, env) },
      ] as const
    }),
  )
  refuseMissing(opened.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])))
  return Object.fromEntries(
    opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
  )
}

/** Reports what several clouds need in one run. */
function refuseMissing(errors: readonly unknown[]): void {
  const [first] = errors
  if (first === undefined) return
  const missing = errors.filter((error) => error instanceof MissingCredentials)
  if (missing.length < 2 || missing.length < errors.length) throw first
  throw new MissingCredentials(
    `missing credentials for ${missing.length} clouds`,
    'Sign in to each of them, or name fewer clouds with --cloud.',
    {
      lines: missing.flatMap(({ message, remedy }) => [
        message,
        ...(remedy ? [`  ${remedy}`] : []),
      ]),
    },
  )
}

function notesOnBuilds({ builds }: SnapshotContent): string[] {
  const all = Object.entries(builds)
  if (new Set(all.map(([, { release }]) => release)).size < 2) return []
  const named = all.map(([arch, { release }]) => `${arch}=${release}`).join(' ')
  return [`the architectures have different builds: ${named}`]
}

/** Nothing is written that could not be read again. */
function checkForm(text: string, file: string): void {
  try {
    readSnapshot(text, file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new ServiceError(`the responses make no valid snapshot: ${error.message}`, error.remedy, {
      cause: error,
    })
  }
}

/** A checkout may have other line ends, which are no change. */
async function changedFiles(files: readonly Write[], folder: Folder): Promise<Write[]> {
  const changed: Write[] = []
  for (const each of files) {
    const text = await folder.readIfExists(each.file)
    if (text === undefined || withLf(text) !== each.text) changed.push(each)
  }
  return changed
}
