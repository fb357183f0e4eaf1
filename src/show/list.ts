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

/**
 * A table for each cloud, as `az -o table` prints it; with the state, last, where an image is listed
 * that may not be chosen.
 */
function listTable(listings: readonly Listing[], styled: Styled): string {
  const width = onStdout(styled).width()
  return listings
    .map(({ rows, states }) => {
      const keys = Object.keys(rows[0] ?? {}).filter((key) => !ofJsonAlone(rows, key))
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

/** What has members is empty where there is no room for them, as az has it. */
function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : ''
}

/** az's table leaves such a column out. */
function ofJsonAlone(rows: Listing['rows'], key: string): boolean {
  return rows.some((row) => typeof row[key] !== 'string')
}

function listJson(listings: readonly Listing[]): string {
  return printJson(listings.flatMap(({ rows }) => rows))
}
