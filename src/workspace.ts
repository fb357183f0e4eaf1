/** The workflows on all streams of a `stream-snapshot.json`. See docs/library.md. */

import type { LockContext } from './workflows/locks.ts'
import { type OpenedWorkspace, openWorkspace as openIn } from './workflows/workspace.ts'

export type { Difference } from './core/changes/streams.ts'
export {
  type CheckedStream,
  type CheckResult,
  checkWorkspace,
} from './workflows/check.ts'
export { diffWorkspace, type WorkspaceDiffRequest } from './workflows/diff.ts'
export { StreamsRefused } from './workflows/regenerate.ts'
export type { Fault } from './workflows/settings.ts'
export {
  type StreamResult,
  type StreamUpdate,
  type UpdateOptions,
  type UpdateResult,
  updateStreams as updateWorkspace,
} from './workflows/update.ts'
export type { OpenedWorkspace } from './workflows/workspace.ts'

/** @throws InputError if there is no workspace file in the folder or above it, or an invalid one */
export function openWorkspace({ folder }: Pick<LockContext, 'folder'>): Promise<OpenedWorkspace> {
  return openIn(folder)
}
