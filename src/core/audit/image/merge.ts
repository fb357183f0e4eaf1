import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  stringify,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { InputError } from '../../../errors.ts'
import type { Members } from '../../clouds/facts.ts'

/** A place in a YAML file: names, and positions in lists. */
export type YamlPath = readonly (string | number)[]

/** A member that has another value now. */
export interface Replacement {
  readonly path: string
  /** Absent where there was nothing. */
  readonly before?: string
  readonly after: string
}

export interface Merged {
  readonly text: string
  readonly replaced: readonly Replacement[]
}

/** A stretch of the text, and what comes in its place. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * The one document of a YAML file that is wanted; undefined where none is.
 *
 * @param what the wanted, in words: `a ConfigMap`
 * @throws InputError, `FILE: …`, for what is no YAML, and where several are wanted
 */
export function findDocument(
  text: string,
  file: string,
  what: string,
  isWanted: (document: Document) => boolean,
): Document | undefined {
  const documents: readonly Document[] = parseAllDocuments(text)
  const fault = documents.flatMap(({ errors }) => errors)[0]
  if (fault) throw new InputError(`${file}: ${fault.message.split('\n')[0]}`)
  const wanted = documents.flatMap((document, at) => (isWanted(document) ? [at] : []))
  if (wanted.length > 1) {
    throw new InputError(
      `${file}: expected one document that is ${what}, found ${wanted.length}: the ${wanted.map((at) => `${at + 1}.`).join(', ')}`,
      'Put the one that is meant into a file of its own.',
    )
  }
  return documents[wanted[0] ?? -1]
}

/**
 * A YAML file into which members are put. Only the lines of what changes are others: a value is
 * replaced where it stands, and what is not there yet comes in behind its neighbours; comments,
 * anchors, order and ends of lines stay.
 */
export class YamlText {
  /** Nodes that stand in more than one place, by an anchor and its aliases. */
  readonly #shared = new Set<unknown>()

  constructor(
    readonly text: string,
    readonly file: string,
    readonly document: Document,
  ) {
    const anchors = new Map<string, unknown>()
    visit(document, (_, node) => {
      if (isNode(node) && !isAlias(node) && node.anchor) anchors.set(node.anchor, node)
      if (!isAlias(node)) return
      const meant = anchors.get(node.source)
      if (meant === undefined) throw new InputError(`${file}: *${node.source}: has no anchor`)
      this.#shared.add(meant)
    })
  }

  /**
   * What stands at a place; undefined where nothing does.
   *
   * @throws InputError where a change there would be of other places too
   */
  at(path: YamlPath): Node | undefined {
    const nodes = this.#walk(path)
    return nodes.length > path.length ? nodes.at(-1) : undefined
  }

  /**
   * Puts members under a path.
   *
   * @throws InputError where something that is no such member stands in the way, and as `at` does
   */
  merge(path: YamlPath, members: Members): Merged {
    const nodes = this.#walk(path).filter((node) => isMap(node) || isSeq(node))
    const work: Work = { edits: [], replaced: [] }
    for (const [at, node] of nodes.entries()) this.#refuseFlow(node, path.slice(0, at))
    const reached = nodes.length - 1
    const [last, place] = [nodes.at(-1), path.slice(0, reached)]
    const rest = nested(path.slice(reached), members)
    if (last !== undefined && isEmpty(last)) this.#fill(work, last, place, rest)
    else this.#put(work, last, place, rest)
    const text = work.edits
      .toReversed()
      .toSorted((a, b) => b.from - a.from)
      .reduce((sum, { from, to, text }) => sum.slice(0, from) + text + sum.slice(to), this.text)
    return { text, replaced: work.replaced }
  }

  /** The nodes from the root along a path, as far as it is there. */
  #walk(path: YamlPath): Node[] {
    const nodes = [this.document.contents].filter((node) => node !== null)
    for (const [at, key] of path.entries()) {
      const node = nodes[at]
      const next =
        isMap(node) || isSeq(node) ? this.#member(node, key, path.slice(0, at)) : undefined
      if (next === undefined) break
      nodes.push(next)
    }
    return nodes
  }

  /** A member, which has to be of this place alone. */
  #member(node: YAMLMap | YAMLSeq, key: string | number, path: YamlPath): Node | undefined {
    const member = node.get(key, true) as Node | undefined
    const place = [...path, key]
    if (isAlias(member)) throw this.#notAlone(place, 'an alias')
    if (this.#shared.has(member)) throw this.#notAlone(place, 'has an anchor that is used again')
    if (member === undefined && isMap(node) && node.items.some(isMergeKey)) {
      throw new InputError(
        `${this.file}: ${printPath(path)}: takes members from elsewhere by <<, which .${key} would hide`,
        WRITE_OUT,
      )
    }
    return member
  }

  #notAlone(path: YamlPath, why: string): InputError {
    const what = `${this.file}: ${printPath(path)}: ${why}`
    return new InputError(`${what}, so that a change would be of more than this`, WRITE_OUT)
  }

  #refuseFlow(node: Node, path: YamlPath): void {
    if ((isMap(node) || isSeq(node)) && node.flow && node.items.length > 0) {
      throw this.#expected(path, 'names, each on a line of its own')
    }
  }

  #expected(path: YamlPath, what: string): InputError {
    return new InputError(`${this.file}: ${printPath(path)}: expected ${what}`)
  }

  #put(work: Work, node: Node | undefined, path: YamlPath, members: Members): void {
    if (!isMap(node)) throw this.#expected(path, 'names, each on a line of its own')
    this.#refuseFlow(node, path)
    const missing: [string, string | Members][] = []
    for (const [name, value] of Object.entries(members)) {
      const place = [...path, name]
      const there = this.#member(node, name, path)
      if (there === undefined) missing.push([name, value])
      else if (typeof value === 'string') this.#replace(work, there, place, value)
      else if (isEmpty(there)) this.#fill(work, there, place, value)
      else this.#put(work, there, place, value)
    }
    if (missing.length > 0) this.#append(work, node, path, Object.fromEntries(missing))
  }

  /** A text in the place of another, or of nothing. */
  #replace({ edits, replaced }: Work, node: Node, place: YamlPath, after: string): void {
    if (!isScalar(node) || !node.range) throw this.#expected(place, 'a text')
    const [from, to] = node.range
    const path = printPath(place)
    if (isNothing(node)) {
      const start = from === to ? this.#bare(from) : from
      edits.push({
        from: start,
        to: start + to - from,
        text: `${from === to ? ' ' : ''}${printText(after)}`,
      })
      replaced.push({ path, after })
    } else if (String(node.value) !== after) {
      // Where a text is folded over lines, its last end of a line is its own.
      const [end = ''] = /\s*$/.exec(this.text.slice(from, to)) ?? []
      edits.push({ from, to, text: printText(after) + end })
      replaced.push({ path, before: String(node.value), after })
    }
  }

  /** In the place of `{}`, of `null` or of nothing at all, on the lines below. */
  #fill(work: Work, node: Node, path: YamlPath, members: Members): void {
    const [from = 0, to = 0] = node.range ?? []
    if (to > from) work.edits.push({ from: this.#bare(from), to, text: '' })
    const line = this.text.slice(this.text.lastIndexOf('\n', from - 1) + 1, from)
    const indent = (/^[ -]*/.exec(line)?.[0].length ?? 0) + 2
    this.#insert(work, lineEnd(this.text, to), indent, path, members)
  }

  /** A place without the white space before it. */
  #bare(at: number): number {
    return this.text.slice(0, at).trimEnd().length
  }

  /** Behind the last member of a map. */
  #append(work: Work, map: YAMLMap, path: YamlPath, members: Members): void {
    const start = (map.items[0]?.key as Node | undefined)?.range?.[0] ?? 0
    const indent = start - (this.text.lastIndexOf('\n', start - 1) + 1)
    const end = lineEnd(this.text, (map.range?.[1] ?? start) - 1)
    this.#insert(work, end, indent, path, members)
  }

  #insert(
    { edits, replaced }: Work,
    at: number,
    indent: number,
    path: YamlPath,
    members: Members,
  ): void {
    const end = this.text.includes('\r\n') ? '\r\n' : '\n'
    const lines = stringify(members, { lineWidth: 0 }).trimEnd().split('\n')
    const lead = at > 0 && this.text[at - 1] !== '\n' ? end : ''
    const body = lines.map((line) => `${' '.repeat(indent)}${line}${end}`).join('')
    edits.push({ from: at, to: at, text: lead + body })
    for (const [name, after] of leavesOf(members)) {
      replaced.push({ path: printPath([...path, ...name]), after })
    }
  }
}

interface Work {
  readonly edits: Edit[]
  readonly replaced: Replacement[]
}

const WRITE_OUT = 'Write it out, and run again.'

function isMergeKey({ key }: Pair): boolean {
  return isAlias(key) || (isScalar(key) && key.value === '<<')
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null
}

/** Nothing at all, or `{}`. */
function isEmpty(node: Node): boolean {
  return isNothing(node) || (isMap(node) && node.items.length === 0)
}

function printText(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd()
}

function nested(path: YamlPath, members: Members): Members {
  return path.reduceRight<Members>((sum, name) => ({ [name]: sum }), members)
}

/** Behind the end of the last line that holds more than white space, up to a place. */
function lineEnd(text: string, at: number): number {
  let last = at
  while (last > 0 && /\s/.test(text[last] ?? ' ')) last -= 1
  const end = text.indexOf('\n', last)
  return end < 0 ? text.length : end + 1
}

function leavesOf(members: Members): [string[], string][] {
  return Object.entries(members).flatMap(([name, value]): [string[], string][] =>
    typeof value === 'string'
      ? [[[name], value]]
      : leavesOf(value).map(([path, leaf]): [string[], string] => [[name, ...path], leaf]),
  )
}

/** `.compute[0].platform`. */
export function printPath(path: YamlPath): string {
  return path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${each}`)).join('')
}
