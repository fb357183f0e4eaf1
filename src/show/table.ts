import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { visibleLine } from '../printable.ts'

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** In columns: longer cells do not widen their column. */
const LONGEST = 120

/** In columns: the indentation below the first line of a folded row. */
const INDENT = 4

/**
 * Rows of aligned columns, two spaces apart, without empty columns, trailing spaces and line ends. If
 * a row is wider than the terminal, all rows are folded: the first cell, and below it the other cells.
 *
 * @param width of the terminal; absent for complete lines, as in a pipe or a file
 * @param names of the columns, printed before the cells of a folded row
 * @returns the lines of each row
 */
export function alignRows(
  table: readonly (readonly string[])[],
  width?: number,
  names: readonly string[] = [],
): string[][] {
  const used = new Set(table.flatMap((row) => row.flatMap((cell, at) => (cell === '' ? [] : at))))
  const rows = table.map((row) => row.filter((_, at) => used.has(at)).map(visibleLine))
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      const own = displayWidth(cell)
      if (own <= LONGEST) widths[at] = Math.max(widths[at] ?? 0, own)
    })
  }
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell))))
      .join('  ')
      .trimEnd(),
  )
  const isFitting = width === undefined || lines.every((line) => displayWidth(line) <= width)
  if (isFitting) return lines.map((line) => [line])
  const usedNames = names.filter((_, at) => used.has(at))
  return rows.map((row) => foldRow(row, width, usedNames))
}

/** In columns. The library is slow for long texts, and is only needed for characters outside ASCII. */
function displayWidth(text: string): number {
  if (text.includes('\u001b')) return stringWidth(text)
  const others = text.match(/[^ -~]+/g) ?? []
  return others.reduce((width, run) => width + stringWidth(run) - run.length, text.length)
}

export function alignColumns(table: readonly (readonly string[])[], width?: number): string[] {
  return alignRows(table, width).flat()
}

/** The first cell with more than a sign begins the row. */
function foldRow(row: readonly string[], width: number, names: readonly string[]): string[] {
  const first = row.findIndex((cell) => cell.length > 1)
  const head = row.slice(0, first + 1).join('  ')
  const lines: string[] = []
  row.slice(first + 1).forEach((cell, at) => {
    const name = names[first + 1 + at]
    const text = name === undefined ? cell : `${name}: ${cell}`
    if (cell === '') return
    const last = lines.at(-1)
    const longer = last === undefined ? undefined : `${last}  ${text}`
    if (longer !== undefined && displayWidth(longer) <= width - INDENT) lines.splice(-1, 1, longer)
    else lines.push(text)
  })
  const under = lines.flatMap((line) => foldLine(line, width - INDENT))
  return [...foldLine(head, width), ...under.map((line) => `${' '.repeat(INDENT)}${line}`)]
}

/** A line in parts that fit a width; all parts but the first are indented. */
export function foldLine(line: string, width: number | undefined): string[] {
  if (width === undefined || displayWidth(line) <= width) return [line]
  const [indent = ''] = /^ */.exec(line) ?? []
  const body = line.slice(indent.length)
  const [first = ''] = wrapAnsi(body, width - indent.length, { hard: true }).split('\n')
  const inner = `${indent}${' '.repeat(Math.min(INDENT, Math.max(0, width - indent.length - 8)))}`
  const more = body.slice(first.length).trimStart()
  const rest = more === '' ? [] : wrapAnsi(more, width - inner.length, { hard: true }).split('\n')
  return [indent + first, ...rest.map((each) => inner + each)]
}

/**
 * A table as az prints it: the header, dashes below each column, the rows. A column is two wider than
 * its name, or as wide as its widest cell. In a terminal that is too narrow, rows are folded, and each
 * cell follows the name of its column.
 */
export function underlinedTable({ header, rows }: Table, width?: number): string[] {
  const dashes = header.map((name, at) =>
    '-'.repeat(
      rows.reduce(
        (longest, row) => Math.max(longest, displayWidth(visibleLine(row[at] ?? ''))),
        name.length + 2,
      ),
    ),
  )
  const total = dashes.reduce((sum, each) => sum + each.length + 2, -2)
  if (width === undefined || total <= width) return alignColumns([header, dashes, ...rows])
  return alignRows(rows, width, header).flat()
}

/** As az prints a key: `Sku`. */
export function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** @param rows cells in Markdown */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Foreign text as code, which cannot end the code, the cell or the line. */
export function code(text: string): string {
  const clean = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  if (clean === '') return ''
  if (!/[`|]/.test(clean)) return `\`${clean}\``
  // Markdown is active within the tag: links, emphasis, mentions.
  const escaped = clean.replace(
    /[^\p{L}\p{N} .,:;=/-]|:(?=\/\/)/gu,
    (each) => `&#${each.codePointAt(0)};`,
  )
  return `<code>${escaped}</code>`
}

/** A collapsed part. The blank lines make its content Markdown again. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`
}
