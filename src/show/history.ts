import type { EventKind, HistoryEvent } from '../core/audit/history/events.ts'
import type { HistoryVersion } from '../core/audit/history/history.ts'
import type { SlotState } from '../core/audit/history/slot-state.ts'
import { FACTS } from '../core/clouds/index.ts'
import { printSlot } from '../core/clouds/slot.ts'
import { groupBy } from '../core/group.ts'
import { counted, visibleLine } from '../printable.ts'
import { movedName, type PlanRow, printPlan } from './plan.ts'
import { groupSlots } from './slots.ts'
import { onStdout, type Styled } from './style.ts'
import { alignColumns, foldLine } from './table.ts'

const CSV_COLUMNS = [
  ...['commit', 'date', 'architecture', 'release'],
  ...['cloud', 'plan', 'generation', 'region', 'image', 'grade', 'days'],
]

export interface HistoryOptions {
  /** What each version holds as well, and not only what it did. */
  readonly isFull: boolean
}

/** How `history -o` prints: version by version, so that no more than one is needed at a time. */
export interface HistoryForm {
  print(version: HistoryVersion, options: HistoryOptions, styled: Styled): string
  readonly isLatestFirst?: boolean
  readonly open?: string
  readonly between?: string
  readonly close?: string
}

export const HISTORY_FORMATS = {
  table: { print: historyLines, isLatestFirst: true },
  json: { print: historyJson, open: '[', between: ',', close: '\n]\n' },
  csv: { print: historyCsv, open: csvLine(CSV_COLUMNS) },
} as const satisfies Record<string, HistoryForm>
export type HistoryFormat = keyof typeof HISTORY_FORMATS

/** A line for a version, as git log has them; under it what it did. */
function historyLines(version: HistoryVersion, { isFull }: HistoryOptions, styled: Styled): string {
  const terminal = onStdout(styled)
  return [
    ...foldLine(headOf(version), terminal.width()).map((line) => terminal.style('bold', line)),
    ...eventLines(version, terminal),
    ...(isFull ? stateLines(version, terminal) : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function headOf({ commit, date, subject }: HistoryVersion): string {
  return `${commit.slice(0, 7)}  ${date.slice(0, 10)}  ${printable(subject)}`.trimEnd()
}

/** Of each architecture the release, of each slot the image. */
function stateLines({ releases, slots, problem }: HistoryVersion, { width }: Styled): string[] {
  if (problem !== undefined) return []
  const without = slots.filter(({ image }) => image === undefined).length
  const rows = [
    ...Object.entries(releases).map(([arch, release]) => [arch, printable(release)]),
    ...slots.filter(({ image }) => image !== undefined).map(slotRow),
    ...(without > 0 ? [[`${counted(without, 'slot')} without an image`]] : []),
  ]
  return alignColumns(rows, less(width(), 5)).map((line) => `     ${line}`)
}

/** What is left of a width behind an indentation. */
function less(width: number | undefined, indent: number): number | undefined {
  return width === undefined ? undefined : width - indent
}

const SIGNS: Readonly<Record<EventKind, PlanRow['sign']>> = {
  'build added': '+',
  'build bumped': '~',
  'build changed': '~',
  'build removed': '-',
  'image added': '+',
  'image replaced': '~',
  'image regressed': '~',
  'image removed': '-',
  'file renamed': '~',
  'file removed': '-',
  unreadable: '-',
}

/** What a version did, as a plan of changes; what changed alike in a line. */
function eventLines({ events, isCut }: HistoryVersion, styled: Styled): string[] {
  const rest = events.filter(({ slot }) => slot === undefined)
  const others = [
    ...groupBy(rest, ({ kind, before, after, problem }) =>
      [kind, before, after, problem].join('\n'),
    ).values(),
  ]
  const rows = [...others.flatMap(rowOf), ...slotRows(events)]
  if (rows.length === 0) {
    const told = isCut
      ? 'the clone begins here: what it did is not known'
      : "no build and no slot's image changed"
    return [styled.style('dim', `  ${told}`)]
  }
  const inner = { ...styled, width: () => less(styled.width(), 2) }
  return printPlan(rows, inner).map((line) => `  ${line}`)
}

function rowOf(alike: readonly HistoryEvent[]): PlanRow[] {
  const [first] = alike
  if (first === undefined) return []
  const { kind, before, after, problem } = first
  const isBuild = kind.startsWith('build')
  const move = [before, after].filter((each) => each !== undefined).join(' -> ')
  const subjects = alike.map(({ subject }) => printable(subject)).join(', ')
  return [
    {
      sign: SIGNS[kind],
      subject: isBuild
        ? `build ${subjects}`
        : kind === 'file renamed'
          ? 'file'
          : `${kind} ${subjects}`,
      what: printable(
        problem ?? (kind === 'build changed' ? `${move}, with other files or images` : move),
      ),
      date: '',
      grade: undefined,
    },
  ]
}

function slotRows(events: readonly HistoryEvent[]): PlanRow[] {
  const members = events.flatMap((event) => {
    const { kind, slot, versions, before, after, grade } = event
    if (slot === undefined) return []
    const name = movedName(before, after)
    const move = [versions?.before ?? before, versions?.after ?? after]
    // Two AMIs may be of one release.
    const isTold = before === undefined || after === undefined || move[0] !== move[1]
    const version = isTold ? move.filter((each) => each !== undefined).join(' -> ') : name
    return [{ slot, event, version, name, alike: [slot.cloud, kind, version, grade].join('\n') }]
  })
  return groupSlots(members).flatMap(({ text, members: [first, ...more] }) => {
    if (first === undefined) return []
    const { event, version, name, slot } = first
    const isNamed = more.length === 0 && FACTS[slot.cloud].isNameTelling
    return [
      {
        sign: SIGNS[event.kind],
        subject: `${text}${event.kind === 'image regressed' ? ' (older)' : ''}`,
        what: printable(isNamed ? name : version),
        date: '',
        grade: event.grade,
      },
    ]
  })
}

function slotRow({ slot, image, grade, refused, days }: SlotState): string[] {
  return [
    printSlot(slot),
    image ? printable(FACTS[slot.cloud].nameOf(image)) : '',
    grade ?? refused ?? '',
    days === undefined ? '' : `${days} days`,
  ]
}

/** Foreign text on one line, without what a terminal would act on. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, '?').replace(/ +/g, ' ')
}

function historyJson({ slots, problem, ...version }: HistoryVersion): string {
  const value = {
    ...version,
    problem: problem ?? null,
    slots: slots.map(({ slot, release, image, grade, refused, days }) => ({
      ...slot,
      release: release ?? null,
      image: image ?? null,
      grade: grade ?? 'none',
      refused: refused ?? null,
      days: days ?? null,
    })),
  }
  return `\n${JSON.stringify(value, undefined, 2)}`.replaceAll('\n', '\n  ')
}

/** A line for each slot of a version, and for each architecture that has no slot. */
function historyCsv({ commit, date, releases, slots }: HistoryVersion): string {
  const architectures = new Set(slots.map(({ slot }) => slot.architecture as string))
  const bare = Object.entries(releases).filter(([arch]) => !architectures.has(arch))
  return [
    ...bare.map(([arch, release]) => [commit, date, arch, release, '', '', '', '', '', '', '']),
    ...slots.map(({ slot, release, image, grade, days }) => [
      ...[commit, date, slot.architecture, release ?? '', slot.cloud, slot.plan],
      ...[String(slot.generation ?? ''), slot.region ?? ''],
      ...[image ? FACTS[slot.cloud].nameOf(image) : '', grade ?? 'none', String(days ?? '')],
    ]),
  ]
    .map(csvLine)
    .join('')
}

function csvLine(row: readonly string[]): string {
  return `${row.map(csvCell).join(',')}\n`
}

/** RFC 4180, but for the ends of lines; nothing that a spreadsheet would take for a formula. */
function csvCell(text: string): string {
  const line = visibleLine(text)
  const cell = /^(\s*[=+@]|-(?![0-9]+$))/.test(line) ? `'${line}` : line
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
