import { COLUMNS } from '../core/audit/list/columns.ts'
import type { Listing } from '../core/audit/list/list.ts'
import { visibleLine } from '../printable.ts'
import { underlinedTable } from './table.ts'

/** How `list -o` can print. */
export const LIST_FORMATS = {
  table: listTable,
  tsv: listTsv,
  json: listJson,
} as const satisfies Record<string, (listings: readonly Listing[]) => string>
export type ListFormat = keyof typeof LIST_FORMATS

/** A table for each cloud, as `az -o table` prints it. */
function listTable(listings: readonly Listing[]): string {
  return listings
    .map(({ cloud, rows }) => {
      const keys = COLUMNS[cloud].map(([key]) => key)
      const header = keys.map((key) => key.charAt(0).toUpperCase() + key.slice(1))
      const lines = underlinedTable(
        header,
        rows.map((row) => keys.map((key) => row[key] ?? '')),
      )
      return `${lines.join('\n')}\n`
    })
    .join('\n')
}

function listTsv(listings: readonly Listing[]): string {
  return listings
    .flatMap(({ rows }) => rows.map((row) => `${Object.values(row).map(visibleLine).join('\t')}\n`))
    .join('')
}

function listJson(listings: readonly Listing[]): string {
  return `${JSON.stringify(
    listings.flatMap(({ rows }) => rows),
    undefined,
    2,
  )}\n`
}
