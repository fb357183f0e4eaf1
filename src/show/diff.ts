import { isEqual, type SnapshotDiff } from '../core/audit/diff/diff.ts'
import { printSlot } from '../core/selection/slot.ts'
import { summarise } from './diff/counts.ts'
import {
  describeField,
  describeFilling,
  describeImage,
  describeQuery,
  describeValue,
  LATEST_NOTE,
} from './diff/names.ts'
import type { Styled } from './style.ts'
import { alignColumns } from './table.ts'

const STYLES = { '+': 'green', '-': 'red', '~': 'yellow' } as const

/** `+` came, `-` went, `~` changed; the sign and then the columns. */
type Row = readonly [sign: keyof typeof STYLES, ...cells: string[]]

/** A difference for the person at the terminal; nothing for none. */
export function diffText(diff: SnapshotDiff, terminal: Styled): string {
  if (isEqual(diff)) return ''
  const { stream, identity, builds, criteria, images, queries, slots } = diff
  const title = (text: string) => terminal.style('bold', text, 'stdout')
  const section = (name: string, rows: readonly Row[]) =>
    rows.length === 0 ? [] : [title(name), ...rowLines(rows, terminal)]
  const lines = [
    title(`${stream.name}: ${summarise(diff)}`),
    ...section(
      'identity',
      identity.map((field) => ['~', describeField(field)]),
    ),
    ...section('builds', buildRows(builds)),
    ...section(
      'criteria',
      criteria.map((change) => ['~', describeValue(change)]),
    ),
    ...images.flatMap((plan) => section(`${plan.cloud} ${plan.plan}`, imageRows(plan))),
    ...section(
      'questions',
      queries.map((query) => [
        query.change === 'appeared' || query.change === 'asked' ? '+' : '-',
        describeQuery(query),
      ]),
    ),
    ...section('slots', slotRows(slots.changes)),
    ...(slots.changes.length > 0 && slots.releases === 'latest'
      ? [terminal.style('dim', LATEST_NOTE, 'stdout')]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

function rowLines(rows: readonly Row[], terminal: Styled): string[] {
  return alignColumns(rows).map((line, at) =>
    terminal.style(STYLES[rows[at]?.[0] ?? '~'], `  ${line}`, 'stdout'),
  )
}

function buildRows(builds: SnapshotDiff['builds']): Row[] {
  return builds.flatMap(({ architecture, before, after, content }): Row[] => {
    if (before === undefined) return [['+', architecture, after ?? '']]
    if (after === undefined) return [['-', architecture, before]]
    if (before !== after) return [['~', architecture, `${before} -> ${after}`]]
    return content.map((change) => ['~', architecture, describeValue(change)])
  })
}

function imageRows({ cloud, added, removed, changed }: SnapshotDiff['images'][number]): Row[] {
  const row = (sign: Row[0], image: (typeof added)[number], what?: string): Row => {
    const { name, kind, state } = describeImage(cloud, image)
    return [sign, name, kind, what ?? state]
  }
  return [
    ...removed.map((image) => row('-', image)),
    ...added.map((image) => row('+', image)),
    ...changed.map(({ image, fields }) => row('~', image, fields.map(describeField).join(', '))),
  ]
}

/** The slot on a line, what it had and what it gets on one line each. */
function slotRows(changes: SnapshotDiff['slots']['changes']): Row[] {
  return changes.flatMap(({ slot, before, after }): Row[] => {
    const [old, fresh] = [before, after].map((each) => describeFilling(slot.cloud, each))
    return [
      ['-', printSlot(slot), old?.image ?? '', old?.grade ?? ''],
      ['+', '', fresh?.image ?? '', fresh?.grade ?? ''],
    ]
  })
}
