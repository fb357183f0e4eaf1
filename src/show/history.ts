import { type Change, ofKinds } from '../core/changes/changes.ts'
import { printSlot } from '../core/clouds/facts.ts'
import { FACTS } from '../core/clouds/index.ts'
import type { HistoryVersion } from '../core/history/history.ts'
import { counted, visibleLine } from '../printable.ts'
import { gradeSummary, printRows } from './changes.ts'
import { changesJson, slotJson } from './json.ts'
import { type Row, rows } from './rows.ts'
import { narrowed, onStdout, type Styled } from './style.ts'
import { alignColumns, foldLine } from './table.ts'

const CSV_COLUMNS = [
  ...['commit', 'date', 'architecture', 'release'],
  ...['cloud', 'plan', 'generation', 'region', 'image', 'grade', 'days'],
]

/** The changes of builds, their parts, and the images of slots. */
export function shownChanges({ changes }: Pick<HistoryVersion, 'changes'>): Change[] {
  return ofKinds(changes, 'build', 'artifact', 'image', 'slot')
}

/** The changes of a version, those of its files first. */
export function versionRows(version: HistoryVersion): Row[] {
  const { files, path, problem } = version
  const row = (sign: Row['sign'], subject: string, what: string): Row => ({
    ...{ kind: 'file', sign, subject, what, date: '', grade: undefined },
  })
  const all = [
    ...files.map(({ change, path, from = '' }) =>
      change === 'renamed' ? row('~', 'file', `${from} -> ${path}`) : row('-', 'file', path),
    ),
    ...(problem === undefined ? [] : [row('-', `unreadable ${path}`, problem)]),
    ...rows(version.changes),
  ]
  return all.map(({ subject, what, ...rest }) => ({
    ...rest,
    subject: visibleLine(subject),
    what: visibleLine(what),
    date: '',
  }))
}

/** The line for a version without rows. */
export function describeUnchanged({ isCut }: HistoryVersion): string {
  return isCut ? 'the shallow clone begins here: changes unknown' : 'builds and slots unchanged'
}

/** `3 exact, 12 lag by up to 97 days` */
export function versionGrades({ slots }: HistoryVersion): string {
  return gradeSummary(slots.filter(({ image }) => image !== undefined))
}

/** A version as `git log` prints it, and its changes. */
export function printVersion(version: HistoryVersion, isFull: boolean, styled: Styled): string {
  const terminal = onStdout(styled)
  const { commit, date, subject } = version
  const head = `${commit.slice(0, 7)}  ${date.slice(0, 10)}  ${visibleLine(subject)}`.trimEnd()
  return [
    ...foldLine(head, terminal.width()).map((line) => terminal.style('bold', line)),
    ...changeLines(version, terminal),
    ...(isFull ? stateLines(version, terminal) : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function changeLines(version: HistoryVersion, styled: Styled): string[] {
  const all = versionRows(version)
  if (all.length === 0) return [styled.style('dim', `  ${describeUnchanged(version)}`)]
  return printRows(all, narrowed(styled, 2)).map((line) => `  ${line}`)
}

/** The OCP version, the release of each architecture, and the image of each slot. */
function stateLines({ releases, slots, ocp, problem }: HistoryVersion, styled: Styled): string[] {
  if (problem !== undefined) return []
  const filled = slots.filter(({ image }) => image !== undefined)
  const empty = slots.length - filled.length
  const rows = [
    ...(filled.length > 0 ? [[`OCP version ${ocp ?? 'unknown'}`]] : []),
    ...Object.entries(releases).map(([arch, release]) => [arch, release]),
    ...filled.map(({ slot, image, grade, ungraded, days }) => [
      printSlot(slot),
      image ? FACTS[slot.cloud].imageName(image) : '',
      grade ?? ungraded ?? '',
      days === undefined ? '' : counted(days, 'day'),
    ]),
    ...(empty > 0 ? [[`${counted(empty, 'slot')} without an image`]] : []),
  ]
  return alignColumns(rows, narrowed(styled, 5).width()).map((line) => `     ${line}`)
}

export function versionJson({ slots, problem, ocp, changes, ...version }: HistoryVersion) {
  return {
    ...version,
    ocp: ocp ?? null,
    problem: problem ?? null,
    changes: changesJson(shownChanges({ changes })),
    slots: slots.map((each) => ({ ...slotJson(each), refused: each.ungraded ?? null })),
  }
}

/** @param hasStream whether the first column is the name of the stream */
export function historyCsvHeader(hasStream: boolean): string {
  return csvLine([...(hasStream ? ['stream'] : []), ...CSV_COLUMNS])
}

/** A line for each slot of a version, and for each architecture without a slot. */
export function historyCsv(
  { commit, date, releases, slots }: HistoryVersion,
  stream: string | undefined,
): string {
  const architectures = new Set(slots.map(({ slot }) => slot.architecture as string))
  const bare = Object.entries(releases).filter(([arch]) => !architectures.has(arch))
  return [
    ...bare.map(([arch, release]) => [commit, date, arch, release, '', '', '', '', '', '', '']),
    ...slots.map(({ slot, release, image, grade, days }) => [
      ...[commit, date, slot.architecture, release ?? '', slot.cloud, slot.plan],
      ...[String(slot.generation ?? ''), slot.region ?? ''],
      ...[image ? FACTS[slot.cloud].imageName(image) : '', image ? (grade ?? '') : 'none'],
      String(days ?? ''),
    ]),
  ]
    .map((row) => csvLine([...(stream === undefined ? [] : [stream]), ...row]))
    .join('')
}

/** RFC 4180 with LF. A cell that a spreadsheet would read as a formula gets an apostrophe. */
export function csvLine(row: readonly string[]): string {
  return `${row.map(csvCell).join(',')}\n`
}

function csvCell(text: string): string {
  const line = visibleLine(text)
  const cell = /^(\s*[=+@]|-(?![0-9]+$))/.test(line) ? `'${line}` : line
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
