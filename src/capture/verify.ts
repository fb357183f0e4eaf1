import { wantedAgain } from '../core/builds/locate.ts'
import { isSameContent } from '../core/snapshot/assemble.ts'
import { canonicalJson, sha256, withLf } from '../core/snapshot/canonical.ts'
import { isIntact, printSnapshot, readShape } from '../core/snapshot/read.ts'
import { capturedClouds, type Snapshot, type SnapshotContent } from '../core/snapshot/snapshot.ts'
import { readMajorMinor } from '../core/versions/major-minor.ts'
import { UserError } from '../errors.ts'
import { findId, findSecret } from '../secrets.ts'
import { capture } from './capture.ts'
import { exchangeKey, type Recording, readRecording } from './recording.ts'
import type { CaptureRequest } from './request.ts'

/** The two files of a capture, as they are on the disk. */
export interface Evidence {
  readonly file: string
  readonly text: string
  readonly recordingFile: string
  /** Undefined where the file is missing. */
  readonly recordingText: string | undefined
}

/** One check's outcome. */
export interface Check {
  readonly name: CheckName
  /** What is wrong; absent where the check holds. */
  readonly fault?: string
  /** What to do about it, where that is not the same for each fault of the check. */
  readonly remedy?: string
  /** Set where an earlier fault leaves nothing to check. */
  readonly skipped?: true
}

const CHECKS = ['schema', 'integrity', 'form', 'recording', 'replay', 'secrets'] as const
export type CheckName = (typeof CHECKS)[number] | 'target'

/**
 * Checks a snapshot against itself and its recording: that it fits the schema, that nobody changed
 * its content or its form, that the recording is the one it was made of, that a replay of it gives
 * the same snapshot, and that neither file holds a secret.
 */
export async function verifySnapshot(evidence: Evidence): Promise<Check[]> {
  const { text, file } = evidence
  const [schema, snapshot] = attempt('schema', () => readShape(text, file))
  const secrets = checkSecrets(evidence, snapshot)
  if (snapshot === undefined) {
    const skipped = CHECKS.filter((name) => name !== 'schema' && name !== 'secrets')
    return [schema, ...skipped.map((name) => ({ name, skipped: true }) as const), secrets]
  }
  const recording = checkRecording(evidence, snapshot)
  return [
    schema,
    check('integrity', isIntact(text, snapshot), 'the content was changed after the capture'),
    check(
      'form',
      printSnapshot(snapshot) === withLf(text),
      'the file is not formatted as a capture writes it',
    ),
    recording,
    await checkReplay(evidence, snapshot),
    secrets,
  ]
}

function check(name: CheckName, holds: boolean, fault: string): Check {
  return holds ? { name } : { name, fault }
}

/** A check that holds when nothing is thrown; a fault of ours is thrown on. */
function attempt<T>(name: CheckName, work: () => T): [Check, T | undefined] {
  try {
    return [{ name }, work()]
  } catch (error) {
    if (!(error instanceof UserError)) throw error
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
    `${recordingFile}: its SHA-256 is not the one that the snapshot names`,
  )
}

/** Asks again for what the snapshot asked, answered by the recording. */
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
      return { name, fault: 'a replay of the recording gives another snapshot' }
    }
    const fault = differenceOf(exchanges, recording)
    return fault === undefined ? { name } : { name, fault: `${recordingFile}: ${fault}` }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { name, fault: error.message }
  }
}

/** Why a recording is not what a capture would keep of it; undefined where it is. */
function differenceOf(exchanges: Recording, kept: Recording): string | undefined {
  const keys = new Set(kept.map(exchangeKey))
  const idle = exchanges.findIndex((each) => !keys.has(exchangeKey(each)))
  if (idle >= 0) return `[${idle}]: nobody asks for it, expected the answers of the capture alone`
  const wrong = exchanges.findIndex((each, at) => canonicalJson(each) !== canonicalJson(kept[at]))
  if (wrong < 0 && exchanges.length === kept.length) return undefined
  return `[${Math.max(wrong, 0)}]: not what a capture keeps of it, or not in its place`
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
    if (found !== undefined) return { name: 'secrets', fault: `${name} holds ${found}` }
  }
  return { name: 'secrets' }
}
