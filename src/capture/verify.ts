import { wantedAgain } from '../core/builds/locate.ts'
import { isSameContent } from '../core/snapshot/assemble.ts'
import { canonicalJson, sha256, withLf } from '../core/snapshot/canonical.ts'
import { isIntact, printSnapshot, readShape } from '../core/snapshot/read.ts'
import { capturedClouds, type Snapshot, type SnapshotContent } from '../core/snapshot/snapshot.ts'
import { readMajorMinor } from '../core/versions/major-minor.ts'
import { LaterVersionError, UserError } from '../errors.ts'
import { findId, findSecret } from '../secrets.ts'
import { capture } from './capture.ts'
import { exchangeKey, type Recording, readRecording } from './recording.ts'
import type { CaptureRequest } from './request.ts'

/** The two files of a capture. */
export interface Evidence {
  readonly file: string
  readonly text: string
  readonly recordingFile: string
  /** Undefined where the file is missing. */
  readonly recordingText: string | undefined
}

/** The result of one check. */
export interface Check {
  readonly name: CheckName
  /** What is wrong; absent if the check passed. */
  readonly fault?: string
  /** What to do, if that depends on the fault. */
  readonly remedy?: string
  /** Set if the check depends on one that failed. */
  readonly skipped?: true
}

const CHECKS = ['schema', 'integrity', 'form', 'recording', 'replay', 'secrets'] as const
export type CheckName = (typeof CHECKS)[number] | 'target'

/** The checks of a snapshot, and the snapshot itself if it could be read. */
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
  const [schema, snapshot] = attempt('schema', () => readShape(text, file))
  const secrets = checkSecrets(evidence, snapshot)
  if (snapshot === undefined) return { checks: [schema, ...skip(CHECKS.slice(1, -1)), secrets] }
  const recording = checkRecording(evidence, snapshot)
  const replay: Check =
    recording.fault === undefined
      ? await checkReplay(evidence, snapshot)
      : { name: 'replay', skipped: true }
  const checks = [
    schema,
    check('integrity', isIntact(snapshot), 'the content was changed after the capture'),
    check(
      'form',
      printSnapshot(snapshot) === withLf(text),
      'not formatted as a capture formats it',
    ),
    recording,
    replay,
    secrets,
  ]
  return { checks, snapshot }
}

/** The checks of a snapshot that is not text of JSON, such as one with conflict markers. */
export function verifyUnreadable({ message, remedy }: UserError): Verified {
  const schema: Check = { name: 'schema', fault: message, ...(remedy !== undefined && { remedy }) }
  return { checks: [schema, ...skip(CHECKS.slice(1))] }
}

function skip(names: readonly CheckName[]): Check[] {
  return names.map((name) => ({ name, skipped: true }))
}

/** The checks of `verifyEvidence`. */
export async function verifySnapshot(evidence: Evidence): Promise<Check[]> {
  return [...(await verifyEvidence(evidence)).checks]
}

function check(name: CheckName, holds: boolean, fault: string): Check {
  return holds ? { name } : { name, fault }
}

/** A check that passes if nothing is thrown; internal errors are thrown on. */
function attempt<T>(name: CheckName, work: () => T): [Check, T | undefined] {
  try {
    return [{ name }, work()]
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
    return [{ name, fault: error.message }, undefined]
  }
}

function checkRecording(
  { recordingFile, recordingText }: Evidence,
  { recording }: Snapshot,
): Check {
  const name = 'recording'
  const beside = recordingFile.split(/[\\/]/).at(-1)
  if (beside !== recording.file) {
    return { name, fault: `the snapshot names ${recording.file}, expected ${beside}` }
  }
  if (recordingText === undefined) return { name, fault: `${recordingFile}: no such file` }
  return check(
    name,
    sha256(recordingText) === recording.sha256,
    `${recordingFile}: its SHA-256 digest is not the one in the snapshot`,
  )
}

/** Repeats the capture with the responses of the recording. */
async function checkReplay(
  { recordingFile, recordingText }: Evidence,
  snapshot: Snapshot,
): Promise<Check> {
  const name = 'replay'
  if (recordingText === undefined) return { name, skipped: true }
  try {
    const exchanges = readRecording(recordingText, recordingFile)
    const { content, recording } = await capture(replayOf(snapshot, exchanges))
    if (!isSameContent(content, snapshot)) {
      return { name, fault: 'a replay of the recording results in another snapshot' }
    }
    const fault = differenceOf(exchanges, recording)
    return fault === undefined ? { name } : { name, fault: `${recordingFile}: ${fault}` }
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof LaterVersionError) throw error
    return { name, fault: error.message }
  }
}

/** Why a recording is not what a capture would keep of it; undefined where it is. */
function differenceOf(exchanges: Recording, kept: Recording): string | undefined {
  const keys = new Set(kept.map(exchangeKey))
  const idle = exchanges.findIndex((each) => !keys.has(exchangeKey(each)))
  if (idle >= 0) return `[${idle}]: not a response of this capture`
  const wrong = exchanges.findIndex((each, at) => canonicalJson(each) !== canonicalJson(kept[at]))
  if (wrong < 0 && exchanges.length === kept.length) return undefined
  return `[${Math.max(wrong, 0)}]: not as a capture records it, or not in its order`
}

/** The request that a snapshot is the answer to, to be answered by a recording. */
export function replayOf(snapshot: SnapshotContent, replay: Recording): CaptureRequest {
  const { stream, criteria } = snapshot
  const access = { live: false, timeout: 30_000 } as const
  return {
    stream,
    criteria,
    ocp: stream.ocp === null ? undefined : readMajorMinor(stream.ocp),
    clouds: Object.fromEntries(capturedClouds(snapshot).map((cloud) => [cloud, access])),
    builds: wantedAgain(snapshot.builds),
    timeout: access.timeout,
    concurrency: 8,
    replay,
    isSearched: true,
  }
}

/** Ids in there are no one's who captured: what was asked for, and what a build server shows. */
function publishedBy({ criteria, builds }: Snapshot): string {
  return JSON.stringify([criteria, builds])
}

function checkSecrets(
  { file, text, recordingFile, recordingText }: Evidence,
  snapshot: Snapshot | undefined,
): Check {
  const files = [
    [file, text],
    [recordingFile, recordingText ?? ''],
  ] as const
  for (const [name, content] of files) {
    const found = findSecret(content) ?? (snapshot && findId(content, publishedBy(snapshot)))
    if (found !== undefined) return { name: 'secrets', fault: `${name} contains ${found}` }
  }
  return { name: 'secrets' }
}
