import { createTwoFilesPatch } from 'diff'
import type { Argv } from 'yargs'
import { withLock } from '../disk/lock.ts'
import { readIfThere, readInput } from '../disk/read.ts'
import { checkTarget } from '../disk/target.ts'
import { isTidy, tidy, type Write, writeFiles } from '../disk/write.ts'
import { CheckFailure, InputError } from '../errors.ts'
import {
  LAYOUTS,
  type LayoutName,
  MarketplaceFile,
  REQUIREMENTS,
  Refusal,
  type Regenerated,
  type Requirement,
  readSnapshot,
  readStream,
  regenerate,
  type Selection,
  type Snapshot,
} from '../index.ts'
import { explainLines, selectionLines, selectionsJson } from '../show/selections.ts'
import type { Command } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'

export interface RegenerateArgs extends CommonArgs {
  readonly SNAPSHOT: string
  readonly target?: string | undefined
  readonly check?: boolean | undefined
  readonly layout: readonly (LayoutName | 'none')[]
  readonly 'marketplace-file'?: string | undefined
  readonly require: Requirement
  readonly 'allow-regression'?: boolean | undefined
  readonly explain?: boolean | undefined
  readonly json?: boolean | undefined
}

/** The options that `cosa2stream` shares with `regenerate`. */
export function regenerateOptions<T>(argv: Argv<T>) {
  return argv
    .option('target', {
      type: 'string',
      describe: 'Update this stream in place; without it the stream goes to stdout',
      coerce: once('target'),
    })
    .option('layout', {
      choices: [...(Object.keys(LAYOUTS) as LayoutName[]), 'none'] as const,
      array: true,
      nargs: 1,
      describe: 'How marketplace images are written; repeatable',
      defaultDescription: 'enhancement',
    })
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
      describe: 'Let images of the target go, or give way to older ones',
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

/** What regenerating takes from the command line: all but the snapshot's name. */
export type RegenerateOptions = Omit<RegenerateArgs, 'SNAPSHOT'>

/**
 * Reads the target, regenerates, and writes or checks; what `cosa2stream` does in the end too.
 *
 * @param alongside files to write together with the stream, or not at all
 */
export async function regenerateFiles(
  snapshot: Snapshot,
  args: RegenerateOptions,
  alongside: readonly Write[] = [],
): Promise<void> {
  const terminal = terminalOf(args)
  if (args.check && args.target === undefined && args['marketplace-file'] === undefined) {
    throw new InputError('--check needs a --target or a --marketplace-file to compare with')
  }
  // Before it is read: a pipe has no end while nobody writes to it.
  for (const file of args.check ? [] : [args.target, args['marketplace-file']]) {
    if (file !== undefined) checkTarget(file)
  }
  const { result, files } = await regenerateTexts(snapshot, args).catch((error: unknown) => {
    if (args.explain && error instanceof Refusal) explain(error.selections, terminal)
    throw error
  })
  for (const note of result.notes) terminal.say(note)
  if (args.explain) explain(result.selections, terminal)
  else for (const line of selectionLines(result.selections, terminal)) terminal.say(line)
  if (args.json) terminal.data(selectionsJson(result))
  const differing = files.filter(({ before, text }) => before !== text)
  if (args.check) return refuseDifference(differing, terminal)
  if (args.target === undefined) terminal.file(result.stream.print())
  await replace(files, alongside, differing)
  for (const each of files) terminal.say(`${each.file}: ${outcomeOf(each)}`)
}

function explain(selections: readonly Selection[], terminal: Terminal): void {
  for (const line of explainLines(selections)) terminal.say(line)
}

/** What became of a file, and of how many images in it. */
function outcomeOf({ before, text, images }: Regeneration): string {
  if (before === text) return 'unchanged'
  const count = images === 0 ? 'no image' : images === 1 ? '1 image' : `${images} images`
  return `${before === undefined ? 'written' : 'updated'}, ${count} changed`
}

/** Nobody else writes meanwhile, and what a killed run has left goes. */
async function replace(
  files: readonly Regeneration[],
  alongside: readonly Write[],
  differing: readonly Regeneration[],
): Promise<void> {
  const last = files.at(-1)
  if (last === undefined) return writeFiles(alongside)
  const names = files.map(({ file }) => file)
  if (alongside.length === 0 && differing.length === 0 && isTidy(...names)) return
  await withLock(last.file, { patience: 10_000, onWait: () => undefined }, async () => {
    tidy(...names)
    await writeFiles(alongside, differing)
  })
}

/** A file that a run is about, as it is and as the snapshot gives it. */
interface Regeneration extends Write {
  /** Undefined for a file that is not there yet. */
  readonly before: string | undefined
  /** How many marketplace images come, go or change in it. */
  readonly images: number
}

/** Regenerates and writes nothing. */
export async function regenerateTexts(
  snapshot: Snapshot,
  args: RegenerateOptions,
): Promise<{ readonly result: Regenerated; readonly files: readonly Regeneration[] }> {
  const { target, 'marketplace-file': marketplace } = args
  const targetText = target === undefined ? undefined : await readTarget(target, snapshot)
  const marketplaceText = marketplace === undefined ? undefined : await readIfThere(marketplace)
  const result = regenerate({
    snapshot,
    ...(target !== undefined &&
      targetText !== undefined && { target: readStream(targetText, target) }),
    layouts: layoutsOf(args),
    requirement: args.require,
    allowRegression: args['allow-regression'] === true,
    ...(marketplace !== undefined && {
      marketplaceFile: MarketplaceFile.read(marketplaceText, marketplace),
    }),
  })
  const files: Regeneration[] = []
  const images = result.changes.length
  if (target !== undefined) {
    const text = result.stream.print()
    files.push({ file: target, before: targetText, text, images: marketplace ? 0 : images })
  }
  if (marketplace !== undefined && result.marketplaceFile !== undefined) {
    const text = result.marketplaceFile.print()
    files.push({ file: marketplace, before: marketplaceText, text, images })
  }
  return { result, files }
}

/** A stream to update has to be there, unless the snapshot's builds can make one. */
async function readTarget(target: string, { builds }: Snapshot): Promise<string | undefined> {
  return Object.keys(builds).length > 0 ? readIfThere(target) : readInput(target)
}

function layoutsOf({
  layout = [],
  'marketplace-file': file,
}: Pick<RegenerateArgs, 'layout' | 'marketplace-file'>): LayoutName[] {
  const names = [...new Set(layout)]
  if (names.includes('none') && names.length > 1) {
    throw new InputError('--layout none: stands alone')
  }
  if (file !== undefined && names.some((name) => name !== 'stream-metadata')) {
    throw new InputError('--marketplace-file: has the layout stream-metadata and no other')
  }
  if (names.length === 0) return ['enhancement']
  return names.filter((name) => name !== 'none')
}

function refuseDifference(differing: readonly Regeneration[], terminal: Terminal): void {
  if (differing.length === 0) return
  const [now, then] = ['as it is', 'as the snapshot gives it']
  for (const { file, before = '', text } of differing) {
    terminal.data(createTwoFilesPatch(file, file, before, text, now, then))
  }
  throw new CheckFailure(
    `${differing.map(({ file }) => file).join(', ')}: not what the snapshot gives`,
    'Run the command without --check to update it.',
  )
}
