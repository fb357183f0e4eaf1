/** Markup that is safe to insert into a page. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** For markup of this project, never for text from a file or from git. */
  static trusted(text: string): Html {
    return new Html(text)
  }
}

type Content = Html | string | number | undefined | readonly Content[]

/** A template of markup. Values other than `Html` are escaped for elements and quoted attributes. */
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
