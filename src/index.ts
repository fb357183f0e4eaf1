/**
 * What the commands do, for programs: all of it takes and gives plain values, and reads no file,
 * environment or clock. What needs a cloud's SDK, the replay or a YAML printer loads it when called.
 *
 * Errors are `InputError`, `CheckFailure` and `ServiceError`; what a function may throw stands with
 * it. See docs/library.md.
 */

import type { Captured } from './capture/capture.ts'
import type { Recording } from './capture/recording.ts'
import type { CaptureRequest } from './capture/request.ts'
import type { Check, Evidence } from './capture/verify.ts'
import type { ConfigMap } from './core/audit/configmap.ts'
import type { ReadWorkspace } from './core/workspace/read.ts'

export { CheckFailure, InputError, ServiceError, UserError } from './errors.ts'

// What is looked for: criteria, the OCP minor, builds and where they are.

export {
  buildFolder,
  folderOf,
  isArchitecture,
  isMetaUrl,
  isRelease,
  readMetaUrl,
  type StreamPlace,
  type WantedBuild,
  wantedAgain,
} from './core/builds/locate.ts'
export type { AzureCriteria, AzurePlan, AzureSku, Criteria } from './core/criteria/criteria.ts'
export { BUILD_SERVERS, inferDistro } from './core/criteria/identity.ts'
export { decideOcp, type OcpDecision, type OcpSources } from './core/criteria/ocp-version.ts'
export { BUILT_IN, readCriteria } from './core/criteria/read.ts'
export { folderAround, isLoopback, liesIn } from './core/url.ts'
export { type MajorMinor, printMajorMinor, readMajorMinor } from './core/versions/major-minor.ts'

// What is found: a capture's request and result, the recording, the snapshot.

export type { Captured } from './capture/capture.ts'
export type { Access } from './capture/clouds/cloud.ts'
export { Shared } from './capture/http/shared.ts'
export type { Recording } from './capture/recording.ts'
export type { CaptureRequest } from './capture/request.ts'
export { compareAsNumbers } from './core/clouds/order.ts'
export { type Assembled, assemble, type Found } from './core/snapshot/assemble.ts'
export { canonicalJson } from './core/snapshot/canonical.ts'
export { recordingFile } from './core/snapshot/files.ts'
export { printSnapshot, readShape, readSnapshot, sealSnapshot } from './core/snapshot/read.ts'
export {
  ARCHITECTURES,
  type Architecture,
  type AzureImage,
  type AzureQuery,
  type Build,
  CLOUDS,
  type CloudName,
  capturedClouds,
  DEFAULT_CLOUD,
  getImages,
  getQueries,
  type Image,
  type ImageState,
  type Snapshot,
  type SnapshotContent,
  type StreamIdentity,
} from './core/snapshot/snapshot.ts'
export { GENERATOR, VERSION } from './version.ts'

// From a snapshot to a stream.

export { type Absence, Listings } from './core/changes/absence.ts'
export {
  type Change,
  type Comparison,
  compareInventories,
  losses,
  ofKinds,
} from './core/changes/changes.ts'
export {
  type Inventory,
  type Item,
  imageInventory,
  type Subject,
  selectionInventory,
  snapshotInventory,
  streamInventory,
} from './core/changes/inventory.ts'
export type { Entry } from './core/clouds/facts.ts'
export { printSlot, type Slot, type Wanted } from './core/clouds/slot.ts'
export { Loss, lossNames, Unmet } from './core/regenerate/refusals.ts'
export { type Job, type Regenerated, regenerate } from './core/regenerate/regenerate.ts'
export { GRADES, type Grade, REQUIREMENTS, type Requirement } from './core/selection/grade.ts'
export type { Candidate, Selection } from './core/selection/select.ts'
export { type Releases, selectImages } from './core/selection/selections.ts'
export type { LayoutName } from './core/stream/layouts.ts'
export type { ImageFile } from './core/stream/marketplace.ts'
export { MarketplaceFile } from './core/stream/marketplace-file.ts'
export { getReleases } from './core/stream/releases.ts'
export { isStream, readStream, type Stream } from './core/stream/stream.ts'

// A repository's streams.

export type { ReadWorkspace } from './core/workspace/read.ts'
export type { Builds, Workspace, WorkspaceStream } from './core/workspace/workspace.ts'

// Audits.

export type { Check, Evidence } from './capture/verify.ts'
export { type ListFilter, type Listing, listImages } from './core/audit/list/list.ts'
export {
  intolerable,
  measureSkew,
  plansBelow,
  SEVERITY,
  type Severity,
  type SlotSkew,
} from './core/audit/skew/skew.ts'
export {
  compareStreams,
  type Difference,
  isEqual,
  type StreamDiff,
  type StreamFiles,
} from './core/changes/streams.ts'
export type { Expected } from './core/clouds/facts.ts'
export { printDiffJson, printDiffMarkdown } from './show/diff.ts'
export { printSkewMarkdown } from './show/skew.ts'

// For those who use a stream.

export { bootImagesConfigMap, type ConfigMap, type NamedStream } from './core/audit/configmap.ts'
export { FACTS } from './core/clouds/index.ts'
export { chooseStream, type StreamWish } from './core/image/choose.ts'
export { type FoundImage, findImage, imageLag, type Lag } from './core/image/find.ts'
export { type ImageSource, readImageSource, type SourceStream } from './core/image/source.ts'

/**
 * Asks the clouds and the build server, or a recording of them. Of two captures at a time only one
 * may record, as the recorder hears all of the process's requests.
 *
 * @throws ServiceError at the first failure; then nothing was learned
 */
export async function capture(request: CaptureRequest): Promise<Captured> {
  return (await import('./capture/capture.ts')).capture(request)
}

/** Prints a recording as it is committed. */
export async function printRecording(recording: Recording): Promise<string> {
  return (await import('./capture/recording.ts')).printRecording(recording)
}

/** Reads a recording. @throws InputError for a text that is no list of exchanges */
export async function readRecording(text: string, file: string): Promise<Recording> {
  return (await import('./capture/recording.ts')).readRecording(text, file)
}

/** Checks a snapshot against itself and its recording; each check comes by its name. */
export async function verifySnapshot(evidence: Evidence): Promise<Check[]> {
  return (await import('./capture/verify.ts')).verifySnapshot(evidence)
}

/** Prints a manifest as YAML. */
export async function printConfigMap(map: ConfigMap): Promise<string> {
  return (await import('./show/configmap.ts')).printConfigMap(map)
}

/** Reads a workspace. @throws InputError, `FILE:LINE:COLUMN: …`, for what is none */
export async function readWorkspace(text: string, file: string): Promise<ReadWorkspace> {
  return (await import('./core/workspace/read.ts')).readWorkspace(text, file)
}
