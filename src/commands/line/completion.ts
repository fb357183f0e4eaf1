import { WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { UserError } from '../../errors.ts'
import type { Folder } from '../../files/folder.ts'
import { openWorkspace } from '../../workflows/workspace.ts'
import { COMMANDS } from '../index.ts'

/** The argument by which a shell requests completions of the words behind it. */
export const REQUEST = '--get-yargs-completions'

type Complete = (
  word: string,
  argv: unknown,
  completeByYargs: (onCompleted: (error: Error | null, words?: string[]) => void) => unknown,
  done: (words: string[]) => void,
) => void

/**
 * Completes options once a hyphen is typed, the values of options that have a list of them, and the
 * names of streams. If nothing fits, the shell completes file names.
 *
 * @param streams the names of the workspace's streams
 */
export function completer(words: readonly string[], streams: readonly string[]): Complete {
  return (word, _, completeByYargs, done) => {
    const values = optionValues(words)
    if (values !== undefined) return done(values.filter((each) => each.startsWith(word)))
    const command = COMMANDS.find(({ name }) => words.includes(name))
    const names = command?.forStream || command?.takesStreams ? streams : []
    completeByYargs((_error, found = []) => {
      const fitting = found.filter((each) => each.startsWith('-') === word.startsWith('-'))
      done([...names.filter((each) => each.startsWith(word)), ...fitting])
    })
  }
}

/** The names of the workspace's streams; none without a workspace. */
export async function streamNames(folder: Folder): Promise<string[]> {
  if (folder.findUpwards(WORKSPACE_FILE) === undefined) return []
  try {
    return [...(await openWorkspace(folder)).streams.keys()]
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}

/** The known values of the option that the last word is for; undefined if it is for none. */
function optionValues(words: readonly string[]): readonly string[] | undefined {
  const [previous = ''] = words.slice(-2)
  const command = COMMANDS.find(({ name }) => words.includes(name))
  const found = Object.entries(command?.options ?? {}).find(
    ([name, { yargs }]) => previous === `--${name}` || previous === `-${yargs.alias}`,
  )
  const [, option] = found ?? []
  if (option === undefined || option.yargs.type === 'boolean') return undefined
  return option.values ?? option.yargs.choices?.map(String) ?? []
}
