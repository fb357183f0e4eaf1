import { DOMParser, type Element, type Node } from '@xmldom/xmldom'
import type { Definition } from 'nock'
import { compareAsNumbers } from '../../../core/clouds/order.ts'
import type { AwsCriteria } from '../../../core/criteria/criteria.ts'
import {
  isAmiId,
  isAmiName,
  isAwsRegion,
  isOneOf,
  isState,
  isTime,
} from '../../../core/snapshot/values.ts'
import type { Exchange } from '../../http/message.ts'
import { plainDescription, recordedTime, tokenDigest } from '../normalize.ts'
import { getOwner } from './images.ts'

/** The elements that are kept of each action's response. */
const ELEMENTS: Readonly<Record<string, Elements>> = {
  DescribeRegions: { regionInfo: { item: { regionName: 'text', optInStatus: 'text' } } },
  DescribeImages: {
    imagesSet: {
      item: {
        ...{ imageId: 'text', imageState: 'text', imageOwnerId: 'text', creationDate: 'text' },
        ...{ architecture: 'text', name: 'text', description: 'text', deprecationTime: 'text' },
      },
    },
    nextToken: 'text',
  },
}

/** The form of a text that is kept. */
const VALUES: Readonly<Record<string, (text: string) => boolean>> = {
  regionName: isAwsRegion,
  optInStatus: isState,
  imageId: isAmiId,
  imageState: isState,
  imageOwnerId: (text) => /^[0-9]{12}$/.test(text),
  creationDate: isTime,
  architecture: isOneOf('x86_64', 'arm64'),
  name: isAmiName,
}

const PARAMETERS =
  /^(Action|Version|MaxResults|NextToken|Owner\.[0-9]+|Filter\.[0-9]+\.(Name|Value\.[0-9]+))$/

/**
 * Keeps EC2's responses without the signature and the account: images of other owners, which may be
 * the account's own, and malformed names are dropped.
 * @param publicOrigin a region's own origin, with its port
 */
export function recordAws(
  { method, path, status, response, body, region }: Exchange,
  criteria: AwsCriteria,
  publicOrigin: (region: string) => string,
  spellToken: (token: string) => string = tokenDigest,
): Definition | undefined {
  const form = recordForm(body, spellToken)
  const action = form.Action ?? ''
  const elements = Object.hasOwn(ELEMENTS, action) ? ELEMENTS[action] : undefined
  if (method !== 'POST' || path !== '/' || status !== 200) return undefined
  if (region === undefined || elements === undefined || typeof response !== 'string') {
    return undefined
  }
  const owner = getOwner(criteria, region)
  const kept = filterXml(response, `${action}Response`, {
    elements,
    isKept(list, member) {
      const isValid = (name: string) => VALUES[name]?.(member(name)) === true
      if (list === 'regionInfo') return isValid('regionName')
      const isOwned = owner !== undefined && member('imageOwnerId') === owner
      return isOwned && isValid('imageId') && isValid('name')
    },
    edit(name, text) {
      if (name === 'description') return plainDescription(text)
      if (name === 'deprecationTime') return String(recordedTime(text))
      if (name === 'nextToken') return text === '' ? undefined : spellToken(text)
      return VALUES[name]?.(text) ? text : undefined
    },
  })
  if (kept === undefined) return undefined
  return { scope: publicOrigin(region), method, path, body: form, status, response: kept }
}

function recordForm(
  body: Definition['body'],
  spellToken: (token: string) => string,
): Record<string, string> {
  const parameters: [string, string][] =
    typeof body === 'string' ? [...new URLSearchParams(body)] : Object.entries(Object(body))
  return Object.fromEntries(
    parameters
      .filter(([name]) => PARAMETERS.test(name))
      .map(([name, value]) => [name, name === 'NextToken' ? spellToken(value) : value] as const)
      .sort(([a], [b]) => compareAsNumbers(a, b)),
  )
}

/** The elements that are kept: those with text, and those with further elements. */
type Elements = 'text' | { readonly [name: string]: Elements }

/** Which parts of a document are kept. */
interface Filter {
  readonly elements: Elements
  /** @returns the text to keep, or undefined to drop the element */
  edit(name: string, text: string): string | undefined
  /** Whether an `item` of a list is kept, by the texts of its members. */
  isKept(list: string, member: (name: string) => string): boolean
}

const ELEMENT = 1
const TEXT = 3

/**
 * Prints the parts of a document that a filter keeps, indented as they came; comments and attributes
 * other than the namespace are dropped. The document is walked once.
 * @param root the expected name of the root element
 * @returns undefined for anything that is not such a document
 */
function filterXml(text: string, root: string, filter: Filter): string | undefined {
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

/** White space is kept before what is kept, so that no empty lines remain. */
function printChildren(list: Element, allowed: Exclude<Elements, 'text'>, filter: Filter): string {
  const parts: string[] = []
  let space = ''
  for (const node of childNodes(list)) {
    if (node.nodeType === TEXT && node.nodeValue?.trim() === '') {
      space = node.nodeValue
      continue
    }
    const { nodeName } = node
    const within = Object.hasOwn(allowed, nodeName) ? allowed[nodeName] : undefined
    const isKept =
      nodeName !== 'item' || filter.isKept(list.nodeName, (name) => memberText(node, name))
    if (node.nodeType === ELEMENT && within !== undefined && isKept) {
      const printed = print(node as Element, within, filter)
      if (printed !== undefined) parts.push(space, printed)
    }
    space = ''
  }
  return parts.join('') + space
}

function memberText(item: Node, name: string): string {
  for (const each of childNodes(item)) if (each.nodeName === name) return each.textContent ?? ''
  return ''
}

function* childNodes({ firstChild }: Node): Generator<Node> {
  for (let node = firstChild; node !== null; node = node.nextSibling) yield node
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')
}
