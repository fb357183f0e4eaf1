import { DOMParser, type Element, type Node, XMLSerializer } from '@xmldom/xmldom'

/** The elements that may be kept: those with text, and those with further ones in them. */
export type Elements = 'text' | { readonly [name: string]: Elements }

const ELEMENT = 1
const TEXT = 3

/**
 * Changes what is kept of a document.
 *
 * @returns the text to keep, or undefined to leave the element out
 */
export type Edit = (name: string, text: string) => string | undefined

/** An XML document of which parts are taken out; all else stays as it came, indentation and all. */
export class XmlDocument {
  readonly #prologue: string
  readonly #root: Element

  private constructor(prologue: string, root: Element) {
    this.#prologue = prologue
    this.#root = root
  }

  /** Undefined for what is no XML. */
  static read(text: string): XmlDocument | undefined {
    const prologue = /^<\?xml[^>]*\?>\s*/.exec(text)?.[0] ?? ''
    try {
      const parser = new DOMParser({
        onError: (level, message) => {
          if (level !== 'warning') throw new Error(message)
        },
      })
      const root = parser.parseFromString(text, 'text/xml').documentElement
      return root === null ? undefined : new XmlDocument(prologue, root)
    } catch {
      return undefined
    }
  }

  get name(): string {
    return this.#root.nodeName
  }

  /** Keeps these elements and nothing else, no comment and no attribute but the namespace. */
  keep(elements: Elements, edit: Edit): void {
    keep(this.#root, elements, edit)
  }

  /** Takes out each `item` of a list in which this is not so. */
  filter(list: string, isWanted: (textOf: (name: string) => string | undefined) => boolean): void {
    for (const set of children(this.#root).filter(({ nodeName }) => nodeName === list)) {
      for (const item of children(set)) {
        const textOf = (name: string) =>
          children(item).find(({ nodeName }) => nodeName === name)?.textContent ?? undefined
        if (!isWanted(textOf)) remove(item)
      }
    }
  }

  print(): string {
    return this.#prologue + new XMLSerializer().serializeToString(this.#root)
  }
}

function keep(element: Element, allowed: Elements, edit: Edit): void {
  for (const { name } of [...element.attributes]) {
    if (name !== 'xmlns') element.removeAttribute(name)
  }
  if (allowed === 'text') {
    const text = edit(element.nodeName, element.textContent ?? '')
    if (text === undefined) remove(element)
    else if (children(element).length > 0 || text !== element.textContent)
      element.textContent = text
    return
  }
  for (const node of [...element.childNodes]) {
    if (isElement(node)) {
      const within = Object.hasOwn(allowed, node.nodeName) ? allowed[node.nodeName] : undefined
      if (within === undefined) remove(node)
      else keep(node, within, edit)
    } else if (node.nodeType !== TEXT || node.nodeValue?.trim() !== '') remove(node)
  }
}

/** With the white space before it, so that no empty line stays. */
function remove(node: Node): void {
  const { previousSibling: before, parentNode: parent } = node
  if (before?.nodeType === TEXT && before.nodeValue?.trim() === '') parent?.removeChild(before)
  parent?.removeChild(node)
}

function children(node: Node): Element[] {
  return [...node.childNodes].filter(isElement)
}

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT
}
