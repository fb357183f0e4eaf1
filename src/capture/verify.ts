import { wantedAgain } from '../core/builds/locate.ts'
import { canonicalJson, sha256, withLf } from '../core/snapshot/canonical.ts'
import { isIntact, isSameContent, printSnapshot, readShape } from '../core/snapshot/read.ts'
import { capturedClouds, type Snapshot, type SnapshotContent } from '../core/snapshot/snapshot.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import { CheckFailure, LaterVersionError, UserError } from '../errors.ts'
import { findSecret } from '../secrets.ts'
import { type CaptureRequest, capture } from './capture.ts'
import { exchangeKey, type Recording, readRecording } from './recording.ts'

export interface Evidence {
  readonly file: string
  readonly text: string
  readonly recordingFile: string
  readonly recordingText: string | undefined
}

export interface Check {
  readonly name: CheckName
  readonly fault?: string | undefined
  readonly remedy?: string | undefined
  /** Set if the check depends on one that failed. */
  readonly skipped?: true
}

const CHECKS = ['schema', 'integrity', 'form', 'recording', 'replay', 'secrets'] as const
export type CheckName = (typeof CHECKS)[number] | 'target'

export interface Verified {
  readonly checks: readonly Check[]
  readonly snapshot?: Snapshot
}

/**
 * Verifies a snapshot and its recording: the schema, the digests, the form, a replay that reproduces
 * the snapshot, and the absence of secrets.
 */
export async function verifyEvidence(evidence: Evidence): Promise<Verified> {
  const { text, file } = evidence
  let snapshot: Snapshot
  try {
    snapshot = readShape(text, file)
  } catch (error) {
    const secrets = check('secrets', findSecrets(evidence, undefined))
    return { checks: [check('schema', faultOf(error)), ...skip(CHECKS.slice(1, -1)), secrets] }
  }
  const isForm = printSnapshot(snapshot) === withLf(text)
  const recording = findRecordingFault(evidence, snapshot)
  const checks = [
    check('schema', undefined),
    check(
      'integrity',
      isIntact(snapshot) ? undefined : 'the content was changed after the capture',
    ),
    check('form', isForm ? undefined : 'not formatted as a capture formats it'),
    check('recording', recording),
    ...(recording === undefined
      ? [check('replay', await findReplayFault(evidence, snapshot))]
      : skip(['replay'])),
    check('secrets', findSecrets(evidence, snapshot)),
  ]
  return { checks, snapshot }
}

export function verifyUnreadable({ message, remedy }: UserError): Verified {
  return { checks: [{ name: 'schema', fault: message, remedy }, ...skip(CHECKS.slice(1))] }
}

function skip(names: readonly CheckName[]): Check[] {
  return names.map((name) => ({ name, skipped: true }))
}

function check(name: CheckName, fault: string | undefined): Check {
  return fault === undefined ? { name } : { name, fault }
}

function faultOf(error: unknown): string {
  if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
  return error.message
}

function findRecordingFault(
  { recordingFile, recordingText }: Evidence,
  { recording }: Snapshot,
): string | undefined {
  const own = recordingFile.split(/[\\/]/).at(-1)
  if (own !== recording.file) return `the snapshot names ${recording.file}, expected ${own}`
  if (recordingText === undefined) return `${recordingFile}: no such file`
  if (sha256(recordingText) === recording.sha256) return undefined
  return `${recordingFile}: its SHA-256 digest is not the one in the snapshot`
}

async function findReplayFault(
  { recordingFile, recordingText = '' }: Evidence,
  snapshot: Snapshot,
): Promise<string | undefined> {
  try {
    const exchanges = readRecording(recordingText, recordingFile)
    const { content, recording } = await capture(replayOf(snapshot, exchanges))
    if (!isSameContent(content, snapshot)) {
      return 'a replay of the recording results in another snapshot'
    }
    const keys = new Set(recording.map(exchangeKey))
    const unused = exchanges.findIndex((each) => !keys.has(exchangeKey(each)))
    if (unused >= 0) return `${recordingFile}: [${unused}]: not a response of this capture`
    const wrong = exchanges.findIndex(
      (each, at) => canonicalJson(each) !== canonicalJson(recording[at]),
    )
    if (wrong < 0 && exchanges.length === recording.length) return undefined
    return `${recordingFile}: [${Math.max(wrong, 0)}]: not as a capture records it, or not in its order`
  } catch (error) {
    return faultOf(error)
  }
}

export function replayOf(snapshot: SnapshotContent, replay: Recording): CaptureRequest {
  const { stream, criteria } = snapshot
  return {
    stream,
    criteria,
    ocp: stream.ocp === null ? undefined : readMajorMinor(stream.ocp),
    clouds: capturedClouds(snapshot),
    builds: wantedAgain(snapshot.builds),
    timeout: 30_000,
    concurrency: 8,
    replay,
    isSearched: true,
  }
}

/**
 * The exchanges of a recording that a content follows from, found by a replay of the whole content.
 * @throws UserError if the content does not follow from the recording
 */
export async function evidenceFor(
  content: SnapshotContent,
  recording: Recording,
): Promise<Recording> {
  const replayed = await capture(replayOf(content, recording))
  if (isSameContent(replayed.content, content)) return replayed.recording
  throw new CheckFailure('the recording does not contain all parts of the snapshot')
}

function findSecrets(
  { file, text, recordingFile, recordingText = '' }: Evidence,
  snapshot: Snapshot | undefined,
): string | undefined {
  // Ids in the criteria and the builds are public.
  const published = snapshot && JSON.stringify([snapshot.criteria, snapshot.builds])
  const searched = [
    [file, text],
    [recordingFile, recordingText],
  ] as const
  for (const [name, content] of searched) {
    const found = findSecret(content, { published })
    if (found) return `${name} contains ${found}`
  }
  return undefined
}
