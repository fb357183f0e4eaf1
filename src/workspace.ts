/**
 * The workflows on a workspace, for programs: all streams of a `stream-snapshot.json`. Errors are
 * those of `stream-snapshot`; a context comes from its `openContext`.
 */

import type { Difference } from './core/changes/streams.ts'
import type { CheckResult } from './workflows/check.ts'
import type { WorkspaceDiffRequest } from './workflows/diff.ts'
import type { LockContext } from './workflows/locks.ts'
import { type OpenedWorkspace, openWorkspace as openIn } from './workflows/workspace.ts'

export type { Difference } from './core/changes/streams.ts'
export type { CheckedStream, CheckResult, Fault } from './workflows/check.ts'
export type { WorkspaceDiffRequest } from './workflows/diff.ts'
export { StreamsRefused } from './workflows/regenerate.ts'
export {
  type StreamResult,
  type StreamUpdate,
  type UpdateOptions,
  type UpdateResult,
  updateStreams as updateWorkspace,
} from './workflows/update.ts'
export type { OpenedWorkspace } from './workflows/workspace.ts'

/**
 * Verifies the snapshots and files of streams of the workspace, offline.
 *
 * @param names of streams; none for all, with a search for unused snapshots
 */
export async function checkWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  names: readonly string[] = [],
): Promise<CheckResult> {
  const { checkWorkspace: check } = await import('./workflows/check.ts')
  return check(names, folder)
}

/**
 * The changes of the workspace since a revision of git.
 *
 * @throws InputError for a file or a revision that cannot be read
 */
export async function diffWorkspace(
  { folder }: Pick<LockContext, 'folder'>,
  request: WorkspaceDiffRequest = {},
): Promise<Difference> {
  const { diffWorkspace: compare } = await import('./workflows/diff.ts')
  return compare(folder, request)
}

/** @throws InputError if there is no workspace file in the folder or above it, or an invalid one */
export function openWorkspace({ folder }: Pick<LockContext, 'folder'>): Promise<OpenedWorkspace> {
  return openIn(folder)
}
