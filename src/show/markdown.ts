/** A table for a pull request's comment; cells are markdown. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Foreign text as code: nothing in it ends the code, the cell or the line. */
export function code(text: string): string {
  const clean = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  if (clean === '') return ''
  if (!/[`|]/.test(clean)) return `\`${clean}\``
  // Markdown goes on within the tag: links, emphasis, names of people.
  const escaped = clean.replace(
    /[^\p{L}\p{N} .,:;=/-]|:(?=\/\/)/gu,
    (each) => `&#${each.codePointAt(0)};`,
  )
  return `<code>${escaped}</code>`
}

/** A part that is shown on demand; the blank lines make its content markdown again. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`
}
