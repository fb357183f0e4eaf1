import { createTwoFilesPatch } from 'diff'
import { CheckFailure } from '../errors.ts'
import { Loss, Unmet } from '../index.ts'
import { unaskedImages } from '../show/asked.ts'
import { countLine, earlierMajorLines, lossLines, planLines, readersLines } from '../show/plan.ts'
import { explainLines, selectionsJson } from '../show/selections.ts'
import { describeSlots } from '../show/slots.ts'
import type { RegeneratedFile, Regeneration } from '../workflows/regenerate.ts'
import type { Terminal } from './line/terminal.ts'

export interface PrintOptions {
  /** Whether each slot's candidates are printed. */
  readonly explain?: boolean | undefined
  readonly json?: boolean | undefined
}

/** The plan of changes, and a line of counts. */
export function printRegeneration(
  { result, snapshot }: Regeneration,
  terminal: Terminal,
  { explain = false, json = false }: PrintOptions = {},
): void {
  const { comparison, selections, notes } = result
  for (const note of notes) terminal.say(note)
  if (explain) for (const line of explainLines(selections)) terminal.say(line)
  for (const line of planLines(comparison, terminal)) terminal.say(line)
  for (const line of earlierMajorLines(selections)) terminal.say(line)
  for (const line of readersLines(comparison)) terminal.say(line)
  const unasked = unaskedImages(result, snapshot)
  if (unasked !== '') terminal.say(`unchanged, as the snapshot did not query them: ${unasked}`)
  terminal.say(countLine(comparison, selections))
  if (json) terminal.data(selectionsJson(result))
}

/** What became of each file. */
export function printFiles(files: readonly RegeneratedFile[], terminal: Terminal): void {
  for (const { file, before, text } of files) {
    const outcome = before === text ? 'unchanged' : before === undefined ? 'created' : 'updated'
    terminal.say(`${file}: ${outcome}`)
  }
}

/** The difference of each file, as a patch. */
export function printDifference(files: readonly RegeneratedFile[], terminal: Terminal): void {
  for (const { file, before = '', text } of files) {
    if (before === text) continue
    const names = ['as it is', 'as the snapshot generates it'] as const
    terminal.data(createTwoFilesPatch(file, file, before, text, ...names))
  }
}

/** A refusal with a line for each thing that it is about. */
export function withRefusalLines(
  error: unknown,
  terminal: Terminal,
  { explain = false }: PrintOptions = {},
): unknown {
  if (!(error instanceof Loss || error instanceof Unmet)) return error
  if (explain) for (const line of explainLines(error.selections)) terminal.say(line)
  const lines =
    error instanceof Loss
      ? lossLines(error.comparison, terminal)
      : describeSlots(error.unmet.map(({ slot }) => slot))
  return new CheckFailure(error.message, error.remedy, { lines, cause: error })
}
