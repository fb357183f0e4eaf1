import type { Argv, Options, PositionalOptions } from 'yargs'
import type { Command } from '../command.ts'

/** What every command takes. */
export const GLOBAL_OPTIONS = {
  quiet: { type: 'boolean', describe: 'Say nothing but errors and data', global: true },
  debug: { type: 'boolean', describe: 'Show where an error comes from', global: true },
} as const satisfies Readonly<Record<string, Options>>

/** What a command takes, by name. */
export interface Definition {
  readonly options: ReadonlyMap<string, Options>
  readonly positionals: ReadonlyMap<string, PositionalOptions>
}

/** What a builder tells a parser with: it takes what a command takes, and gives itself back. */
interface Recorder {
  option(name: string, option: Options): Recorder
  positional(name: string, positional: PositionalOptions): Recorder
  example(): Recorder
}

/** Listens to a command's builder in the place of yargs, which need not be loaded for it. */
export function definitionOf(command: Pick<Command, 'builder'>): Definition {
  const options = new Map<string, Options>(Object.entries(GLOBAL_OPTIONS))
  const positionals = new Map<string, PositionalOptions>()
  const recorder: Recorder = {
    option(name, option) {
      options.set(name, option)
      return recorder
    },
    positional(name, positional) {
      positionals.set(name, positional)
      return recorder
    },
    example: () => recorder,
  }
  command.builder(recorder as unknown as Argv)
  return { options, positionals }
}
