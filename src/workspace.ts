/**
 * What `update` and `check` do, for programs: of the workspace around a folder, with its files. Errors
 * are those of the library.
 */
import { ASKING } from './commands/capture-options.ts'
import { checkStreams } from './commands/check.ts'
import { openTerminal } from './commands/line/terminal.ts'
import { type UpdateArgs, updateStreams } from './commands/update.ts'

export { type OpenedWorkspace, openWorkspace } from './commands/workspace.ts'

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
  const terminal = { ...openTerminal({ quiet: true }), say: onLine, warn: onLine }
  await updateStreams({ ...ASKING, ...options, WORDS: words }, terminal, folder)
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
  return (await checkStreams(streams, folder)).faults
}
