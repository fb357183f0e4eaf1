import { createTwoFilesPatch } from 'diff'
import type { Comparison } from '../core/changes/changes.ts'
import { misreadSkus } from '../core/regenerate/readers.ts'
import { Loss, Unmet } from '../core/regenerate/refusals.ts'
import { describeUnverified } from '../core/regenerate/unverified.ts'
import { CheckFailure } from '../errors.ts'
import { changeLines, countLine, lossLines } from '../show/changes.ts'
import { explainLines, fallbackLines, readersLines } from '../show/regenerate.ts'
import { describeSlots } from '../show/slots.ts'
import { onStdout } from '../show/style.ts'
import { type RegeneratedFile, type Regeneration, StreamsRefused } from '../workflows/regenerate.ts'
import { withLossLines } from './capture.ts'
import type { Terminal } from './line/terminal.ts'

export interface PrintOptions {
  /** Whether each slot's candidates are printed. */
  readonly explain?: boolean | undefined
  readonly quiet?: boolean | undefined
  /** Whether nothing is written: then the changes are data, on stdout. */
  readonly isDryRun?: boolean | undefined
}

/** The changes, what a user should know about them, and a line of counts. */
export function printRegeneration(
  { result }: Regeneration,
  terminal: Terminal,
  { explain = false, quiet = false, isDryRun = false }: PrintOptions = {},
): void {
  const { comparison, selections, notes, unverified } = result
  for (const note of notes) terminal.say(note)
  if (explain) for (const line of explainLines(selections)) terminal.say(line)
  if (!isDryRun) for (const line of changeLines(comparison.changes, terminal)) terminal.say(line)
  // What is removed on request is named in any case.
  if (quiet) for (const line of lossLines(comparison.changes, terminal)) terminal.warn(line)
  for (const line of fallbackLines(selections)) terminal.say(line)
  for (const line of readersLines(result)) terminal.say(line)
  const misread = misreadSkus(comparison.changes)
  if (misread.length > 0) {
    terminal.say(
      `the machine-config operator reads these Gen2 SKUs as Gen1, as they contain neither v2 nor gen2: ${misread.join(', ')}`,
    )
  }
  for (const each of unverified) terminal.say(`unchanged: ${describeUnverified(each)}`)
  terminal.say(countLine(comparison, selections))
}

/** What happened to each file. */
export function printFiles(files: readonly RegeneratedFile[], terminal: Terminal): void {
  for (const { file, before, text } of files) {
    const outcome = before === text ? 'unchanged' : before === undefined ? 'created' : 'updated'
    terminal.say(`${file}: ${outcome}`)
  }
}

/** The changes that were not made, on stdout; a patch if the files differ in their form only. */
export function printDifference(
  {
    comparison,
    regeneration,
  }: {
    readonly comparison?: Comparison | undefined
    readonly regeneration?: Regeneration | undefined
  },
  terminal: Terminal,
): void {
  const lines = comparison ? changeLines(comparison.changes, onStdout(terminal)) : []
  for (const line of lines) terminal.data(`${line}\n`)
  if (lines.length > 0) return
  for (const { file, before = '', text } of regeneration?.files ?? []) {
    if (before === text) continue
    const names = ['as it is', 'as the snapshot generates it'] as const
    terminal.data(createTwoFilesPatch(file, file, before, text, ...names))
  }
}

/** A refusal with a line for each loss, or for each slot without an image. */
export function withRefusalLines(
  error: unknown,
  terminal: Terminal,
  { explain = false, isDryRun = false }: PrintOptions = {},
): unknown {
  if (!(error instanceof Loss || error instanceof Unmet)) return error
  if (explain) for (const line of explainLines(error.selections)) terminal.say(line)
  if (isDryRun && error instanceof Loss) {
    printDifference(error, terminal)
    return new CheckFailure(error.message, error.remedy, { cause: error })
  }
  const lines =
    error instanceof Loss
      ? lossLines(error.comparison.changes, terminal)
      : describeSlots(error.unmet.map(({ slot }) => slot))
  return new CheckFailure(error.message, error.remedy, { lines, cause: error })
}

/** The refusal of several streams, with the losses of each. */
export function refusalOfStreams(
  error: unknown,
  terminal: Terminal,
  options: PrintOptions = {},
): unknown {
  if (!(error instanceof StreamsRefused)) return error
  const { refusals, message, remedy } = error
  const described = refusals.map(({ name, error: own }) => {
    const refused = withRefusalLines(
      withLossLines(own, terminal),
      indented(name, terminal),
      options,
    ) as CheckFailure
    const { message, remedy, lines } = refused
    return { name, message, remedy, lines }
  })
  const [only, ...others] = described
  if (only !== undefined && others.length === 0) {
    return new CheckFailure(message, remedy, { lines: only.lines })
  }
  return new CheckFailure(message, remedy, {
    lines: described.flatMap((each) => [
      `${each.name}: ${each.message}`,
      ...each.lines.map((line) => `  ${line}`),
      ...(remedy === undefined && each.remedy !== undefined ? [`  ${each.remedy}`] : []),
    ]),
  })
}

/** What is printed about one stream, below its name. */
export function indented(name: string, terminal: Terminal): Terminal {
  let isNamed = false
  let hasData = false
  return {
    ...terminal,
    say(line) {
      if (!isNamed) terminal.say(`${name}:`)
      isNamed = true
      terminal.say(`  ${line}`)
    },
    data(text) {
      if (!hasData) terminal.data(`${name}:\n`)
      hasData = true
      terminal.data(text)
    },
    warn: (line) => terminal.warn(`${name}: ${line}`),
  }
}
