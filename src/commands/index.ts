import type { Argv } from 'yargs'

/** A command as the command line knows it; its module is loaded when it is called. */
export interface Command<Args = never> {
  builder(argv: Argv): unknown
  run(args: Args): Promise<void>
}

interface Entry {
  readonly command: string
  readonly describe: string
  readonly load: () => Promise<Command>
}

export const COMMANDS: readonly Entry[] = [
  {
    command: 'capture <SNAPSHOT> [BUILDS..]',
    describe: 'Ask the clouds and the build server, record their answers, and write a snapshot',
    load: async () => (await import('./capture.ts')).captureCommand,
  },
  {
    command: 'regenerate <SNAPSHOT>',
    describe: 'Make the stream from a snapshot, without network or credentials',
    load: async () => (await import('./regenerate.ts')).regenerateCommand,
  },
  {
    command: 'cosa2stream [BUILDS..]',
    describe: "Both at once, with plume's own command line",
    load: async () => (await import('./cosa2stream.ts')).cosa2streamCommand,
  },
  {
    command: 'verify <SNAPSHOT..>',
    describe: 'Check that snapshots are whole, reproducible and without secrets',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
]
