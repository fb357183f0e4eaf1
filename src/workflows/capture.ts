import { basename } from 'node:path'
import type { Progress } from '../capture/capture.ts'
import type { Shared } from '../capture/http/message.ts'
import {
  type Change,
  type Comparison,
  compareInventories,
  Listings,
} from '../core/changes/changes.ts'
import {
  type Inventory,
  joinInventories,
  settingInventory,
  snapshotInventory,
} from '../core/changes/inventory.ts'
import { isSnapshotText } from '../core/history/state.ts'
import { sha256, withLf } from '../core/snapshot/canonical.ts'
import {
  assemble,
  editedSnapshot,
  type Found,
  isIntact,
  readShape,
  readSnapshot,
  recordingFile,
} from '../core/snapshot/read.ts'
import {
  type CloudName,
  capturedClouds,
  getImages,
  type Image,
  type Snapshot,
  type SnapshotContent,
  stateAt,
  stateIn,
} from '../core/snapshot/snapshot.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { CheckFailure, InputError, MissingCredentials, ServiceError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { checkoutCommand, restoreCommand } from '../files/git/git.ts'
import type { Write } from '../files/write.ts'
import { counted } from '../printable.ts'
import { GENERATOR } from '../version.ts'
import { type CapturePlan, type PlanOptions, planCapture } from './capture-plan.ts'
import { type CloudOptions, cloudCriteria, readSettings } from './clouds.ts'
import {
  dropName,
  knownDrops,
  mergeEvidence,
  mergeParts,
  type Parts,
  partNames,
  plannedParts,
  refuseOtherSettings,
  refuseUnknownDrops,
  unqueriedParts,
  withKeptStates,
} from './keep.ts'
import { type LockContext, writeLocked } from './locks.ts'

export interface CaptureOptions extends PlanOptions {
  /** A recording that responds instead of the clouds and the build server. */
  readonly replay?: string | undefined
  /** Time limit for one request, in milliseconds. */
  readonly timeout?: number | undefined
  /** Time limit for one query with retries, waits and sign-in, in milliseconds. */
  readonly patience?: number | undefined
  readonly concurrency?: number | undefined
}

export const CAPTURE_DEFAULTS = { timeout: 30_000, patience: 120_000, concurrency: 8 } as const

export interface CaptureContext extends LockContext {
  readonly now: () => Date
  readonly env: NodeJS.ProcessEnv
  readonly cloudOptions?: CloudOptions
  /** Responses that the captures of one run share, so that each query is sent once. */
  readonly shared?: Shared
  readonly onProgress?: (progress: readonly Progress[]) => void
}

export interface CaptureResult {
  readonly snapshot: Snapshot
  readonly before: Snapshot | undefined
  readonly comparison: Comparison | undefined
  /** Images whose deprecation date has passed since the existing snapshot was captured. */
  readonly deprecations: readonly { readonly cloud: CloudName; readonly image: Image }[]
  /** Parts of the snapshot that were not queried. */
  readonly kept: Parts
  /** Parts that were removed on request, and their names. */
  readonly dropped: SnapshotContent | undefined
  readonly droppedNames: readonly string[]
  /** Lost parts of unchanged builds whose removal was not requested. */
  readonly losses: readonly Change[]
  /** The files that change: the recording and the snapshot. */
  readonly writes: readonly Write[]
  readonly notes: readonly string[]
}

/** Parts of a build that are missing on the build server and were not dropped on request. */
export class BuildLoss extends CheckFailure {
  constructor(
    file: string,
    readonly losses: readonly Change[],
  ) {
    const names = losses.map(({ subject }) => dropName(subject)).join(',')
    super(
      `${file}: would lose ${counted(losses.length, 'part')} of builds`,
      `Allow the removal with --drop ${names}.`,
    )
  }
}

/**
 * Captures a stream: queries the clouds and the build server, and writes the snapshot and its
 * recording. Parts of the existing snapshot that are not queried are kept with their evidence.
 *
 * @throws InputError if the config is incomplete, or the file is not a snapshot
 * @throws CheckFailure if kept parts were captured with other settings, or something would be lost
 * @throws ServiceError at the first failure; then no file was changed
 */
export async function captureStream(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  const files = [config.snapshot, recordingFile(config.snapshot)]
  return writeLocked(files, [], context, async () => {
    const result = await prepareCapture(config, options, context)
    refuseLosses(config.snapshot, result)
    return result
  })
}

export function refuseLosses(file: string, { losses }: CaptureResult): void {
  if (losses.length > 0) throw new BuildLoss(file, losses)
}

/** Captures a stream without writing files. The losses are in the result. */
export async function prepareCapture(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  try {
    return await captureOnce(config, options, context)
  } catch (error) {
    if (!(error instanceof MissingCredentials) || !options.allowsBuildsOnly) throw error
    const builds = await captureOnce({ ...config, clouds: [] }, options, context).catch((other) => {
      throw other instanceof EmptyCapture ? error : other
    })
    return { ...builds, notes: [...builds.notes, ...credentialNotes(error)] }
  }
}

/** One line for each cloud: what is missing, and how to add it. */
function credentialNotes({ message, remedy, all }: MissingCredentials): string[] {
  if (all.length > 0) return all.flatMap(credentialNotes)
  const advice =
    remedy && `; ${remedy.slice(0, 1).toLowerCase()}${remedy.slice(1).replace(/\.$/, '')}`
  return [`marketplace images not queried: ${message}${advice ?? ''}`]
}

async function captureOnce(
  config: StreamConfig,
  options: CaptureOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  const { folder, env, cloudOptions = {}, shared, onProgress, onWait } = context
  const file = config.snapshot
  const recording = recordingFile(file)
  const found = await readFound(file, folder)
  const before = found?.snapshot
  if (found?.isEdited && options.replay !== undefined) throw editedSnapshot(file)
  const replay = await readReplay(options.replay, recording, folder)
  const plan = await planCapture(config, options, before, folder)
  refuseEmpty(plan, options, file)
  const criteria = cloudCriteria(plan.criteria, plan.clouds, cloudOptions, replay ? undefined : env)
  const all = options.drop ?? []
  if (!options.dropsOfAnyStream) refuseUnknownDrops(all, before ? [before] : [], file)
  const drop = knownDrops(all, before)
  const { regions } = cloudOptions as { readonly regions?: readonly string[] }
  const queriesRegion = (region: string) =>
    !drop.includes(region) && (regions?.includes(region) ?? true)
  if (found && before) {
    const planned = plannedParts({ ...plan, criteria }, before, queriesRegion)
    const { kept } = unqueriedParts(before, planned, drop)
    await refuseKept(found, file, partNames(kept, before), folder)
    const whole = { ...plan.criteria, ...criteria }
    refuseOtherSettings(config, options, { ...plan, criteria: whole }, before, kept)
  }

  const { timeout = CAPTURE_DEFAULTS.timeout } = options
  const { capture } = await import('../capture/capture.ts')
  const captured = await capture({
    stream: plan.stream,
    criteria,
    ocp: plan.ocp,
    clouds: plan.clouds,
    ...(!replay && { settings: await readSettings(plan.clouds, cloudOptions, env) }),
    builds: plan.builds,
    origin: config.origin,
    queriesRegion,
    timeout,
    patience: options.patience ?? CAPTURE_DEFAULTS.patience,
    concurrency: options.concurrency ?? CAPTURE_DEFAULTS.concurrency,
    shared,
    replay: replay?.recording,
    onWait,
    onProgress,
  })

  const replayed = replay?.found?.snapshot.criteria
  const merged = mergeParts(captured.content, before, drop, plan.targetReleases, replayed)
  const { content, kept, dropped, remaining } = merged
  const keptNames = before ? partNames(kept, before) : []
  if (found) await refuseKept(found, file, keptNames, folder)
  const former = found?.recording
  const evidence = await mergeEvidence(content, keptNames, captured.recording, former, recording)
  const comparison = remaining && compareContents(remaining, content)
  const lost = before && comparison ? lostParts(before, content, comparison) : []
  const now = `${context.now().toISOString().slice(0, 19)}Z`
  const deprecations = before && !replay ? passedDeprecations(content, kept, before, now) : []
  const { printRecording, sortExchanges } = await import('../capture/recording.ts')
  const finish = (whole: SnapshotContent) =>
    assemble(
      whole,
      { file: basename(recording), text: printRecording(sortExchanges(evidence)) },
      deprecations.length > 0 || found?.isEdited ? undefined : (found ?? replay?.found),
      now,
      GENERATOR,
    )
  const draft = finish(content)
  const { capturedAt } = draft.snapshot
  const isNew = before !== undefined && capturedAt !== before.capturedAt
  const whole = isNew ? withKeptStates(content, kept, before.capturedAt, capturedAt) : content
  const assembled = whole === content ? draft : finish(whole)
  checkReadable(assembled.snapshotText, file)
  const notes = [...notesOnRecording(found, file), ...plan.notes, ...captured.notes]
  return {
    snapshot: assembled.snapshot,
    before,
    comparison,
    deprecations,
    kept,
    dropped,
    droppedNames: drop,
    losses: lost.filter(({ subject }) => !drop.includes(dropName(subject) ?? '')),
    writes: await changedFiles(
      [
        { file: recording, text: assembled.recordingText },
        { file, text: assembled.snapshotText },
      ],
      folder,
    ),
    notes: [...new Set([...notes, ...notesOnBuilds(content)])],
  }
}

class EmptyCapture extends InputError {}

function refuseEmpty({ clouds, builds }: CapturePlan, { drop = [] }: PlanOptions, file: string) {
  if (clouds.length > 0 || builds.length > 0 || drop.length > 0) return
  throw new EmptyCapture(
    `${file}: nothing to capture: no build and no cloud is specified`,
    'Specify builds as ARCH=VERSION, or clouds with --cloud.',
  )
}

interface FoundFiles extends Found {
  /** Whether the snapshot was changed after the capture. */
  readonly isEdited: boolean
}

/**
 * The snapshot that a capture replaces, with its recording.
 *
 * @throws InputError for any other file, and for a damaged snapshot
 */
async function readFound(file: string, folder: Folder): Promise<FoundFiles | undefined> {
  const text = await folder.readIfExists(file)
  const recording = recordingFile(file)
  if (text === undefined) {
    const command = await restoreCommand(folder, file, recording)
    if (command === undefined) {
      await refuseForeignRecording(recording, folder)
      return undefined
    }
    throw new InputError(
      `${file}: tracked by git, but missing`,
      `Restore it with ${command}, or remove it with git rm.`,
    )
  }
  try {
    const snapshot = readShape(text, file)
    const isEdited = !isIntact(snapshot, text)
    return { snapshot, recording: await folder.readSibling(recording), isEdited }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const restore = await checkoutCommand(folder, [file, recording])
    const remedy = isSnapshotText(text)
      ? restore
        ? `Restore it with ${restore}.`
        : 'Delete it, and capture again.'
      : OTHER_PATH
    throw new InputError(error.message, remedy, { cause: error })
  }
}

const OTHER_PATH = 'Use another path: capture only replaces snapshots.'

/** A run that was killed between the two writes leaves a recording without a snapshot. */
async function refuseForeignRecording(recording: string, folder: Folder): Promise<void> {
  const text = await folder.readIfExists(recording)
  if (text === undefined) return
  const { readRecording } = await import('../capture/recording.ts')
  try {
    readRecording(text, recording)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.message, OTHER_PATH, { cause: error })
  }
}

/**
 * Parts of an edited snapshot, or without evidence, are not kept.
 *
 * @throws CheckFailure that names the parts that would be kept
 */
async function refuseKept(
  { isEdited, recording }: FoundFiles,
  file: string,
  kept: string[],
  folder: Folder,
): Promise<void> {
  if (kept.length === 0 || (recording !== undefined && !isEdited)) return
  const names = kept.join(', ')
  const evidence = recordingFile(file)
  const cause = isEdited ? `${file}: was changed after the capture` : `${evidence}: no such file`
  const restore = isEdited
    ? await checkoutCommand(folder, [file, evidence])
    : await restoreCommand(folder, evidence)
  throw new CheckFailure(
    `${cause}, and ${names} would be kept`,
    restore ? `Restore it with ${restore}, or query all parts.` : 'Query all parts.',
  )
}

/** A run that was killed between the two writes leaves the recording of another snapshot. */
function notesOnRecording(found: FoundFiles | undefined, file: string): string[] {
  if (found === undefined) return []
  if (found.isEdited) return [`${file}: was changed after the capture, and is replaced`]
  const recording = recordingFile(file)
  if (found.recording === undefined) return [`${recording}: no such file`]
  if (sha256(found.recording) === found.snapshot.recording.sha256) return []
  return [`${recording}: not the recording of ${file}`]
}

/**
 * A recording with its snapshot, which has the time of the first capture.
 *
 * @param replay a recording file; empty for the recording of the snapshot
 */
async function readReplay(replay: string | undefined, own: string, folder: Folder) {
  if (replay === undefined) return undefined
  const file = replay || own
  const { readRecording } = await import('../capture/recording.ts')
  const recording = readRecording(await folder.read(file), file)
  const snapshot = file.replace(/\.recording\.json$/, '.json')
  const found = await readFound(snapshot, folder).catch((error) => {
    if (!(error instanceof InputError)) throw error
    return undefined
  })
  return { recording, found }
}

function compareContents(before: SnapshotContent, after: SnapshotContent): Comparison {
  const listings = new Listings(after, before)
  const [own, other] = [before, after].map((each) =>
    joinInventories(snapshotInventory(each), settingInventory(each)),
  ) as [Inventory, Inventory]
  return compareInventories(own, other, after.criteria.rhel, listings)
}

/** Parts of an unchanged build that are missing on the build server. */
function lostParts(before: Snapshot, after: SnapshotContent, { changes }: Comparison): Change[] {
  return changes.filter(({ subject, loss, follows }) => {
    if (loss !== 'removed' || follows) return false
    if (subject.kind !== 'artifact' && subject.kind !== 'image') return false
    // A capture may omit signatures; `regenerate` refuses their loss.
    if (subject.member !== undefined) return false
    const { architecture } = subject
    return before.builds[architecture]?.release === after.builds[architecture]?.release
  })
}

/** Images that were queried, and whose deprecation date has passed since the last capture. */
function passedDeprecations(content: SnapshotContent, kept: Parts, before: Snapshot, now: string) {
  return capturedClouds(content).flatMap((cloud) =>
    getImages(content, cloud)
      .filter((image) => !kept.includes(image.region ?? cloud))
      .filter((image) => stateIn(before, cloud, image) !== stateAt(image, now))
      .map((image) => ({ cloud, image })),
  )
}

function notesOnBuilds({ builds }: SnapshotContent): string[] {
  const all = Object.entries(builds)
  if (new Set(all.map(([, { release }]) => release)).size < 2) return []
  const named = all.map(([arch, { release }]) => `${arch}=${release}`).join(' ')
  return [`the architectures have different builds: ${named}`]
}

/** @throws ServiceError for a snapshot that could not be read again */
function checkReadable(text: string, file: string): void {
  try {
    readSnapshot(text, file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new ServiceError(
      `the responses do not result in a valid snapshot: ${error.message}`,
      error.remedy,
      {
        cause: error,
      },
    )
  }
}

/** Other line ends in a checkout are not a change. */
async function changedFiles(files: readonly Write[], folder: Folder): Promise<Write[]> {
  const changed: Write[] = []
  for (const each of files) {
    const text = await folder.readIfExists(each.file)
    if (text === undefined || withLf(text) !== withLf(each.text)) changed.push(each)
  }
  return changed
}
