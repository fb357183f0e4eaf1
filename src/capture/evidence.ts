import { isSameContent } from '../core/snapshot/assemble.ts'
import type { SnapshotContent } from '../core/snapshot/snapshot.ts'
import { CheckFailure } from '../errors.ts'
import { capture } from './capture.ts'
import type { Recording } from './recording.ts'
import { replayOf } from './verify.ts'

/**
 * The exchanges of a recording that a content follows from, found by a replay of the whole content.
 *
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
