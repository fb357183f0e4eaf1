import { type Html, html } from './html.ts'

/** Text with a button that copies it; the button comes alive with the script. */
export function copyable(text: string): Html {
  return html`<span class="copyable"><code>${text}</code><button type="button" class="copy" data-copy="${text}" aria-label="Copy ${text}" hidden>Copy</button></span>`
}

/** A time as a machine and a person read it. */
export function day(date: string): Html {
  return html`<time datetime="${date}">${date.slice(0, 10)}</time>`
}

/**
 * A chart with the words and the key that explain it. On a phone, which has no room for it, the numbers
 * below stand for all of that.
 */
export function chart(label: string, words: string, key: Html, drawing: Html): Html {
  return html`<div class="of-chart"><p>${words}</p>
<figure>${key}<div class="scroll chart-box" tabindex="0" role="region" aria-label="${label}">${drawing}</div></figure></div>
<p class="no-chart">The chart needs a wider screen. Its numbers are here:</p>`
}

/** A column of a table: its heading, and whether it holds numbers. */
export type Heading = readonly [name: string, isNumber?: 'number']

/** The numbers behind a chart, for those who cannot see it and those who want to count. */
export function numbers(
  caption: string,
  headings: readonly Heading[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  if (rows.length === 0) return html``
  const kind = (at: number) => (headings[at]?.[1] === 'number' ? html` class="number"` : html``)
  return html`<details class="numbers"><summary>The numbers: ${caption}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption class="away">${caption}</caption>
<thead><tr>${headings.map(([name], at) => html`<th scope="col"${kind(at)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td${kind(at)}>${cell}</td>`)}</tr>\n`)}</tbody></table></div></details>`
}
