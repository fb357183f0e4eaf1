import { InputError } from '../errors.ts'
import type { Io } from '../io.ts'
import type { LockContext } from '../workflows/locks.ts'
import type { OpenedWorkspace } from '../workflows/workspace.ts'
import type { Terminal } from './line/terminal.ts'
import { type ArgsOf, flag, type OptionTable, type Words } from './option.ts'

export const GLOBAL_OPTIONS = {
  quiet: flag('Print only data, errors and removals', { alias: 'q' }),
  debug: flag('Print stack traces and received error codes'),
  color: flag('Use color, also if the output is not a terminal', { conflicts: 'no-color' }),
  'no-color': flag('Use no color'),
  help: flag('Show the help', { alias: 'h' }),
  version: flag('Show the version', { alias: 'V' }),
}

export const GROUPS = [
  'Repository',
  'Review',
  'Publish',
  'Use a stream',
  'Single files',
  'Other',
] as const

export type GlobalArgs = ArgsOf<typeof GLOBAL_OPTIONS>

export interface Context extends Io, LockContext {
  readonly terminal: Terminal
  /** Set if the streams of a command line were read from it. */
  readonly workspace?: OpenedWorkspace
}

/** The exit code of a command; undefined for 0. */
export type ExitCode = 0 | 1 | undefined

/** The definition of a command. The types of its arguments follow from the tables. */
interface Definition<Positionals extends OptionTable, Options extends OptionTable> {
  readonly name: string
  readonly group: (typeof GROUPS)[number]
  readonly describe: string
  /** The arguments in the help; default: the names of the positionals. */
  readonly usage?: string
  /** In their order, in capitals. */
  readonly positionals: Positionals
  readonly options: Options
  /** Command lines without the name of the program, each with its purpose. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Whether the name of a stream is replaced by its snapshot. */
  readonly takesSnapshots?: boolean
  readonly takesStreams?: boolean
  run(
    args: ArgsOf<Positionals> & ArgsOf<Options> & GlobalArgs,
    context: Context,
  ): Promise<ExitCode> | Promise<void>
}

export interface Command extends Omit<Definition<OptionTable, OptionTable>, 'run'> {
  run(words: Words, context: Context): Promise<ExitCode>
}

export function command<Positionals extends OptionTable, Options extends OptionTable>(
  definition: Definition<Positionals, Options>,
): Command {
  const { name, positionals, options } = definition
  return {
    ...definition,
    run: async (words, context) => {
      const args = {
        ...readArgs(name, positionals, words),
        ...readArgs(name, options, words),
        ...readArgs(name, GLOBAL_OPTIONS, words),
      }
      return (await definition.run(args, context)) ?? undefined
    },
  }
}

export function readArgs<Table extends OptionTable>(
  command: string,
  table: Table,
  words: Words,
): ArgsOf<Table> {
  const read = Object.entries(table).map(([name, option]) => {
    try {
      const shown = name === name.toUpperCase() ? name : `--${name}`
      return [name, option.read(words[name] ?? [], shown)]
    } catch (error) {
      if (!(error instanceof InputError) || error.remedy !== undefined) throw error
      throw new InputError(error.message, helpRemedy(command), { cause: error })
    }
  })
  return Object.fromEntries(read) as ArgsOf<Table>
}

export function helpRemedy(command: string): string {
  return `Run stream-snapshot ${command} --help for its arguments and options.`
}
