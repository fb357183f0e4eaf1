/**
 * What `update` and `check` do, for programs: of the workspace around a folder, with its files. Errors
 * are those of the library.
 */

import { resolve } from 'node:path'
import { ASKING } from './commands/capture-options.ts'
import { checkStreams } from './commands/check.ts'
import { openTerminal } from './commands/line/terminal.ts'
import { type UpdateArgs, updateStreams } from './commands/update.ts'
import { type OpenedWorkspace, openWorkspace as openIn } from './commands/workspace.ts'
import { openFolder } from './files/folder.ts'
import { type Io, processIo } from './io.ts'

export type { OpenedWorkspace } from './commands/workspace.ts'

export interface UpdateOptions {
  /** As on the command line: names of streams, behind one its `VERSION` or `ARCH=VERSION`. */
  readonly words?: readonly string[]
  /** Any other option of `update`, by its name there. */
  readonly options?: Partial<Omit<UpdateArgs, 'WORDS'>>
  /** Hears what the command line would say. */
  readonly onLine?: (line: string) => void
}

/**
 * Captures and regenerates the streams of the workspace around a folder, all of them or none.
 *
 * @throws InputError, CheckFailure or ServiceError that names the stream; then no file was touched
 */
export async function updateWorkspace(folder: string, update: UpdateOptions = {}): Promise<void> {
  const { words = [], options, onLine = () => undefined } = update
  const io = ioAt(folder)
  const terminal = { ...openTerminal(io, { quiet: true }), say: onLine, warn: onLine }
  await updateStreams({ ...ASKING, ...options, WORDS: words }, { ...io, terminal })
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
  return (await checkStreams(streams, ioAt(folder).folder)).faults
}

/** @throws InputError if there is no workspace around the folder, or if it is invalid */
export function openWorkspace(folder: string): Promise<OpenedWorkspace> {
  return openIn(ioAt(folder).folder)
}

function ioAt(folder: string): Io {
  const io = processIo()
  return {
    ...io,
    folder: openFolder(resolve(folder), { env: io.env, stdin: () => process.stdin }),
  }
}
