/** The workflows of the commands as functions. See docs/library.md. */

import { resolve } from 'node:path'
import type { StreamDiff, StreamFiles } from './core/changes/streams.ts'
import { openFolder } from './files/folder.ts'
import type { CloudOptions } from './workflows/clouds.ts'
import type { UpdateContext } from './workflows/update.ts'

export {
  CheckFailure,
  InputError,
  LaterVersionError,
  MissingCredentials,
  ServiceError,
  UserError,
} from './errors.ts'
export { VERSION } from './version.ts'

export {
  BuildLoss,
  type CaptureContext,
  type CaptureOptions,
  type CaptureResult,
  captureStream as capture,
} from './workflows/capture.ts'
export {
  type RegenerateOptions,
  type Regeneration,
  regenerateStream as regenerate,
} from './workflows/regenerate.ts'
export { type Verification, verifyStream as verify } from './workflows/verify.ts'

/**
 * The changes between two versions of a stream's files, or between two snapshots: of builds and their
 * parts, slots, and listed images.
 */
export async function diff(before: StreamFiles, after: StreamFiles): Promise<StreamDiff> {
  const { compareStreams } = await import('./core/changes/streams.ts')
  const name = after.snapshot?.stream.name ?? before.snapshot?.stream.name ?? ''
  return compareStreams(name, before, after)
}

export interface ContextOptions extends Pick<UpdateContext, 'onProgress' | 'onWait'> {
  readonly env?: NodeJS.ProcessEnv
  /** Settings of the clouds by the names of options: `subscription`, `regions`. */
  readonly clouds?: CloudOptions
  readonly now?: () => Date
}

/** @param folder the folder that paths are relative to */
export function openContext(
  folder: string,
  { env = process.env, clouds = {}, now = () => new Date(), ...callbacks }: ContextOptions = {},
): UpdateContext {
  return {
    ...callbacks,
    folder: openFolder(resolve(folder), { env, stdin: () => process.stdin }),
    env,
    cloudOptions: clouds,
    now,
  }
}

export type { Check } from './capture/verify.ts'
export { type Absence, type Change, type Comparison, losses } from './core/changes/changes.ts'
export type { Item, Subject } from './core/changes/inventory.ts'
export type { StreamDiff, StreamFiles } from './core/changes/streams.ts'
export { printSlot, type Slot } from './core/clouds/facts.ts'
export { type Criteria, readCriteria } from './core/criteria/criteria.ts'
export { Loss, Unmet } from './core/regenerate/refusals.ts'
export type { Grade, Requirement, Selection } from './core/selection/select.ts'
export { type Releases, selectImages } from './core/selection/selections.ts'
export { printSnapshot, readSnapshot } from './core/snapshot/read.ts'
export type {
  Architecture,
  Build,
  CloudName,
  Image,
  Snapshot,
  StreamIdentity,
} from './core/snapshot/snapshot.ts'
export { getReleases, readStream, type Stream } from './core/stream/stream.ts'
export type { Builds, StreamConfig } from './core/workspace/workspace.ts'
