/**
 * The workflows of the commands, for programs. Files and credentials come from a context; results are
 * plain values. See docs/library.md.
 */

import type { StreamDiff, StreamFiles } from './core/changes/streams.ts'

export {
  CheckFailure,
  InputError,
  LaterVersionError,
  MissingCredentials,
  ServiceError,
  UserError,
} from './errors.ts'
export { VERSION } from './version.ts'

// The workflows.

export {
  BuildLoss,
  type CaptureContext,
  type CaptureOptions,
  type CaptureResult,
  captureStream as capture,
} from './workflows/capture.ts'
export { type ContextOptions, openContext } from './workflows/context.ts'
export {
  type RegenerateOptions,
  type Regeneration,
  regenerateStream as regenerate,
} from './workflows/regenerate.ts'
export { type Verification, verifyStream as verify } from './workflows/verify.ts'

/**
 * The changes from one version of a stream's files to another, or from one snapshot to another: of
 * builds and their parts, slots, and listed images.
 */
export async function diff(before: StreamFiles, after: StreamFiles): Promise<StreamDiff> {
  const { compareStreams } = await import('./core/changes/streams.ts')
  const name = after.snapshot?.stream.name ?? before.snapshot?.stream.name ?? ''
  return compareStreams(name, before, after)
}

// The values that they take and return.

export type { Check } from './capture/verify.ts'
export type { Absence } from './core/changes/changes.ts'
export { type Change, type Comparison, losses } from './core/changes/changes.ts'
export type { Item, Subject } from './core/changes/inventory.ts'
export type { StreamDiff, StreamFiles } from './core/changes/streams.ts'
export { printSlot, type Slot } from './core/clouds/slot.ts'
export type { Criteria } from './core/criteria/criteria.ts'
export { readCriteria } from './core/criteria/criteria.ts'
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
