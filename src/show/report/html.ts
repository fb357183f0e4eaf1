/** Markup that is safe to insert into a page: made by `html`, or by a library that escapes. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** For markup of this project or of a library, never for text from a file or from git. */
  static trusted(text: string): Html {
    return new Html(text)
  }
}

type Content = Html | string | number | undefined | readonly Content[]

/**
 * A template of markup. Every value that is not markup itself is escaped, for elements and for quoted
 * attributes. No other code of the page escapes text.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return Html.trusted(parts.map((part, at) => part + render(contents[at])).join(''))
}

function render(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Html) return content.text
  if (Array.isArray(content)) return content.map(render).join('')
  return escapeText(String(content))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A button that copies a text; the script shows it. @param name of the text, for screen readers */
export function copyButton(text: string, label: string, name: string): Html {
  return html`<button type="button" class="copy" data-copy="${text}" data-name="${name}" data-label="${label}" aria-label="${label === name ? label : `${label} ${name}`}" hidden>${label}</button>`
}

/** Text with a button that copies it. */
export function copyable(text: string): Html {
  return html`<span class="copyable"><code>${text}</code>${copyButton(text, 'Copy', text)}</span>`
}

export function day(date: string): Html {
  return html`<time datetime="${date}">${date.slice(0, 10)}</time>`
}

/** A commit's short id, as a link if the address of the remote repository is known. */
export function commitId(commit: string, commits: string | undefined): Html {
  const id = html`<abbr title="${commit}">${commit.slice(0, 7)}</abbr>`
  return commits === undefined ? id : html`<a href="${commits}${commit}" rel="noreferrer">${id}</a>`
}

/** A column of a table: its heading, and whether it has numbers. */
export type Heading = readonly [name: string, isNumber?: 'number']

/** The data of a chart as a table that opens on demand. */
export function numbers(
  caption: string,
  headings: readonly Heading[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  if (rows.length === 0) return html``
  const kind = (at: number) => (headings[at]?.[1] === 'number' ? html` class="number"` : html``)
  return html`<details class="numbers"><summary>Data: ${caption}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption class="away">${caption}</caption>
<thead><tr>${headings.map(([name], at) => html`<th scope="col"${kind(at)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td${kind(at)}>${cell}</td>`)}</tr>\n`)}</tbody></table></div></details>`
}
