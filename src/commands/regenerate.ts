import type { Argv } from 'yargs'
import { readInput } from '../disk/read.ts'
import { LAYOUTS, type LayoutName, REQUIREMENTS, type Requirement, readSnapshot } from '../index.ts'
import type { Command } from './command.ts'
import { once } from './options.ts'
import { type RegenerateArgs, regenerateFiles } from './regeneration.ts'

/** `verify` takes it as well. */
export const LAYOUT_OPTION = {
  choices: [...(Object.keys(LAYOUTS) as LayoutName[]), 'none'] as const,
  array: true,
  nargs: 1,
  describe: 'How marketplace images are written; repeatable',
  defaultDescription: "the target's own, else enhancement",
} as const

/** The options that `cosa2stream` shares with `regenerate`. */
export function regenerateOptions<T>(argv: Argv<T>) {
  return argv
    .option('target', {
      type: 'string',
      describe: 'Update this stream in place; without it the stream goes to stdout',
      coerce: once('target'),
    })
    .option('layout', LAYOUT_OPTION)
    .option('marketplace-file', {
      type: 'string',
      describe: 'Write the images into this file instead, in the layout stream-metadata',
      coerce: once('marketplace-file'),
    })
    .option('require', {
      choices: Object.keys(REQUIREMENTS) as Requirement[],
      default: 'any' as Requirement,
      describe: 'Grades that may be used; a slot that has none is an error',
      coerce: once('require') as (value: unknown) => Requirement,
    })
    .option('allow-regression', {
      type: 'boolean',
      describe: 'Let images and builds of the target go, or give way to older ones',
    })
    .option('keep-lost', {
      type: 'boolean',
      describe: "Keep the target's images of regions that the build lacks",
    })
    .option('explain', {
      type: 'boolean',
      describe: 'Show the candidates, the choice and the reason of each slot',
    })
}

export const regenerateCommand: Command<RegenerateArgs> = {
  builder: (argv) =>
    regenerateOptions(
      argv.positional('SNAPSHOT', { type: 'string', demandOption: true, describe: 'The snapshot' }),
    )
      .option('check', {
        type: 'boolean',
        describe: 'Write nothing; exit 1 with a diff if the target is not what the snapshot gives',
      })
      .option('json', {
        type: 'boolean',
        implies: 'target',
        describe: 'Print the selections as JSON on stdout; needs --target',
      })
      .example('$0 regenerate snapshots/rhcos-4.18.json --target rhcos.json  # update a stream', '')
      .example('$0 regenerate snapshots/rhcos-4.18.json --target rhcos.json --check  # for CI', ''),

  async run(args) {
    const snapshot = readSnapshot(await readInput(args.SNAPSHOT), args.SNAPSHOT)
    await regenerateFiles(snapshot, args)
  },
}
