import { wantedAgain } from '../core/builds/locate.ts'
import { BUILT_IN } from '../core/criteria/criteria.ts'
import { canonicalJson, sha256, withLf } from '../core/snapshot/canonical.ts'
import { isIntact, isSameContent, printSnapshot, readShape } from '../core/snapshot/read.ts'
import {
  capturedClouds,
  queriedRegions,
  type Snapshot,
  type SnapshotContent,
} from '../core/snapshot/snapshot.ts'
import { isStream } from '../core/stream/stream.ts'
import { readMajorMinor } from '../core/versions/version.ts'
import { CheckFailure, LaterVersionError, UserError } from '../errors.ts'
import { findSecret } from '../secrets.ts'
import { type CaptureRequest, capture } from './capture.ts'
import { getExchangeKey, type Recording, readRecording } from './recording.ts'

interface Evidence {
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
type CheckName = (typeof CHECKS)[number] | 'target'

interface Verified {
  readonly checks: readonly Check[]
  readonly snapshot?: Snapshot
}

export async function verifyEvidence(evidence: Evidence): Promise<Verified> {
  const { text, file } = evidence
  let snapshot: Snapshot
  try {
    snapshot = readShape(text, file)
  } catch (error) {
    const secrets = check('secrets', findSecrets(evidence, undefined))
    const remedy = isStream(text)
      ? `Verify it with its snapshot: stream-snapshot verify SNAPSHOT --target ${file}`
      : undefined
    const schema = { ...check('schema', getFault(error)), remedy }
    return { checks: [schema, ...skip(CHECKS.slice(1, -1)), secrets] }
  }
  const isFormatted = printSnapshot(snapshot) === withLf(text)
  const recordingFault = findRecordingFault(evidence, snapshot)
  const isRenamed =
    recordingFault !== undefined &&
    sha256(evidence.recordingText ?? '') === snapshot.recording.sha256
  const checks = [
    check('schema'),
    check(
      'integrity',
      isIntact(snapshot, text) ? undefined : 'the content was changed after the capture',
    ),
    check('form', isFormatted ? undefined : 'not in the format that capture writes'),
    {
      ...check('recording', recordingFault),
      ...(isRenamed && { remedy: `Run stream-snapshot capture ${file} --replay.` }),
    },
    ...(recordingFault === undefined
      ? [check('replay', await findReplayFault(evidence, snapshot))]
      : skip(['replay'])),
    check('secrets', findSecrets(evidence, snapshot)),
  ]
  return { checks, snapshot }
}

/** @param failed the check that an unreadable file fails; the others depend on it */
export function verifyUnreadable(
  { message, remedy }: UserError,
  failed: 'schema' | 'recording',
): Verified {
  const fault = { name: failed, fault: message, remedy }
  return { checks: CHECKS.flatMap((name) => (name === failed ? [fault] : skip([name]))) }
}

function skip(names: readonly CheckName[]): Check[] {
  return names.map((name) => ({ name, skipped: true }))
}

function check(name: CheckName, fault?: string): Check {
  return fault === undefined ? { name } : { name, fault }
}

function getFault(error: unknown): string {
  if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
  return error.message
}

function findRecordingFault(
  { recordingFile, recordingText }: Evidence,
  { recording }: Snapshot,
): string | undefined {
  const name = recordingFile.split(/[\\/]/).at(-1)
  if (name !== recording.file) return `the snapshot names ${recording.file}, expected ${name}`
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
    const { content, recording } = await capture(toReplay(snapshot, exchanges))
    if (!isSameContent(content, snapshot)) {
      return 'the recording does not produce this snapshot'
    }
    const keys = new Set(recording.map(getExchangeKey))
    const unused = exchanges.findIndex((each) => !keys.has(getExchangeKey(each)))
    if (unused >= 0) return `${recordingFile}: [${unused}]: not a response of this capture`
    const wrong = exchanges.findIndex(
      (each, at) => canonicalJson(each) !== canonicalJson(recording[at]),
    )
    if (wrong < 0 && exchanges.length === recording.length) return undefined
    return `${recordingFile}: [${Math.max(wrong, 0)}]: not in the form or the order that capture records`
  } catch (error) {
    return getFault(error)
  }
}

export function toReplay(snapshot: SnapshotContent, replay: Recording): CaptureRequest {
  const { stream, criteria } = snapshot
  const clouds = capturedClouds(snapshot)
  const regions = clouds.flatMap((cloud) => queriedRegions(snapshot, cloud))
  return {
    stream,
    criteria,
    ocp: stream.ocp === null ? undefined : readMajorMinor(stream.ocp),
    clouds,
    queriesRegion: (region) => regions.includes(region),
    builds: wantedAgain(snapshot.builds),
    timeout: 30_000,
    concurrency: 8,
    replay,
    isSearched: true,
  }
}

/**
 * Replays a content.
 * @returns the exchanges that were used
 * @throws UserError if the content does not follow from the recording
 */
export async function replayEvidence(
  content: SnapshotContent,
  recording: Recording,
): Promise<Recording> {
  const replayed = await capture(toReplay(content, recording))
  if (isSameContent(replayed.content, content)) return replayed.recording
  throw new CheckFailure('the recording does not contain all parts of the snapshot')
}

function findSecrets(
  { file, text, recordingFile, recordingText = '' }: Evidence,
  snapshot: Snapshot | undefined,
): string | undefined {
  // Ids in the criteria and the builds are public. The recording may be of another capture.
  const published = snapshot && JSON.stringify([snapshot.criteria, snapshot.builds, BUILT_IN])
  const texts = { [file]: text, [recordingFile]: recordingText }
  for (const [name, content] of Object.entries(texts)) {
    const found = findSecret(content, { published })
    if (found) return `${name} contains ${found}`
  }
  return undefined
}
