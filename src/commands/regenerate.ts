import { readSnapshot } from '../index.ts'
import { command } from './command.ts'
import { needed } from './option.ts'
import { OWN_OPTIONS, REGENERATE_OPTIONS } from './regenerate-options.ts'
import { regenerateFiles } from './regeneration.ts'

export const regenerateCommand = command({
  name: 'regenerate',
  describe: 'Make the stream from a snapshot, without network or credentials',
  positionals: { SNAPSHOT: needed('The snapshot') },
  options: { ...REGENERATE_OPTIONS, ...OWN_OPTIONS },
  examples: [
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json', 'update a stream'],
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json --check', 'for CI'],
  ],

  async run(args, context) {
    const snapshot = readSnapshot(await context.folder.read(args.SNAPSHOT), args.SNAPSHOT)
    await regenerateFiles(snapshot, args, context)
  },
})
