import { readIfThere } from '../disk/read.ts'
import { InputError } from '../errors.ts'
import { readStream } from '../index.ts'
import { placeOf, readBuilds } from './builds.ts'
import { captureTexts, tellCapture, withSnapshot } from './capture.ts'
import { type CaptureArgs, captureOptions } from './capture-options.ts'
import type { Command } from './command.ts'
import { readHeld } from './offline.ts'
import { once, terminalOf } from './options.ts'
import { regenerateOptions } from './regenerate.ts'
import { type RegenerateArgs, regenerateFiles } from './regeneration.ts'

export interface Cosa2streamArgs
  extends Omit<CaptureArgs, 'SNAPSHOT' | 'stream'>,
    Omit<RegenerateArgs, 'SNAPSHOT' | 'check' | 'json'> {
  readonly snapshot?: string | undefined
  readonly offline?: boolean | undefined
}

export const cosa2streamCommand: Command<Cosa2streamArgs> = {
  builder: (argv) =>
    captureOptions(regenerateOptions(argv))
      .option('snapshot', {
        type: 'string',
        describe: 'The snapshot to write and to make the stream from',
        defaultDescription: 'snapshots/NAME.json',
        coerce: once('snapshot'),
      })
      .option('offline', {
        type: 'boolean',
        conflicts: 'replay',
        describe: 'Ask nobody: the snapshot must hold these very releases already',
      })
      .example(
        '$0 cosa2stream --target rhcos.json --distro rhcos --no-signatures --name 4.18-9.4 x86_64=418.94.202410090804-0  # as plume does it',
        '',
      ),

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
}

function defaultSnapshot({ BUILDS = [], name, url }: Cosa2streamArgs): string {
  const given = { ...(name !== undefined && { name }), ...(url !== undefined && { url }) }
  const stream = name ?? placeOf(readBuilds(BUILDS), given)?.name
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
  const text = await readIfThere(target)
  if (text !== undefined) readStream(text, target)
}
