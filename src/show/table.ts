import { visibleLine } from '../printable.ts'

/** Lines of aligned columns, two spaces apart, nothing trailing; no cell can make a line of its own. */
export function alignColumns(table: readonly (readonly string[])[]): string[] {
  const rows = table.map((row) => row.map(visibleLine))
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length)
    })
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * A table as az prints one: the header, a line of dashes under each column, the rows; a column is
 * two wider than its name, or as wide as its widest cell.
 */
export function underlinedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const dashes = header.map((name, at) =>
    '-'.repeat(
      rows.reduce(
        (width, row) => Math.max(width, visibleLine(row[at] ?? '').length),
        name.length + 2,
      ),
    ),
  )
  return alignColumns([header, dashes, ...rows])
}

/** A column's name: `sku` is `Sku`, as az has it. */
export function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
