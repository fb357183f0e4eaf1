/**
 * The workspace around a folder for programs: what `update` and `check` do, as results. Errors are
 * those of the library.
 */

import { resolve } from 'node:path'
import { type Folder, openFolder } from './files/folder.ts'
import { checkWorkspace as check, faultsOf } from './workflows/check.ts'
import type { CloudOptions } from './workflows/clouds.ts'
import { type UpdateContext, type UpdateOptions, updateStreams } from './workflows/update.ts'
import { type OpenedWorkspace, openWorkspace as openIn } from './workflows/workspace.ts'

export type { UpdateOptions, UpdateResult } from './workflows/update.ts'
export type { OpenedWorkspace } from './workflows/workspace.ts'

/** What an update has around it. */
export interface UpdateSurroundings
  extends Pick<UpdateContext, 'onStream' | 'onProgress' | 'onWait'> {
  /** Where the clouds are, by the names of the command line's options. */
  readonly clouds?: CloudOptions
  /** The environment with the credentials; by default that of the process. */
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Captures and regenerates the streams of the workspace around a folder, and writes all of their
 * files or none.
 *
 * @throws UserError that names the stream; then no file was changed
 */
export function updateWorkspace(
  folder: string,
  options: UpdateOptions = {},
  { clouds = {}, env = process.env, ...callbacks }: UpdateSurroundings = {},
): ReturnType<typeof updateStreams> {
  return updateStreams(options, {
    ...callbacks,
    folder: open(folder, env),
    now: () => new Date(),
    env,
    cloudOptions: clouds,
  })
}

/**
 * Checks that the snapshots and files of the workspace around a folder belong together, offline.
 *
 * @param streams by name; none for all
 * @returns what is wrong, a line each; none where every check holds
 */
export async function checkWorkspace(
  folder: string,
  streams: readonly string[] = [],
): Promise<readonly string[]> {
  const result = await check(streams, open(folder))
  return faultsOf(result).map(({ message }) => message)
}

/** @throws InputError if there is no workspace around the folder, or if it is invalid */
export function openWorkspace(folder: string): Promise<OpenedWorkspace> {
  return openIn(open(folder))
}

function open(folder: string, env: NodeJS.ProcessEnv = process.env): Folder {
  return openFolder(resolve(folder), { env, stdin: () => process.stdin })
}
