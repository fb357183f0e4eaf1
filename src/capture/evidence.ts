import { isSameContent } from '../core/snapshot/assemble.ts'
import type { SnapshotContent } from '../core/snapshot/snapshot.ts'
import { CheckFailure, UserError } from '../errors.ts'
import { capture } from './capture.ts'
import type { Recording } from './recording.ts'
import { replayOf } from './verify.ts'

/**
 * Those exchanges of a recording that a part of its snapshot was made of, found by making that part
 * again.
 *
 * @param file the recording's name, for errors
 * @throws CheckFailure where the recording does not give that part
 */
export async function evidenceOf(
  part: SnapshotContent,
  recording: Recording,
  file: string,
): Promise<Recording> {
  const remedy = 'Capture all of it again, or take out with --drop what is not asked for.'
  try {
    const { content, recording: used } = await capture(replayOf(part, recording))
    if (isSameContent(content, part)) return used
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new CheckFailure(`${file}: ${error.message}`, remedy, { cause: error })
  }
  throw new CheckFailure(`${file}: does not give what is to stay in the snapshot`, remedy)
}
