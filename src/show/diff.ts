import { isEqual, type SnapshotDiff } from '../core/audit/diff/diff.ts'
import type { SlotChange } from '../core/audit/diff/slots.ts'
import { type Change, ofKinds } from '../core/changes/changes.ts'
import type { SubjectKind } from '../core/changes/inventory.ts'
import { groupBy } from '../core/group.ts'
import { counted } from '../printable.ts'
import { code, details, markdownTable } from './markdown.ts'
import { type PlanRow, planRows, printPlan } from './plan.ts'
import { describeSlots } from './slots.ts'
import { onStdout, type Styled } from './style.ts'
import { foldLine } from './table.ts'
import { describeField, describeQuery, describeValue } from './values.ts'

/** How `diff -o` can print. */
export const DIFF_FORMATS = {
  text: diffText,
  json: printDiffJson,
  markdown: printDiffMarkdown,
} as const satisfies Record<string, (diff: SnapshotDiff, terminal: Styled) => string>
export type DiffFormat = keyof typeof DIFF_FORMATS

/** Said with the slots where no release is known. */
const LATEST_NOTE =
  'No release is known, as neither snapshot holds builds: the slots are those of the latest build ' +
  'that there could be. --target takes the releases from a stream.'

/** The plan of changes for the person at the terminal; nothing for equal snapshots. */
function diffText(diff: SnapshotDiff, terminal: Styled): string {
  if (isEqual(diff)) return ''
  const styled = onStdout(terminal)
  const width = styled.width()
  const folded = (style: 'bold' | 'yellow' | 'dim', line: string, room = width) =>
    foldLine(line, room).map((each) => styled.style(style, each))
  // Sections are indented by two.
  const inner = { ...styled, width: () => (width === undefined ? undefined : width - 2) }
  const section = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [styled.style('bold', name), ...lines.map((line) => `  ${line}`)]
  const plan = (...kinds: SubjectKind[]) => printPlan(rowsOf(diff, ...kinds), inner)
  const told = (lines: readonly string[]) =>
    lines.flatMap((line) => folded('yellow', `~  ${line}`, inner.width()))
  const lines = [
    ...folded('bold', `${diff.stream.name}: ${summarise(diff)}`),
    ...section('builds', [...plan('build', 'artifact', 'image'), ...told(contentLines(diff))]),
    ...section('images', plan('cloud', 'listing')),
    ...section('slots', [...plan('slot'), ...told(gradeLines(diff))]),
    ...section('stream', told(diff.identity.map(describeField))),
    ...section('criteria', told(diff.criteria.map(describeValue))),
    ...section('questions', told(diff.queries.map(describeQuery))),
    ...noteOf(diff).flatMap((note) => folded('dim', note)),
  ]
  return `${lines.join('\n')}\n`
}

/** A difference for programs, as schemas/diff.schema.json describes it. */
export function printDiffJson(diff: SnapshotDiff): string {
  const { comparison: _, selections: __, ...rest } = diff
  const value = { schemaVersion: 1, equal: isEqual(diff), ...rest }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** In characters; a comment of GitHub holds some more. */
const LONGEST = 60_000

/** A pull request's comment: a sentence, the builds and what moved; all else folded. */
export function printDiffMarkdown(diff: SnapshotDiff): string {
  if (isEqual(diff)) return ''
  const images = rowsOf(diff, 'cloud', 'listing')
  const folds: readonly (readonly [summary: string, content: string, rows: number])[] = [
    fold('Parts of the builds', planTable(rowsOf(diff, 'artifact', 'image'))),
    fold('Images that came and went', planTable(images)),
    fold('Another grade for the same image', bullets(gradeLines(diff))),
    fold('Stream', bullets(diff.identity.map(describeField))),
    fold('Criteria', bullets(diff.criteria.map(describeValue))),
    fold('Questions', bullets(diff.queries.map(describeQuery))),
    fold('Builds with the same release', bullets(contentLines(diff))),
  ].filter(([, content]) => content !== '')
  const head = [
    `### ${code(diff.stream.name)}: ${summarise(diff)}`,
    planTable(rowsOf(diff, 'build', 'slot')).join('\n'),
    ...noteOf(diff),
  ]
  return fitted(head, folds)
}

type Fold = readonly [summary: string, content: string, rows: number]

function fold(name: string, lines: readonly string[]): Fold {
  return [name, lines.join('\n'), lines.length]
}

/** All of it, or as much as fits: of a part that does not its size is told. */
function fitted(head: readonly string[], folds: readonly Fold[]): string {
  const whole = head.filter(Boolean).join('\n\n')
  const start = whole.length > LONGEST - RESERVE ? (head[0] ?? '') : whole
  const parts = [start]
  let length = start.length
  for (const [summary, content, lines] of folds) {
    const isFitting = length + content.length < LONGEST - RESERVE
    const part = details(
      summary,
      isFitting ? content : `${counted(lines, 'line')}, too long for a comment.`,
    )
    parts.push(part)
    length += part.length
  }
  return `${parts.join('\n\n')}\n`
}

/** Room for what tells of the parts that do not fit. */
const RESERVE = 2000

function planTable(rows: readonly PlanRow[]): string[] {
  if (rows.length === 0) return []
  const cells = rows.map(({ sign, subject, what, date, grade }) => [
    sign,
    code(subject),
    code(what),
    [code(date), grade].filter(Boolean).join(' '),
  ])
  return markdownTable(['', 'what', 'change', 'of'], cells).split('\n')
}

function bullets(lines: readonly string[]): string[] {
  return lines.map((line) => `- ${code(line)}`)
}

/** A difference in a sentence: `4 builds changed, no slot moved`; each part of what was looked at. */
function summarise(diff: SnapshotDiff): string {
  const { comparison, criteria, identity, queries } = diff
  const listings = ofKinds(comparison.changes, 'listing')
  const of = (test: (change: Change) => boolean) => listings.filter(test).length
  const slots = ofKinds(comparison.changes, 'slot').length
  const parts = [
    [ofKinds(comparison.changes, 'build').length + contentOf(diff).length, 'build', 'changed'],
    [ofKinds(comparison.changes, 'artifact', 'image').length, 'part', 'of builds changed'],
    [of(({ before }) => before === undefined), 'image', 'came'],
    [of(({ after }) => after === undefined), 'image', 'went'],
    [of(({ before, after }) => before !== undefined && after !== undefined), 'image', 'changed'],
    [slots, 'slot', 'moved'],
    [regraded(diff).length, 'slot', 'changed grade'],
    [queries.length, 'question', 'answered otherwise'],
  ] as const
  const told = parts.flatMap(([count, noun, verb]) =>
    count > 0 ? [`${counted(count, noun)} ${verb}`] : [],
  )
  return [
    ...told,
    ...(slots === 0 && diff.selections.length > 0 ? ['no slot moved'] : []),
    ...(criteria.length > 0 ? ['criteria changed'] : []),
    ...(identity.length > 0
      ? [`${identity.map(({ name }) => name).join(', ')} of the stream changed`]
      : []),
  ].join(', ')
}

function rowsOf({ comparison }: SnapshotDiff, ...kinds: readonly SubjectKind[]): PlanRow[] {
  return planRows(
    comparison,
    comparison.changes.filter(({ subject }) => kinds.includes(subject.kind)),
  )
}

/** Slots that keep their image and are of another grade, as their release is another. */
function regraded({ slots, comparison }: SnapshotDiff): SlotChange[] {
  const moved = new Set(
    ofKinds(comparison.changes, 'slot').flatMap(({ subject }) =>
      subject.kind === 'slot' ? [JSON.stringify(subject.slot)] : [],
    ),
  )
  return slots.changes.filter(({ slot }) => !moved.has(JSON.stringify(slot)))
}

/** A line for each two grades. */
function gradeLines(diff: SnapshotDiff): string[] {
  const moves = groupBy(
    regraded(diff),
    ({ before, after }) => `${before?.grade ?? 'none'} -> ${after?.grade ?? 'none'}`,
  )
  return [...moves].map(([move, changes]) => {
    const slots = describeSlots(changes.map(({ slot }) => slot))
    return `${counted(changes.length, 'slot')} with the same image: ${move} (${slots.join('; ')})`
  })
}

function contentOf({ builds }: SnapshotDiff) {
  return builds.filter(({ before, after }) => before === after)
}

function contentLines(diff: SnapshotDiff): string[] {
  return contentOf(diff).flatMap(({ architecture, content }) =>
    content.map((change) => `build ${architecture} ${describeValue(change)}`),
  )
}

function noteOf({ slots }: SnapshotDiff): string[] {
  return slots.changes.length > 0 && slots.releases === 'latest' ? [LATEST_NOTE] : []
}
