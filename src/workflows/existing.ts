import type { Recording } from '../capture/recording.ts'
import { sha256 } from '../core/snapshot/canonical.ts'
import type { Found } from '../core/snapshot/read.ts'
import { readSnapshot, recordingFile } from '../core/snapshot/read.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { PlanOptions } from './capture-plan.ts'

/** The snapshot that a capture replaces, and what to report about it. */
export interface Existing {
  /** Undefined if there is none, or a damaged one that the capture replaces as a whole. */
  readonly found: Found | undefined
  readonly notes: readonly string[]
}

/**
 * Reads the snapshot that a capture replaces. A damaged snapshot is replaced only if the config
 * names everything that the new snapshot is to have.
 *
 * @throws InputError for any other file, and for a snapshot of a later schema version
 */
export async function readExisting(
  config: StreamConfig,
  options: PlanOptions,
  folder: Folder,
): Promise<Existing> {
  const file = config.snapshot
  const recording = recordingFile(file)
  const text = await folder.readIfExists(file)
  if (text === undefined) {
    await refuseOtherRecording(recording, folder)
    return { found: undefined, notes: [] }
  }
  try {
    const found = {
      snapshot: readSnapshot(text, file),
      recording: await folder.readSibling(recording),
    }
    return { found, notes: notesOnRecording(found, file, recording) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    if (!isDamagedSnapshot(text)) {
      const remedy = `Name another file: only a snapshot is replaced.`
      throw new InputError(error.message, remedy, { cause: error })
    }
    if (!namesAll(config, options)) {
      throw new InputError(
        error.message,
        `Restore it with git checkout ${file} ${recording}, or name its builds or --stream and its clouds to capture it anew.`,
        { cause: error },
      )
    }
    return { found: undefined, notes: [`${error.message}; replaced by a new snapshot`] }
  }
}

function namesAll(config: StreamConfig, { builds }: PlanOptions): boolean {
  const hasReleases =
    builds !== undefined || config.builds !== undefined || config.target !== undefined
  return config.clouds !== undefined && hasReleases
}

/** The snapshot of a recording, which has the time at which its content was first seen. */
export async function readSnapshotOf(
  recording: string,
  folder: Folder,
): Promise<Found | undefined> {
  const file = recording.replace(/\.recording\.json$/, '.json')
  try {
    const text = await folder.readIfExists(file)
    if (text === undefined) return undefined
    return { snapshot: readSnapshot(text, file), recording: await folder.readSibling(recording) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return undefined
  }
}

/** A machine that stopped between the two writes leaves the recording of another snapshot. */
function notesOnRecording(found: Found, file: string, recording: string): string[] {
  if (found.recording === undefined) return [`${recording}: no such file`]
  if (sha256(found.recording) === found.snapshot.recording.sha256) return []
  return [`${recording}: not the recording of ${file}`]
}

async function refuseOtherRecording(file: string, folder: Folder): Promise<void> {
  const text = await folder.readIfExists(file)
  if (text === undefined) return
  try {
    await parseRecording(text, file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const remedy = 'Name another snapshot: only a recording is replaced.'
    throw new InputError(error.message, remedy, { cause: error })
  }
}

async function parseRecording(text: string, file: string): Promise<Recording> {
  const { readRecording } = await import('../capture/recording.ts')
  return readRecording(text, file)
}

/** Also with the marks of a merge conflict. */
function isDamagedSnapshot(text: string): boolean {
  return ['schemaVersion', 'capturedAt', 'integrity', 'recording'].every((key) =>
    text.includes(`"${key}"`),
  )
}

export interface ReplaySource {
  readonly file: string
  readonly recording: Recording
}

/** @param replay a recording's file; empty for the snapshot's own */
export async function readReplay(
  replay: string | undefined,
  own: string,
  folder: Folder,
): Promise<ReplaySource | undefined> {
  if (replay === undefined) return undefined
  const file = replay || own
  return { file, recording: await parseRecording(await folder.read(file), file) }
}
