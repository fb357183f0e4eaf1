import { cosa2stream } from '../workflows/cosa2stream.ts'
import { streamFlags } from './capture.ts'
import { command } from './command.ts'
import { PREVIEW_OPTIONS, text } from './option.ts'
import { printCapture, printRegeneration, printWrites } from './results.ts'
import {
  BUILD,
  CAPTURE_OPTIONS,
  captureOptions,
  given,
  REGENERATE_OPTIONS,
  regenerateOptions,
  targetFlags,
  withCaptureContext,
} from './stream-options.ts'

export const cosa2streamCommand = command({
  name: 'cosa2stream',
  group: 'Single files',
  describe: 'Capture and regenerate, with the options of plume cosa2stream',
  positionals: { BUILD },
  options: {
    ...REGENERATE_OPTIONS,
    ...CAPTURE_OPTIONS,
    snapshot: text('Snapshot to write', { default: 'snapshots/NAME.json' }),
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
    const flags = {
      ...streamFlags(args),
      ...targetFlags(args),
      ...given({ snapshot: args.snapshot }),
    }
    const options = {
      ...captureOptions(args),
      builds: args.BUILD,
      ...regenerateOptions(args),
    }
    const file = args.snapshot ?? args.target ?? 'cosa2stream'
    const { config, capture, regeneration, writes } = await withCaptureContext(
      file,
      args,
      context,
      (own) => cosa2stream(flags, options, own),
    )
    printCapture(capture, terminal, args, regeneration)
    printRegeneration(regeneration, terminal, args)
    if (config.target === undefined) terminal.file(regeneration.result.stream.print())
    return printWrites(writes, terminal, args)
  },
})
