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
