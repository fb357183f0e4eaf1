/**
 * What the commands do, for programs: all of it takes and gives plain values, and reads no file,
 * environment or clock. What needs a cloud's SDK, the replay or a YAML printer loads it when called.
 *
 * Errors are `InputError`, `CheckFailure` and `ServiceError`; what a function may throw stands with
 * it. See docs/library.md.
 */

import type { Captured, CaptureRequest } from './capture/capture.ts'
import type { Recording } from './capture/recording.ts'
import type { ConfigMap } from './configmap/configmap.ts'
import type { Check, Evidence } from './verify/verify.ts'

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
} from './builds/locate.ts'
export { BUILD_SERVERS, distroOf, ocpOfStream } from './capture/identity.ts'
export type { AzureCriteria, AzurePlan, AzureSku, Criteria } from './criteria/criteria.ts'
export { BUILT_IN, readCriteria } from './criteria/read.ts'
export { type Minor, printMinor, readMinor } from './versions/minor.ts'

// What is found: a capture's request and result, the recording, the snapshot.

export type { Captured, CaptureRequest } from './capture/capture.ts'
export type { Recording } from './capture/recording.ts'
export type { Access } from './clouds/types.ts'
export { type Assembled, assemble, type Found } from './snapshot/assemble.ts'
export { canonicalJson } from './snapshot/canonical.ts'
export { recordingFile } from './snapshot/files.ts'
export { printSnapshot, readShape, readSnapshot, sealSnapshot } from './snapshot/read.ts'
export {
  ARCHITECTURES,
  type Architecture,
  type AzureImage,
  type AzureQuery,
  type Build,
  CLOUDS,
  type CloudName,
  cloudsOf,
  type Image,
  type ImageState,
  imagesOf,
  queriesOf,
  type Snapshot,
  type SnapshotContent,
  type StreamIdentity,
} from './snapshot/snapshot.ts'
export { GENERATOR, VERSION } from './version.ts'

// From a snapshot to a stream.

export { type Entry, LAYOUTS, type LayoutName } from './layouts/layout.ts'
export { MarketplaceFile } from './layouts/marketplace-file.ts'
export { type Job, Refusal, type Regenerated, regenerate } from './regenerate/regenerate.ts'
export type { Change } from './regenerate/regression.ts'
export { type Releases, selectImages } from './regenerate/selections.ts'
export { GRADES, type Grade, REQUIREMENTS, type Requirement } from './selection/grade.ts'
export type { Candidate, Selection } from './selection/select.ts'
export { printSlot, type Slot, type Wanted } from './selection/slot.ts'
export { releasesOf } from './stream/releases.ts'
export { readStream, type Stream } from './stream/stream.ts'

// Audits.

export { diffSnapshots, emptied, isEqual, type SnapshotDiff } from './diff/diff.ts'
export { printDiffJson } from './diff/json.ts'
export { printDiffMarkdown } from './diff/markdown.ts'
export type { HistoryEvent } from './history/events.ts'
export { type HistoryVersion, historyOf, type Version, type Window } from './history/history.ts'
export { type ListFilter, type Listing, listImages } from './list/list.ts'
export type { Expected } from './skew/expected.ts'
export { printSkewMarkdown } from './skew/markdown.ts'
export { intolerable, SEVERITY, type Severity, type SlotSkew, skewOf } from './skew/skew.ts'
export type { Check, Evidence } from './verify/verify.ts'

// For those who use a stream.

export { bootImagesConfigMap, type ConfigMap, type NamedStream } from './configmap/configmap.ts'
export type { ImageSource } from './image/available.ts'
export { type FoundImage, findImage, type ImageQuestion } from './image/find.ts'
export { imageId } from './image/id.ts'
export { readImageSource } from './image/read.ts'

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
  return (await import('./verify/verify.ts')).verifySnapshot(evidence)
}

/** Prints a manifest as YAML. */
export async function printConfigMap(map: ConfigMap): Promise<string> {
  return (await import('./configmap/yaml.ts')).printConfigMap(map)
}
