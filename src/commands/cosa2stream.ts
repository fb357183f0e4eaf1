import { cosa2stream } from '../workflows/cosa2stream.ts'
import { readBuilds } from './builds.ts'
import { printCapture, printNotes, streamFlags, withLossLines } from './capture.ts'
import { BUILDS, CAPTURE_OPTIONS, captureOptions, withCaptureContext } from './capture-options.ts'
import { command } from './command.ts'
import { PREVIEW_OPTIONS, text } from './option.ts'
import { REGENERATE_OPTIONS, targetFlags } from './regenerate-options.ts'
import { printRegeneration, withRefusalLines } from './regeneration.ts'

export const cosa2streamCommand = command({
  name: 'cosa2stream',
  group: 'Single files',
  describe: "Capture and regenerate with plume's command line",
  positionals: { BUILDS },
  options: {
    ...REGENERATE_OPTIONS,
    ...CAPTURE_OPTIONS,
    snapshot: text('Snapshot to write', {
      default: 'snapshots/NAME.json',
    }),
    ...PREVIEW_OPTIONS,
  },
  examples: [
    [
      'cosa2stream --target rhcos.json --distro rhcos --no-signatures --name 4.18-9.4 x86_64=418.94.202410090804-0',
      'as with plume',
    ],
  ],

  async run(args, context) {
    const { terminal } = context
    const dryRun = args.check === true || args['dry-run'] === true
    const flags = {
      ...streamFlags(args),
      ...targetFlags(args),
      ...(args.snapshot !== undefined && { snapshot: args.snapshot }),
    }
    const options = {
      ...captureOptions(args),
      builds: readBuilds(args.BUILDS),
      allowRegression: args['allow-regression'] === true,
      keepLost: args['keep-lost'] === true,
      dryRun,
    }
    const file = args.snapshot ?? args.target ?? 'cosa2stream'
    const { config, capture, regeneration, writes } = await withCaptureContext(
      file,
      args,
      context,
      (own) => cosa2stream(flags, options, own),
    ).catch((error) => {
      throw withRefusalLines(withLossLines(error, terminal), terminal)
    })
    printNotes(capture, terminal)
    printCapture(config.snapshot, capture, terminal)
    printRegeneration(regeneration, terminal, args)
    if (config.target === undefined) terminal.file(regeneration.result.stream.print())
    for (const write of writes)
      terminal.say(`${write.file}: ${dryRun ? 'would be written' : 'written'}`)
    return args.check && writes.length > 0 ? 1 : 0
  },
})
