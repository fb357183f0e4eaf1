import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { InputError } from '../errors.ts'
import type { Io } from '../io.ts'
import { openTerminal, type Terminal } from './line/terminal.ts'
import { type ArgsOf, flag, type OptionTable } from './option.ts'

/** What every command takes. */
export const GLOBAL_OPTIONS = {
  quiet: flag('Say nothing but errors and data'),
  debug: flag('Show where an error comes from'),
}

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
  /** One line. */
  readonly describe: string
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
  /** For one that makes one thing of several streams of a workspace: by name, what each is run with. */
  readonly runTogether?: (
    streams: ReadonlyMap<string, ArgsOf<Positionals> & ArgsOf<Options> & GlobalArgs>,
    context: Context,
  ) => Promise<void>
  run(
    args: ArgsOf<Positionals> & ArgsOf<Options> & GlobalArgs,
    context: Context,
  ): Promise<ExitCode | void>
}

/** A command as the command line knows it. */
export interface Command extends Omit<Definition<OptionTable, OptionTable>, 'run' | 'runTogether'> {
  readonly runTogether?: (
    streams: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
    context: Context,
  ) => Promise<void>
  /** @param values by option and positional, as they were typed */
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode | void>
}

export function command<Positionals extends OptionTable, Options extends OptionTable>(
  definition: Definition<Positionals, Options>,
): Command {
  const { name, positionals, options, runTogether, ...rest } = definition
  const read = (values: Readonly<Record<string, unknown>>) => ({
    ...readArgs(name, positionals, values),
    ...readArgs(name, options, values),
    ...readArgs(name, GLOBAL_OPTIONS, values),
  })
  return {
    ...{ ...rest, name, positionals, options },
    ...(runTogether && {
      runTogether: (streams, context) =>
        runTogether(
          new Map([...streams].map(([stream, values]) => [stream, read(values)])),
          context,
        ),
    }),
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
  return `stream-snapshot ${command} --help shows what it takes.`
}

export function contextFor(io: Io, { quiet }: Readonly<Record<string, unknown>>): Context {
  return { ...io, terminal: openTerminal(io, { quiet: quiet === true }) }
}
