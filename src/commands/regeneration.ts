import { createTwoFilesPatch } from 'diff'
import { FILE_LAYOUT } from '../core/stream/layouts.ts'
import { CheckFailure, InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import type { Write } from '../files/write.ts'
import {
  type LayoutName,
  Loss,
  MarketplaceFile,
  type Regenerated,
  readStream,
  regenerate,
  type Snapshot,
  Unmet,
} from '../index.ts'
import { unaskedImages } from '../show/asked.ts'
import { countLine, earlierMajorLines, lossLines, planLines, readersLines } from '../show/plan.ts'
import { explainLines, selectionsJson } from '../show/selections.ts'
import { describeSlots } from '../show/slots.ts'
import type { Context } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import type { RegenerateArgs } from './regenerate-options.ts'

/**
 * Reads the target, regenerates, and writes or checks; what `cosa2stream` does in the end too.
 *
 * @param alongside files to write together with the stream, or not at all
 */
export async function regenerateFiles(
  snapshot: Snapshot,
  args: RegenerateArgs,
  context: Context,
  alongside: readonly Write[] = [],
): Promise<void> {
  const { folder, terminal } = context
  const { result, files } = await prepareFiles(snapshot, args, context)
  const differing = files.filter(({ before, text }) => before !== text)
  if (args.check) return refuseDifference(differing, terminal)
  if (args.target === undefined) terminal.file(result.stream.print())
  await replace(folder, files, alongside, differing)
  for (const each of files) terminal.say(`${each.file}: ${outcomeOf(each)}`)
}

/** Regenerates, says what that changes, and writes nothing. */
export async function prepareFiles(
  snapshot: Snapshot,
  args: RegenerateArgs,
  { folder, terminal }: Pick<Context, 'folder' | 'terminal'>,
): Promise<{ readonly result: Regenerated; readonly files: readonly Regeneration[] }> {
  if (args.check && args.target === undefined && args['marketplace-file'] === undefined) {
    throw new InputError('--check needs a --target or a --marketplace-file to compare with')
  }
  // Before it is read: a pipe has no end while nobody writes to it.
  for (const file of args.check ? [] : [args.target, args['marketplace-file']]) {
    if (file !== undefined) folder.checkTarget(file)
  }
  const { result, files } = await regenerateTexts(snapshot, args, folder).catch(
    (error: unknown) => {
      if (!(error instanceof Loss || error instanceof Unmet)) throw error
      if (args.explain) for (const line of explainLines(error.selections)) terminal.say(line)
      throw told(error, terminal)
    },
  )
  tell(result, snapshot, args, terminal)
  return { result, files }
}

/** A refusal with a line for each thing that it is about. */
function told(error: Loss | Unmet, terminal: Terminal): CheckFailure {
  const lines =
    error instanceof Loss
      ? lossLines(error.comparison, terminal)
      : describeSlots(error.unmet.map(({ slot }) => slot))
  return new CheckFailure(error.message, error.remedy, { lines, cause: error })
}

/** The plan of changes. */
function tell(
  result: Regenerated,
  snapshot: Snapshot,
  args: RegenerateArgs,
  terminal: Terminal,
): void {
  const { comparison, selections, notes } = result
  for (const note of notes) terminal.say(note)
  if (args.explain) for (const line of explainLines(selections)) terminal.say(line)
  for (const line of planLines(comparison, terminal)) terminal.say(line)
  for (const line of earlierMajorLines(selections)) terminal.say(line)
  for (const line of readersLines(comparison)) terminal.say(line)
  const unasked = unaskedImages(result, snapshot)
  if (unasked !== '') terminal.say(`left as found, as the snapshot did not ask: ${unasked}`)
  terminal.say(countLine(comparison, selections))
  if (args.json) terminal.data(selectionsJson(result))
}

/** What became of a file. */
function outcomeOf({ before, text }: Regeneration): string {
  return before === text ? 'unchanged' : before === undefined ? 'created' : 'updated'
}

/** Nobody else writes meanwhile, and what a killed run has left goes. */
async function replace(
  folder: Folder,
  files: readonly Regeneration[],
  alongside: readonly Write[],
  differing: readonly Regeneration[],
): Promise<void> {
  const last = files.at(-1)
  if (last === undefined) return folder.write(alongside)
  const names = files.map(({ file }) => file)
  if (alongside.length === 0 && differing.length === 0 && folder.isTidy(...names)) return
  await folder.lock(last.file, { patience: 10_000, onWait: () => undefined }, async () => {
    folder.tidy(...names)
    await folder.write([...alongside, ...differing])
  })
}

/** A file that a run is about, as it is and as the snapshot gives it. */
export interface Regeneration extends Write {
  /** Undefined for a file that is not there yet. */
  readonly before: string | undefined
}

/** Regenerates and writes nothing. */
export async function regenerateTexts(
  snapshot: Snapshot,
  args: RegenerateArgs,
  folder: Folder,
): Promise<{ readonly result: Regenerated; readonly files: readonly Regeneration[] }> {
  const { target, 'marketplace-file': marketplace } = args
  const layouts = layoutsOf(args)
  const isThere = Object.keys(snapshot.builds).length === 0 || args.check
  const targetText =
    target === undefined ? undefined : await (isThere ? folder.read : folder.readIfExists)(target)
  const marketplaceText =
    marketplace === undefined
      ? undefined
      : await (args.check ? folder.read : folder.readIfExists)(marketplace)
  const result = regenerate({
    snapshot,
    ...(target !== undefined &&
      targetText !== undefined && { target: readStream(targetText, target) }),
    ...(layouts && { layouts }),
    requirement: args.require,
    allowRegression: args['allow-regression'] === true,
    keepLost: args['keep-lost'] === true,
    ...(marketplace !== undefined && {
      marketplaceFile: MarketplaceFile.read(marketplaceText, marketplace),
    }),
  })
  const files: Regeneration[] = []
  if (target !== undefined) {
    files.push({ file: target, before: targetText, text: result.stream.print() })
  }
  if (marketplace !== undefined && result.marketplaceFile !== undefined) {
    const text = result.marketplaceFile.print()
    files.push({ file: marketplace, before: marketplaceText, text })
  }
  return { result, files }
}

/** Undefined where the target decides. */
function layoutsOf({
  layout = [],
  'marketplace-file': file,
}: Pick<RegenerateArgs, 'layout' | 'marketplace-file'>): LayoutName[] | undefined {
  const names = [...new Set(layout)]
  if (names.includes('none') && names.length > 1) {
    throw new InputError('--layout none: stands alone')
  }
  if (file !== undefined && names.some((name) => name !== FILE_LAYOUT)) {
    throw new InputError(`--marketplace-file: has the layout ${FILE_LAYOUT} and no other`)
  }
  return names.length === 0 ? undefined : names.filter((name) => name !== 'none')
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
