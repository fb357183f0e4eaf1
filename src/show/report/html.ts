/** Markup that may stand in a page as it is: made by `html`, or by a library that escapes. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** For what this project or a library made; never for what came from a file or from git. */
  static trusted(text: string): Html {
    return new Html(text)
  }
}

type Content = Html | string | number | undefined | readonly Content[]

/**
 * A template of markup. Whatever is put into it is text, escaped for elements and for attributes in
 * quotes, unless it is markup itself; this is the one place where a page's strings are escaped.
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
