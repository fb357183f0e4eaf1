import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

/** An allow-list of elements. */
export type Elements = 'text' | { readonly [name: string]: Elements }

interface Filter {
  readonly elements: Elements
  /** @returns undefined to drop the element */
  edit(name: string, text: string): string | undefined
  /** Whether to keep an `item` of a list; `member` gets the text of one of its elements. */
  isKept(list: string, member: (name: string) => string): boolean
}

const ELEMENT = 1
const TEXT = 3

/**
 * Prints the allowed elements of a document, with their indentation and without comments and
 * attributes other than the namespace.
 * @param root the name of the root element
 * @returns undefined for another document
 */
export function filterXml(text: string, root: string, filter: Filter): string | undefined {
  try {
    const parser = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message)
      },
    })
    const { documentElement } = parser.parseFromString(text, 'text/xml')
    if (documentElement?.nodeName !== root) return undefined
    const prologue = /^<\?xml[^>]*\?>\s*/.exec(text)?.[0] ?? ''
    return `${prologue}${print(documentElement, filter.elements, filter)}`
  } catch {
    return undefined
  }
}

function print(element: Element, allowed: Elements, filter: Filter): string | undefined {
  const { nodeName } = element
  const content =
    allowed === 'text'
      ? filter.edit(nodeName, element.textContent ?? '')
      : printChildren(element, allowed, filter)
  if (content === undefined) return undefined
  const namespace = element.getAttribute('xmlns')
  const start = namespace ? `${nodeName} xmlns="${escapeXml(namespace)}"` : nodeName
  const printed = allowed === 'text' ? escapeXml(content) : content
  return printed === '' ? `<${start}/>` : `<${start}>${printed}</${nodeName}>`
}

/** Keeps the white space before kept elements only, so that there are no empty lines. */
function printChildren(list: Element, allowed: Exclude<Elements, 'text'>, filter: Filter): string {
  const parts: string[] = []
  let space = ''
  for (const node of childNodes(list)) {
    if (node.nodeType === TEXT && node.nodeValue?.trim() === '') {
      space = node.nodeValue
      continue
    }
    const { nodeName, nodeType } = node
    const elements = Object.hasOwn(allowed, nodeName) ? allowed[nodeName] : undefined
    const isKept =
      nodeName !== 'item' || filter.isKept(list.nodeName, (name) => getMemberText(node, name))
    if (nodeType === ELEMENT && elements !== undefined && isKept) {
      const printed = print(node as Element, elements, filter)
      if (printed !== undefined) parts.push(space, printed)
    }
    space = ''
  }
  return parts.join('') + space
}

function getMemberText(item: Node, name: string): string {
  for (const each of childNodes(item)) if (each.nodeName === name) return each.textContent ?? ''
  return ''
}

function* childNodes({ firstChild }: Node): Generator<Node> {
  for (let node = firstChild; node !== null; node = node.nextSibling) yield node
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
