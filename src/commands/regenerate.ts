import { CheckFailure, InputError } from '../errors.ts'
import { regenerateStream } from '../workflows/regenerate.ts'
import { command } from './command.ts'
import { needed } from './option.ts'
import { OWN_OPTIONS, REGENERATE_OPTIONS, targetFlags } from './regenerate-options.ts'
import { printDifference, printFiles, printRegeneration, withRefusalLines } from './regeneration.ts'

export const regenerateCommand = command({
  name: 'regenerate',
  describe: 'Make the stream from a snapshot, without network or credentials',
  positionals: { SNAPSHOT: needed('The snapshot') },
  options: { ...REGENERATE_OPTIONS, ...OWN_OPTIONS },
  examples: [
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json', 'update a stream'],
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json --check', 'for CI'],
  ],

  async run(args, { folder, terminal }) {
    const isCheck = args.check === true
    if (isCheck && args.target === undefined && args['marketplace-file'] === undefined) {
      throw new InputError('--check needs a --target or a --marketplace-file to compare with')
    }
    const regeneration = await regenerateStream(
      { require: 'any', ...targetFlags(args), snapshot: args.SNAPSHOT },
      {
        allowRegression: args['allow-regression'] === true,
        keepLost: args['keep-lost'] === true,
        mustExist: isCheck,
        dryRun: isCheck,
      },
      { folder, onWait: (text) => terminal.say(text) },
    ).catch((error) => {
      throw withRefusalLines(error, terminal, args)
    })
    const { files, writes, result } = regeneration
    printRegeneration(regeneration, terminal, args)
    if (!isCheck) {
      if (args.target === undefined) terminal.file(result.stream.print())
      return printFiles(files, terminal)
    }
    if (writes.length === 0) return
    printDifference(files, terminal)
    throw new CheckFailure(
      `${writes.map(({ file }) => file).join(', ')}: not what the snapshot generates`,
      'Update it without --check.',
    )
  },
})
