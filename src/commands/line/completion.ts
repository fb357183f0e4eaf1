import { WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { UserError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { openWorkspace } from '../../workflows/workspace.ts'
import { GLOBAL_OPTIONS } from '../command.ts'
import { COMMANDS } from '../index.ts'
import type { OptionTable } from '../option.ts'

/** The first word of a command line that requests completions, as the scripts of `completion` do. */
export const REQUEST = '--get-yargs-completions'

type Candidate = readonly [word: string, describe?: string]

/**
 * Completions of the last word: commands, options, values, and names of streams. Without a completion
 * the shell completes file names.
 */
export async function printCompletions(words: readonly string[], io: Io): Promise<string> {
  const last = words.at(-1) ?? ''
  const candidates = await findCandidates(words, last, io)
  // zsh shows descriptions.
  const isZsh = io.env.SHELL?.includes('zsh')
  return candidates
    .filter(([word]) => word.startsWith(last))
    .map(([word, describe]) => `${word}${isZsh && describe ? `:${describe}` : ''}\n`)
    .join('')
}

async function findCandidates(
  [, ...words]: readonly string[],
  last: string,
  { folder }: Io,
): Promise<Candidate[]> {
  const command = COMMANDS.find(({ name }) => words.slice(0, -1).includes(name))
  const options: OptionTable = { ...command?.options, ...GLOBAL_OPTIONS }
  const previous = words.at(-2)
  const [, option] =
    Object.entries(options).find(
      ([name, { alias }]) => previous === `--${name}` || previous === `-${alias}`,
    ) ?? []
  if (option && !option.isFlag) {
    return (option.values ?? option.choices ?? []).map((value) => [value])
  }
  if (last.startsWith('-')) {
    return Object.entries(options).map(([name, { describe }]) => [`--${name}`, describe])
  }
  if (command === undefined) return COMMANDS.map(({ name, describe }) => [name, describe])
  const places = Object.values(command.positionals).flatMap(({ choices = [] }) => choices)
  if (!command.takesSnapshots && !command.takesStreams) return places.map((word) => [word])
  return [...(await streamNames(folder)), ...places].map((word) => [word])
}

/** The names of the streams of the workspace; empty without a valid workspace. */
async function streamNames(folder: Io['folder']): Promise<string[]> {
  if (folder.findUpwards(WORKSPACE_FILE) === undefined) return []
  try {
    return [...(await openWorkspace(folder)).streams.keys()]
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}
