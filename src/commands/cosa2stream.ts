import { InputError } from '../errors.ts'
import { readIfExists } from '../files/read.ts'
import { readStream } from '../index.ts'
import { placeOf, readBuilds } from './builds.ts'
import { captureTexts, tellCapture, withSnapshot } from './capture.ts'
import { BUILDS, CAPTURE_OPTIONS, type CaptureArgs } from './capture-options.ts'
import { command, terminalOf } from './command.ts'
import { readHeld } from './offline.ts'
import { flag, text } from './option.ts'
import { REGENERATE_OPTIONS } from './regenerate-options.ts'
import { regenerateFiles } from './regeneration.ts'

export const cosa2streamCommand = command({
  name: 'cosa2stream',
  describe: "Both at once, with plume's own command line",
  positionals: { BUILDS },
  options: {
    ...REGENERATE_OPTIONS,
    ...CAPTURE_OPTIONS,
    snapshot: text('The snapshot to write and to make the stream from', {
      defaultDescription: 'snapshots/NAME.json',
    }),
    offline: flag('Ask nobody: the snapshot must hold these very releases already', {
      conflicts: 'replay',
    }),
  },
  examples: [
    [
      'cosa2stream --target rhcos.json --distro rhcos --no-signatures --name 4.18-9.4 x86_64=418.94.202410090804-0',
      'as plume does it',
    ],
  ],

  async run(args) {
    const terminal = terminalOf(args)
    const captureArgs: CaptureArgs = { ...args, SNAPSHOT: args.snapshot ?? defaultSnapshot(args) }
    if (args.target !== undefined) await refuseBadTarget(args.target)
    if (args.offline) return regenerateFiles(await readHeld(captureArgs), args)
    // As plume: a look at stdout leaves no file behind.
    if (args.target === undefined && args.snapshot === undefined) {
      const { snapshot } = await captureTexts(captureArgs, terminal, { isTolerant: true })
      return regenerateFiles(snapshot, args)
    }
    await withSnapshot(captureArgs.SNAPSHOT, terminal, async () => {
      const captured = await captureTexts(captureArgs, terminal, { isTolerant: true })
      await regenerateFiles(captured.snapshot, args, captured.writes)
      tellCapture(captureArgs.SNAPSHOT, captured, terminal)
    })
  },
})

function defaultSnapshot({
  BUILDS: builds,
  name,
  url,
}: Pick<CaptureArgs, 'BUILDS' | 'name' | 'url'>): string {
  const given = { ...(name !== undefined && { name }), ...(url !== undefined && { url }) }
  const stream = name ?? placeOf(readBuilds(builds), given)?.name
  if (stream === undefined) {
    throw new InputError(
      "the stream's name is needed to find its builds and its snapshot",
      'Name it with --name, for example --name 4.18-9.4.',
    )
  }
  return `snapshots/${stream}.json`
}

/** Before anybody is asked for what could then not be written. */
async function refuseBadTarget(target: string): Promise<void> {
  const text = await readIfExists(target)
  if (text !== undefined) readStream(text, target)
}
