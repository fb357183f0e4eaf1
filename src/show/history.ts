import type { HistoryEvent } from '../core/audit/history/events.ts'
import type { HistoryVersion } from '../core/audit/history/history.ts'
import type { SlotState } from '../core/audit/history/slot-state.ts'
import { nameOf } from '../core/layouts/names.ts'
import { printSlot } from '../core/selection/slot.ts'
import { visibleLine } from '../printable.ts'
import { alignColumns } from './table.ts'

/** How `history -o` can print. */
export const HISTORY_FORMATS = {
  table: historyTable,
  json: historyJson,
  csv: historyCsv,
} as const satisfies Record<string, (history: readonly HistoryVersion[]) => string>
export type HistoryFormat = keyof typeof HISTORY_FORMATS

/** A line for each version; under it, indented, the builds, the slots' images, and what changed. */
function historyTable(history: readonly HistoryVersion[]): string {
  return history
    .map((version) => {
      const { commit, date, subject, releases, slots, events, problem } = version
      const without = slots.filter(({ image }) => image === undefined).length
      const rows = [
        ...Object.entries(releases).map(([arch, release]) => [arch, printable(release)]),
        ...slots.filter(({ image }) => image !== undefined).map(slotRow),
        ...(without > 0 ? [[`${without} slot${without === 1 ? '' : 's'} without an image`]] : []),
      ]
      const lines = [
        `${commit.slice(0, 7)}  ${date.slice(0, 10)}  ${printable(subject)}`.trimEnd(),
        ...(problem === undefined ? alignColumns(rows).map((line) => `  ${line}`) : []),
        ...alignColumns(events.map(eventRow)).map((line) => `  ${line}`),
      ]
      return lines.map((line) => `${line}\n`).join('')
    })
    .join('')
}

function slotRow({ slot, image, grade, refused, days }: SlotState): string[] {
  return [
    printSlot(slot),
    image ? printable(nameOf(slot.cloud, image)) : '',
    grade ?? refused ?? '',
    days === undefined ? '' : `${days} days`,
  ]
}

function eventRow({ kind, subject, before, after, problem }: HistoryEvent): string[] {
  const what = problem ?? [before, after].filter((each) => each !== undefined).join(' -> ')
  return ['*', kind, ...(kind === 'file renamed' ? [] : [subject]), what].map(printable)
}

/** Foreign text on one line, without what a terminal would act on. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, '?').replace(/ +/g, ' ')
}

function historyJson(history: readonly HistoryVersion[]): string {
  const value = history.map(({ slots, problem, ...version }) => ({
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
  }))
  return `${JSON.stringify(value, undefined, 2)}\n`
}

const CSV_COLUMNS = [
  ...['commit', 'date', 'architecture', 'release'],
  ...['cloud', 'plan', 'generation', 'region', 'image', 'grade', 'days'],
]

/** A line for each slot of each version, and for each architecture that has no slot. */
function historyCsv(history: readonly HistoryVersion[]): string {
  const rows = history.flatMap(({ commit, date, releases, slots }) => {
    const architectures = new Set(slots.map(({ slot }) => slot.architecture as string))
    const bare = Object.entries(releases).filter(([arch]) => !architectures.has(arch))
    return [
      ...bare.map(([arch, release]) => [commit, date, arch, release, '', '', '', '', '', '', '']),
      ...slots.map(({ slot, release, image, grade, days }) => [
        ...[commit, date, slot.architecture, release ?? '', slot.cloud, slot.plan],
        ...[String(slot.generation ?? ''), slot.region ?? ''],
        ...[image ? nameOf(slot.cloud, image) : '', grade ?? 'none', String(days ?? '')],
      ]),
    ]
  })
  return [CSV_COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('')
}

/** RFC 4180, but for the ends of lines; nothing that a spreadsheet would take for a formula. */
function csvCell(text: string): string {
  const line = visibleLine(text)
  const cell = /^(\s*[=+@]|-(?![0-9]+$))/.test(line) ? `'${line}` : line
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
