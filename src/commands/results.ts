import { createTwoFilesPatch } from 'diff'
import type { Subject } from '../core/changes/inventory.ts'
import { Loss, Unmet } from '../core/regenerate/refusals.ts'
import { describeUnverified } from '../core/regenerate/unverified.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'
import { CheckFailure, errorLines } from '../errors.ts'
import { buildChanges, captureLines, dropLines, removedLines } from '../show/capture.ts'
import { changeLines, countLine, lossLines } from '../show/changes.ts'
import { printJson } from '../show/json.ts'
import {
  explainLines,
  fallbackLines,
  misreadSkuLines,
  regeneratedJson,
  unreadKeyLines,
} from '../show/regenerate.ts'
import { describeSlots } from '../show/slots.ts'
import { onStdout } from '../show/style.ts'
import { BuildLoss, type CaptureResult } from '../workflows/capture.ts'
import { type Regeneration, StreamsRefused } from '../workflows/regenerate.ts'
import type { Verification } from '../workflows/verify.ts'
import type { Terminal } from './line/terminal.ts'

export interface PrintArgs {
  readonly check?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly explain?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly output?: string
}

export function isDryRun(args: PrintArgs): boolean {
  return args.check === true || args['dry-run'] === true
}

/** Warnings, and the parts that were removed on request, also with `--quiet`. */
export function printNotes(result: CaptureResult, terminal: Terminal): void {
  const { notes, dropped } = result
  for (const note of notes) terminal.say(`warning: ${note}`)
  for (const line of dropped ? dropLines(dropped) : []) terminal.warn(line)
}

export function printCapture(
  result: CaptureResult,
  terminal: Terminal,
  args: PrintArgs,
  regeneration?: Regeneration,
): void {
  printNotes(result, terminal)
  const { comparison, kept: all = [] } = regeneration?.result ?? {}
  // An image of the present build was removed from the snapshot by --drop.
  const { builds } = result.snapshot
  const kept = all.filter((each) => each.release !== builds[each.architecture]?.release)
  const printed: Subject[] = [
    ...(comparison?.changes ?? []).map(({ subject }) => subject),
    ...kept.map(({ release: _, ...image }) => ({ kind: 'image' as const, ...image })),
  ]
  for (const line of captureLines(result, terminal, printed)) terminal.say(line)
  // A run always names what it removes.
  if (!args.quiet) return
  const parts = buildChanges(result.comparison, printed).filter(
    ({ subject }) => subject.kind === 'artifact' || subject.kind === 'image',
  )
  for (const line of lossLines(parts, terminal)) terminal.warn(line)
  for (const cloud of CLOUDS) {
    for (const line of removedLines(cloud, result.comparison)) terminal.warn(`${cloud}: ${line}`)
  }
}

/** The changes, notes about them, and a line of counts. */
export function printRegeneration(
  regeneration: Regeneration,
  terminal: Terminal,
  args: PrintArgs,
): void {
  const { result, writes } = regeneration
  const { comparison, selections, notes, unverified } = result
  const isDry = isDryRun(args)
  if (isDry && args.output !== 'json' && writes.length > 0) {
    printDifference({ regeneration, comparison }, terminal)
  }
  for (const note of notes) terminal.say(note)
  if (args.explain) for (const line of explainLines(selections)) terminal.say(line)
  if (!isDry) for (const line of changeLines(comparison.changes, terminal)) terminal.say(line)
  // A run always names what it removes.
  if (args.quiet) for (const line of lossLines(comparison.changes, terminal)) terminal.warn(line)
  if (comparison.changes.length > 0) {
    for (const line of fallbackLines(selections)) terminal.say(line)
  }
  for (const line of unreadKeyLines(result)) terminal.say(line)
  for (const line of misreadSkuLines(result)) terminal.say(line)
  for (const each of unverified) terminal.say(`unchanged: ${describeUnverified(each)}`)
  terminal.say(countLine(comparison, selections))
}

export function printWrites(
  writes: readonly { readonly file: string }[],
  terminal: Terminal,
  args: PrintArgs,
): 0 | 1 {
  const outcome = isDryRun(args) ? 'would be written' : 'written'
  for (const { file } of writes) terminal.say(`${file}: ${outcome}`)
  return args.check && writes.length > 0 ? 1 : 0
}

/** The changes that would repair the files. */
export function printPending(verification: Verification, terminal: Terminal): void {
  if (verification.comparison?.changes.length) {
    terminal.line('regenerate would make these changes:')
  }
  printDifference(verification, terminal)
}

/** The changes that were not made, on stdout; a patch if only the formatting of the files differs. */
export function printDifference(
  { comparison, regeneration }: Pick<Verification, 'comparison' | 'regeneration'>,
  terminal: Terminal,
): void {
  const lines = comparison ? changeLines(comparison.changes, onStdout(terminal)) : []
  for (const line of lines) terminal.data(`${line}\n`)
  if (lines.length > 0) return
  for (const { file, before = '', text } of regeneration?.files ?? []) {
    if (before === text) continue
    terminal.data(createTwoFilesPatch(file, file, before, text, 'current', 'generated'))
  }
}

/** A refusal with a line for each loss, each slot without an image, or each stream. */
export function describeRefusal(error: unknown, terminal: Terminal, args: PrintArgs = {}): unknown {
  if (!(error instanceof CheckFailure)) return error
  const { message, remedy } = error
  if (error instanceof StreamsRefused) return describeRefusals(error, terminal, args)
  if (error instanceof BuildLoss) {
    const lines = changeLines(error.losses, terminal)
    return new CheckFailure(message, remedy, { lines, cause: error })
  }
  if (!(error instanceof Loss || error instanceof Unmet)) return error
  if (args.explain) for (const line of explainLines(error.selections)) terminal.say(line)
  if (isDryRun(args) && error instanceof Loss) {
    if (args.output === 'json') terminal.data(printJson(regeneratedJson(error)))
    else printDifference(error, terminal)
    return new CheckFailure(message, remedy, { cause: error })
  }
  const lines =
    error instanceof Loss
      ? lossLines(error.comparison.changes, terminal)
      : describeSlots(error.unmet.map(({ slot }) => slot))
  return new CheckFailure(message, remedy, { lines, cause: error })
}

function describeRefusals(
  { refusals, message, remedy }: StreamsRefused,
  terminal: Terminal,
  args: PrintArgs,
): CheckFailure {
  const errors = refusals.map(({ name, error }) => {
    const described = describeRefusal(error, indented(name, terminal), args) as CheckFailure
    const { lines, remedy } = described
    return { message: `${name}: ${described.message}`, lines, remedy }
  })
  const [only, ...others] = errors
  const lines = only && others.length === 0 ? only.lines : errorLines(errors, remedy === undefined)
  return new CheckFailure(message, remedy, { lines })
}

/** A terminal that prints below the name of a stream. */
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
