import { type Change, losses } from '../core/changes/changes.ts'
import type { SubjectKind } from '../core/changes/inventory.ts'
import { type Difference, isEqual, type StreamDiff, slotItems } from '../core/changes/streams.ts'
import { groupBy } from '../core/group.ts'
import { describeKept, type KeptRegion } from '../core/regenerate/keep.ts'
import { counted } from '../printable.ts'
import { countChanges, gradeSummary, printRows } from './changes.ts'
import { changesJson, printJson } from './json.ts'
import { type Row, regradedRows, rows } from './rows.ts'
import { narrowed, onStdout, type Styled } from './style.ts'
import { code, details, foldLine, markdownTable } from './table.ts'

export const DIFF_FORMATS = {
  text: diffText,
  json: printDiffJson,
  markdown: printDiffMarkdown,
} as const satisfies Record<string, (difference: Difference, terminal: Styled) => string>
export type DiffFormat = keyof typeof DIFF_FORMATS

/** The changes of each stream; empty if nothing changes. */
function diffText(difference: Difference, terminal: Styled): string {
  if (isEqual(difference)) return ''
  const styled = onStdout(terminal)
  const inner = narrowed(styled, 2)
  const bold = (line: string) => styled.style('bold', line)
  const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
  const section = ({ title, rows }: Section) => [
    ...(title === '' ? [] : [bold(title)]),
    ...indent(printRows(rows, inner)),
  ]
  const lines = difference.streams.flatMap((stream) => [
    ...foldLine(headLine(stream), styled.width()).map(bold),
    ...indent(counts(stream).flatMap((line) => foldLine(line, inner.width()))),
    ...sections(stream.changes).flatMap(section),
  ])
  return `${[...lines, ...sections(difference.files).flatMap(section)].join('\n')}\n`
}

const counts = (stream: StreamDiff) => [
  ...[countChanges(stream) ?? []].flat(),
  ...describeKept(keptRegions(stream)),
]

/** Images of regions that a bumped build does not have, which `--keep-lost` kept. */
function keptRegions({ before, after, unchanged }: StreamDiff): KeptRegion[] {
  return unchanged.flatMap(({ subject, release = '' }) => {
    if (subject.kind !== 'image' || subject.region === undefined || subject.member) return []
    const { architecture, platform, region } = subject
    const [from, to] = [before, after].map(({ releases }) => releases.get(architecture))
    return from === to || release === '' || release === to
      ? []
      : [{ architecture, platform, region, release }]
  })
}

/** In characters; GitHub accepts 65,536 in a comment. */
const LONGEST = 59_000

/** For a comment on a pull request; empty if nothing changes. */
export function printDiffMarkdown(difference: Difference): string {
  if (isEqual(difference)) return ''
  const { streams, files } = difference
  const blocks = streams.flatMap((stream) => [
    asBlock(`### ${code(stream.name)}: ${summarize(stream)}`),
    ...counts(stream).map(asBlock),
    ...sections(stream.changes).map(sectionBlock),
  ])
  return `${fitting([...blocks, ...sections(files).map(sectionBlock)]).join('\n\n')}\n`
}

interface Block {
  readonly text: string
  /** Printed instead if the comment would be too long. */
  readonly short: string
}

function asBlock(text: string): Block {
  return { text, short: text }
}

/** In a table that is too long for a comment. */
const MOST_REMOVALS = 50

/** The builds and the images; everything else is folded. */
function sectionBlock({ title, rows }: Section): Block {
  const table = changesTable(rows)
  const removals = rows.filter(({ sign }) => sign === '-').slice(0, MOST_REMOVALS)
  const others = (noun: string) =>
    `${counted(rows.length - removals.length, noun)}, too long for a comment`
  const short =
    removals.length === 0 ? others('line') : `${changesTable(removals)}\n\n${others('more line')}`
  if (title === '') return { text: table, short }
  if (title === 'files') return { text: `**files**\n\n${table}`, short: `**files**\n\n${short}` }
  return { text: details(title, table), short: details(title, short) }
}

function changesTable(rows: readonly Row[]): string {
  const cells = rows.map(({ sign, subject, what, date, grade }) => [
    sign,
    code(subject),
    code(what),
    [code(date), grade].filter(Boolean).join(' '),
  ])
  return markdownTable(['', 'what', 'change', 'date and grade'], cells)
}

/** The blocks of a comment; the longest ones are shortened until all blocks fit. */
function fitting(blocks: readonly Block[]): string[] {
  const texts = blocks.map(({ text }) => text)
  let room = LONGEST - texts.join('\n\n').length
  for (const block of blocks.toSorted((a, b) => b.text.length - a.text.length)) {
    if (room >= 0) break
    texts[blocks.indexOf(block)] = block.short
    room += block.text.length - block.short.length
  }
  let left = LONGEST
  const kept = texts.filter((text) => {
    left -= text.length + 2
    return left >= 0
  })
  const more = texts.length - kept.length
  return more === 0 ? kept : [...kept, `${counted(more, 'part')} omitted, too long for a comment`]
}

/** In the form of `schemas/diff.schema.json`. */
export function printDiffJson(difference: Difference): string {
  const { base, streams, files } = difference
  return printJson({
    schemaVersion: 2,
    equal: isEqual(difference),
    base: base ?? null,
    streams: Object.fromEntries(
      streams.map((stream) => [
        stream.name,
        {
          status: stream.status ?? (stream.changes.length > 0 ? 'changed' : 'unchanged'),
          summary: summarize(stream),
          releases: {
            before: Object.fromEntries(stream.before.releases),
            after: Object.fromEntries(stream.after.releases),
          },
          removed: countLosses(stream, 'removed'),
          changes: changesJson(stream.changes),
        },
      ]),
    ),
    files: changesJson(files),
  })
}

/** `rhel-9: 9.8.20260403-0 -> 9.8.20260428-0; 3 exact, 12 lag by up to 97 days, 0 removed` */
export function headLine(stream: StreamDiff): string {
  return `${stream.name}: ${summarize(stream)}`
}

function summarize(stream: StreamDiff): string {
  const { status } = stream
  const grades = gradeSummary(slotItems(stream.after)) || 'no marketplace images'
  const state = status === 'removed' ? [] : [grades]
  const change = status === undefined ? '' : `${status}, `
  const builds = countLosses(stream, 'older', ['build'])
  const images = countLosses(stream, 'older', ['artifact', 'image', 'slot'])
  const older = [
    ...(builds > 0 ? [counted(builds, 'older build')] : []),
    ...(images > 0 ? [counted(images, 'older image')] : []),
  ]
  const removed = `${countLosses(stream, 'removed')} removed`
  return `${change}${releaseMoves(stream)}; ${[...state, ...older, removed].join(', ')}`
}

/** `A -> B`, with architectures if they have different releases. */
function releaseMoves({ before, after }: StreamDiff): string {
  const architectures = [...new Set([...before.releases.keys(), ...after.releases.keys()])].sort()
  const moves = groupBy(architectures, (arch) => {
    const [old, fresh] = [before.releases.get(arch), after.releases.get(arch)]
    return old === fresh ? (fresh ?? '') : [old ?? 'none', fresh ?? 'none'].join(' -> ')
  })
  if (moves.size === 0) return 'release unknown'
  const [only] = moves.keys()
  if (moves.size === 1) return only ?? ''
  return [...moves].map(([move, names]) => `${move} (${names.join(', ')})`).join(', ')
}

/** The number of builds, parts of builds and images that the stream loses. */
function countLosses(
  { changes }: StreamDiff,
  kind: Change['loss'],
  kinds: readonly SubjectKind[] = ['build', 'artifact', 'image', 'slot'],
): number {
  const lost = losses(changes).filter(
    ({ subject, loss }) => loss === kind && kinds.includes(subject.kind),
  )
  const names = lost.map(({ subject }) =>
    JSON.stringify(subject.kind === 'slot' ? subject.slot : subject),
  )
  return new Set(names).size
}

interface Section {
  /** Empty for the builds and the images of the stream. */
  readonly title: string
  readonly rows: readonly Row[]
}

const SECTIONS: readonly (readonly [title: string, ...kinds: SubjectKind[]])[] = [
  ['', 'build', 'artifact', 'image', 'slot'],
  ['listed images', 'cloud', 'listing'],
  ['queries', 'query'],
  ['stream and criteria', 'setting'],
  ['files', 'file'],
]

function sections(changes: readonly Change[]): Section[] {
  const all = [...rows(changes), ...regradedRows(changes)]
  return SECTIONS.map(([title, ...kinds]) => ({
    title,
    rows: all.filter(({ kind }) => kinds.includes(kind)),
  })).filter((section) => section.rows.length > 0)
}
