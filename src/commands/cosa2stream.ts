import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { readStream } from '../index.ts'
import { placeOf, readBuilds } from './builds.ts'
import { captureTexts, tellCapture, withSnapshot } from './capture.ts'
import { BUILDS, CAPTURE_OPTIONS, type CaptureArgs } from './capture-options.ts'
import { command } from './command.ts'
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

  async run(args, context) {
    const { folder, terminal } = context
    const captureArgs: CaptureArgs = { ...args, SNAPSHOT: args.snapshot ?? defaultSnapshot(args) }
    if (args.target !== undefined) await refuseBadTarget(folder, args.target)
    if (args.offline) return regenerateFiles(await readHeld(captureArgs, folder), args, context)
    // As plume: a look at stdout leaves no file behind.
    if (args.target === undefined && args.snapshot === undefined) {
      const { snapshot } = await captureTexts(captureArgs, context, { isTolerant: true })
      return regenerateFiles(snapshot, args, context)
    }
    await withSnapshot(captureArgs.SNAPSHOT, context, async () => {
      const captured = await captureTexts(captureArgs, context, { isTolerant: true })
      await regenerateFiles(captured.snapshot, args, context, captured.writes)
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
async function refuseBadTarget(folder: Folder, target: string): Promise<void> {
  const text = await folder.readIfExists(target)
  if (text !== undefined) readStream(text, target)
}
