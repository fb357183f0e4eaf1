import { type Change, isRegraded, losses } from '../core/changes/changes.ts'
import { type Difference, isEqual, type StreamDiff, slotItems } from '../core/changes/streams.ts'
import { groupBy } from '../core/group.ts'
import { counted } from '../printable.ts'
import { countChanges, gradeSummary, printRows } from './changes.ts'
import { changesJson, printJson } from './json.ts'
import { code, details, markdownTable } from './markdown.ts'
import { type Row, regradedRows, rows } from './rows.ts'
import { onStdout, type Styled } from './style.ts'
import { foldLine } from './table.ts'

export const DIFF_FORMATS = {
  text: diffText,
  json: printDiffJson,
  markdown: printDiffMarkdown,
} as const satisfies Record<string, (difference: Difference, terminal: Styled) => string>
export type DiffFormat = keyof typeof DIFF_FORMATS

/** The changes of each stream; empty where nothing changes. */
function diffText(difference: Difference, terminal: Styled): string {
  if (isEqual(difference)) return ''
  const styled = onStdout(terminal)
  const width = styled.width()
  const inner = { ...styled, width: () => (width === undefined ? undefined : width - 2) }
  const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
  const section = (title: string, all: readonly Row[]) =>
    all.length === 0
      ? []
      : [...(title === '' ? [] : [styled.style('bold', title)]), ...indent(printRows(all, inner))]
  const lines = difference.streams.flatMap((stream) => [
    ...foldLine(headLine(stream), width).map((line) => styled.style('bold', line)),
    ...indent(countLines(stream).flatMap((line) => foldLine(line, inner.width()))),
    ...sections(stream.changes).flatMap(({ title, rows }) => section(title, rows)),
  ])
  return `${[...lines, ...section('files', rows(difference.files))].join('\n')}\n`
}

function countLines(stream: StreamDiff): string[] {
  return [countChanges(stream) ?? []].flat()
}

/** In characters; GitHub accepts 65,536 in a comment. */
const LONGEST = 60_000

/** For the comment on a pull request; empty where nothing changes. */
export function printDiffMarkdown(difference: Difference): string {
  if (isEqual(difference)) return ''
  const { streams, files } = difference
  const blocks = [
    ...streams.map((stream) => `### ${code(stream.name)}: ${headOf(stream)}`),
    ...(files.length > 0 ? [table(rows(files)).join('\n')] : []),
  ]
  const room = LONGEST - RESERVE - blocks.join('\n\n').length
  const parts = streams.flatMap((stream, at) => [
    blocks[at] ?? '',
    ...streamBlocks(stream, Math.floor(room / streams.length)),
  ])
  return `${cut([...parts, ...blocks.slice(streams.length)]).join('\n\n')}\n`
}

/** In characters, for the summaries of parts that are too long. */
const RESERVE = 2000

/** The counts, the builds and the images; everything else is folded. */
function streamBlocks(stream: StreamDiff, room: number): string[] {
  const [{ rows: main } = { rows: [] }, ...others] = sections(stream.changes)
  const blocks = countLines(stream)
  let left = room - blocks.join().length
  const add = (lines: readonly string[], wrap: (content: string) => string) => {
    const content = lines.join('\n')
    const block = wrap(
      content.length < left ? content : `${counted(lines.length, 'line')}, too long for a comment`,
    )
    left -= block.length
    blocks.push(block)
  }
  if (main.length > 0) add(table(main), (content) => content)
  for (const { title, rows: all } of others) add(table(all), (content) => details(title, content))
  return blocks
}

/** The blocks that fit into a comment. */
function cut(blocks: readonly string[]): string[] {
  let length = 0
  const kept = blocks.filter((block) => {
    length += block.length + 2
    return length < LONGEST - 100
  })
  const more = blocks.length - kept.length
  return more === 0 ? kept : [...kept, `${counted(more, 'part')} left out, too long for a comment`]
}

/** A difference for programs, as `schemas/diff.schema.json` describes it. */
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
          summary: headOf(stream),
          releases: {
            before: Object.fromEntries(stream.before.releases),
            after: Object.fromEntries(stream.after.releases),
          },
          removed: countRemoved(stream),
          changes: changesJson(stream.changes),
        },
      ]),
    ),
    files: changesJson(files),
  })
}

/** `rhel-9: 9.8.20260403-0 -> 9.8.20260428-0; 3 exact, 12 lag by up to 97 days, 0 removed` */
export function headLine(stream: StreamDiff): string {
  return `${stream.name}: ${headOf(stream)}`
}

function headOf(stream: StreamDiff): string {
  const { status } = stream
  const grades = gradeSummary(slotItems(stream.after)) || 'no marketplace images'
  const state = status === 'removed' ? [] : [grades]
  const change = status === undefined ? '' : `${status}, `
  return `${change}${releaseMoves(stream)}; ${[...state, `${countRemoved(stream)} removed`].join(', ')}`
}

/** `A -> B`; with the architectures where they differ. */
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

/** The builds, their parts and the images that are removed from the stream. */
function countRemoved({ changes }: StreamDiff): number {
  const removed = losses(changes).filter(
    ({ subject, loss }) =>
      loss === 'removed' && subject.kind !== 'listing' && subject.kind !== 'cloud',
  )
  const names = removed.map(({ subject }) =>
    JSON.stringify(subject.kind === 'slot' ? subject.slot : subject),
  )
  return new Set(names).size
}

interface Section {
  /** Empty for the builds and the images of the stream. */
  readonly title: string
  readonly rows: readonly Row[]
}

function sections(changes: readonly Change[]): Section[] {
  const of = (...kinds: readonly Change['subject']['kind'][]) =>
    rows(changes.filter(({ subject, follows }) => kinds.includes(subject.kind) || follows))
  const regraded = regradedRows(changes.filter(isRegraded))
  return [
    { title: '', rows: [...of('build', 'artifact', 'image', 'slot'), ...regraded] },
    { title: 'listed images', rows: of('cloud', 'listing') },
    { title: 'queries', rows: rowsOfQueries(changes) },
    { title: 'stream and criteria', rows: of('setting') },
    { title: 'files', rows: of('file') },
  ].filter((section, at) => at === 0 || section.rows.length > 0)
}

/** The queries of a cloud that is added or removed as a whole are left out. */
function rowsOfQueries(changes: readonly Change[]): Row[] {
  return rows(
    changes.filter(({ subject }) => subject.kind === 'query' || subject.kind === 'cloud'),
  ).filter(({ subject }) => !subject.startsWith('cloud '))
}

function table(all: readonly Row[]): string[] {
  if (all.length === 0) return []
  const cells = all.map(({ sign, subject, what, date, grade }) => [
    sign,
    code(subject),
    code(what),
    [code(date), grade].filter(Boolean).join(' '),
  ])
  return markdownTable(['', 'what', 'change', 'date and grade'], cells).split('\n')
}
