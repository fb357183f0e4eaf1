import type { Listing } from '../core/audit/list.ts'
import type { Cell } from '../core/clouds/facts.ts'
import { isSelectable } from '../core/clouds/order.ts'
import { visibleLine } from '../printable.ts'
import { printJson } from './json.ts'
import { onStdout, type Styled } from './style.ts'
import { title, underlinedTable } from './table.ts'

export const LIST_FORMATS = {
  table: listTable,
  tsv: listTsv,
  json: listJson,
} as const satisfies Record<string, (listings: readonly Listing[], styled: Styled) => string>
export type ListFormat = keyof typeof LIST_FORMATS

/** A table for each cloud, as `az -o table` prints it, with the state last if there are states. */
function listTable(listings: readonly Listing[], styled: Styled): string {
  const width = onStdout(styled).width()
  return listings
    .map(({ rows, states }) => {
      // az omits a column whose cells have members.
      const keys = Object.keys(rows[0] ?? {}).filter((key) =>
        rows.every((row) => typeof row[key] === 'string'),
      )
      const table = {
        header: [...keys, ...(states ? ['state'] : [])].map(title),
        rows: rows.map((row, at) => [
          ...keys.map((key) => printCell(row[key])),
          ...(states?.[at] ? [states[at]] : []),
        ]),
      }
      return `${underlinedTable(table, width).join('\n')}\n`
    })
    .join('\n')
}

/** Only images that may not be selected have a state, so that one image changes one line in git. */
function listTsv(listings: readonly Listing[]): string {
  return listings
    .flatMap(({ rows, states = [] }) =>
      rows.map((row, at) => {
        const { [at]: state } = states
        return [...Object.values(row), ...(state && !isSelectable(state) ? [state] : [])]
      }),
    )
    .map((cells) => `${cells.map(printCell).map(visibleLine).join('\t')}\n`)
    .join('')
}

/** az prints a cell with members as empty. */
function printCell(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : ''
}

function listJson(listings: readonly Listing[]): string {
  return printJson(listings.flatMap(({ rows }) => rows))
}
