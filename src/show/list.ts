import type { Listing } from '../core/audit/list.ts'
import type { Cell } from '../core/clouds/facts.ts'
import { visibleLine } from '../printable.ts'
import { printJson } from './json.ts'
import { onStdout, type Styled } from './style.ts'
import { title, underlinedTable } from './table.ts'

/** How `list -o` can print. */
export const LIST_FORMATS = {
  table: listTable,
  tsv: listTsv,
  json: listJson,
} as const satisfies Record<string, (listings: readonly Listing[], styled: Styled) => string>
export type ListFormat = keyof typeof LIST_FORMATS

/** A table for each cloud, as `az -o table` prints it; its last column is the state, if there are states. */
function listTable(listings: readonly Listing[], styled: Styled): string {
  const width = onStdout(styled).width()
  return listings
    .map(({ rows, states }) => {
      const keys = Object.keys(rows[0] ?? {}).filter((key) => !hasMembers(rows, key))
      const table = {
        header: [...keys, ...(states ? ['state'] : [])].map(title),
        rows: rows.map((row, at) => [
          ...keys.map((key) => textOf(row[key])),
          ...(states?.[at] ? [states[at]] : []),
        ]),
      }
      const lines = underlinedTable(table, width)
      return `${lines.join('\n')}\n`
    })
    .join('\n')
}

function listTsv(listings: readonly Listing[]): string {
  return listings
    .flatMap(({ rows }) =>
      rows.map((row) => `${Object.values(row).map(textOf).map(visibleLine).join('\t')}\n`),
    )
    .join('')
}

/** A cell with members is empty in a table, as az prints it. */
function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : ''
}

/** az leaves out a column with members. */
function hasMembers(rows: Listing['rows'], key: string): boolean {
  return rows.some((row) => typeof row[key] !== 'string')
}

function listJson(listings: readonly Listing[]): string {
  return printJson(listings.flatMap(({ rows }) => rows))
}
