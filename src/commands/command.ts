import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { InputError } from '../errors.ts'
import type { Io } from '../io.ts'
import { openTerminal, type Terminal } from './line/terminal.ts'
import { type ArgsOf, flag, type OptionTable } from './option.ts'

/** What every command takes. */
export const GLOBAL_OPTIONS = {
  quiet: flag('Print only data, errors and losses', { alias: 'q' }),
  debug: flag('Print stack traces and the error codes that were received'),
  color: flag('Use color, also if the output is not a terminal', { conflicts: 'no-color' }),
  'no-color': flag('Use no color'),
  help: flag('Show the help', { alias: 'h' }),
  version: flag('Show the version', { alias: 'V' }),
}

/** The tasks that the help lists commands by. */
export const GROUPS = [
  'Repository',
  'Review',
  'Publish',
  'Use a stream',
  'Single files',
  'Other',
] as const

export type GlobalArgs = ArgsOf<typeof GLOBAL_OPTIONS>

/** What a command works with. */
export interface Context extends Io {
  readonly terminal: Terminal
}

/** The exit code of a command; without one 0. */
export type ExitCode = 0 | 1

/** A command as its file defines it: one table for what it takes, from which its types follow. */
interface Definition<Positionals extends OptionTable, Options extends OptionTable> {
  readonly name: string
  readonly group: (typeof GROUPS)[number]
  /** One line without a period. */
  readonly describe: string
  /** The arguments in the help, if the positionals alone do not show them. */
  readonly usage?: string
  /** In their order, in capitals. */
  readonly positionals: Positionals
  readonly options: Options
  /** Command lines without the program's name, each with what it is for. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** For a command that looks at a file: what stands for it where a workspace's stream is meant. */
  readonly forStream?: (
    stream: StreamConfig,
  ) =>
    | Promise<Readonly<Record<string, string | undefined>>>
    | Readonly<Record<string, string | undefined>>
  /** Whether its arguments are names of streams. */
  readonly takesStreams?: boolean
  run(
    args: ArgsOf<Positionals> & ArgsOf<Options> & GlobalArgs,
    context: Context,
  ): Promise<ExitCode | void>
}

/** A command as the command line knows it. */
export interface Command extends Omit<Definition<OptionTable, OptionTable>, 'run'> {
  /** @param values by option and positional, as they were typed */
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode | void>
}

export function command<Positionals extends OptionTable, Options extends OptionTable>(
  definition: Definition<Positionals, Options>,
): Command {
  const { name, positionals, options, ...rest } = definition
  const read = (values: Readonly<Record<string, unknown>>) => ({
    ...readArgs(name, positionals, values),
    ...readArgs(name, options, values),
    ...readArgs(name, GLOBAL_OPTIONS, values),
  })
  return {
    ...{ ...rest, name, positionals, options },
    run: (values, context) => definition.run(read(values), context),
  }
}

/** @throws InputError for a value that its option does not take */
export function readArgs<Table extends OptionTable>(
  command: string,
  table: Table,
  values: Readonly<Record<string, unknown>>,
): ArgsOf<Table> {
  const read = Object.entries(table).map(([name, option]) => {
    try {
      return [name, option.read(values[name], name === name.toUpperCase() ? name : `--${name}`)]
    } catch (error) {
      if (!(error instanceof InputError) || error.remedy !== undefined) throw error
      throw new InputError(error.message, helpRemedy(command), { cause: error })
    }
  })
  // What each option's `read` gives is what the table's type says of it.
  return Object.fromEntries(read) as ArgsOf<Table>
}

export function helpRemedy(command: string): string {
  return `Run stream-snapshot ${command} --help for its arguments and options.`
}

export function contextFor(io: Io, values: Readonly<Record<string, unknown>>): Context {
  const { quiet, color, 'no-color': noColor } = values
  const isColored = color === true ? true : noColor === true ? false : undefined
  return { ...io, terminal: openTerminal(io, { quiet: quiet === true, isColored }) }
}
