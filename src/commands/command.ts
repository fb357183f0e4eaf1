import type { Argv } from 'yargs'

/** A command as the command line knows it; its module is loaded when it is called. */
export interface Command<Args = never> {
  builder(argv: Argv): unknown
  run(args: Args): Promise<void>
}
