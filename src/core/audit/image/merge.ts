import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  stringify,
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

/** @throws InputError, `FILE: …`, for what is no YAML */
export function readYaml(text: string, file: string): Document.Parsed {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault) throw new InputError(`${file}: ${fault.message.split('\n')[0]}`)
  return document
}

/**
 * Puts members under a path of a YAML file. Only the lines of what changes are others: a value is
 * replaced where it stands, and what is not there yet comes in behind its neighbours; comments,
 * anchors, order and ends of lines stay.
 *
 * @throws InputError where something that is no such member stands in the way
 */
export function mergeYaml(text: string, file: string, path: YamlPath, members: Members): Merged {
  const document = readYaml(text, file)
  const edits: Edit[] = []
  const replaced: Replacement[] = []
  const at = nodeAt(document.contents, path, file)
  put(
    { text, file, edits, replaced },
    at.node,
    at.path,
    nested(path.slice(at.path.length), members),
  )
  const merged = edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((sum, { from, to, text: part }) => sum.slice(0, from) + part + sum.slice(to), text)
  return { text: merged, replaced }
}

/** As far as the path is there. */
function nodeAt(root: Node | null, path: YamlPath, file: string): { node: Node; path: YamlPath } {
  let node = root
  for (const [at, key] of path.entries()) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(key, true) : undefined
    if (isAlias(next)) throw shared(file, path.slice(0, at + 1))
    if (!isMap(next) && !isSeq(next)) return { node: node as Node, path: path.slice(0, at) }
    node = next
  }
  return { node: node as Node, path }
}

function nested(path: YamlPath, members: Members): Members {
  return path.reduceRight<Members>((sum, name) => ({ [name]: sum }), members)
}

interface Work {
  readonly text: string
  readonly file: string
  readonly edits: Edit[]
  readonly replaced: Replacement[]
}

function put(work: Work, node: Node, path: YamlPath, members: Members): void {
  const { file, edits, replaced } = work
  if (!isMap(node) || (node.flow && node.items.length > 0)) {
    throw new InputError(`${file}: ${printPath(path)}: expected names, each on a line of its own`)
  }
  const missing: [string, string | Members][] = []
  for (const [name, value] of Object.entries(members)) {
    const there: unknown = node.get(name, true)
    const place = [...path, name]
    if (isAlias(there)) throw shared(file, place)
    if (there === undefined || (isScalar(there) && there.value === null)) {
      missing.push([name, value])
      if (isScalar(there))
        throw new InputError(`${file}: ${printPath(place)}: has no value; take it out`)
    } else if (typeof value !== 'string') put(work, there as Node, place, value)
    else if (!isScalar(there) || !there.range) {
      throw new InputError(`${file}: ${printPath(place)}: expected a text`)
    } else if (String(there.value) !== value) {
      const [from, to] = there.range
      edits.push({ from, to, text: stringify(value).trimEnd() })
      replaced.push({ path: printPath(place), before: String(there.value), after: value })
    }
  }
  if (missing.length > 0) insert(work, node, path, Object.fromEntries(missing))
}

/** Behind the last member of a map, or in the place of an empty one. */
function insert(
  { text, edits, replaced }: Work,
  map: Node,
  path: YamlPath,
  members: Members,
): void {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = stringify(members, { lineWidth: 0 }).trimEnd().split('\n')
  const first = isMap(map) ? map.items[0]?.key : undefined
  const start = (first as Node | undefined)?.range?.[0]
  if (start === undefined) {
    const [from = 0, to = 0] = map.range ?? []
    const indent = ' '.repeat(columnOf(text, from, true) + 2)
    edits.push({ from, to, text: lines.map((line) => `${end}${indent}${line}`).join('') })
  } else {
    const indent = ' '.repeat(columnOf(text, start, false))
    const at = lineEnd(text, (map.range?.[1] ?? start) - 1)
    const lead = at > 0 && text[at - 1] !== '\n' ? end : ''
    const body = lines.map((line) => `${indent}${line}${end}`).join('')
    edits.push({ from: at, to: at, text: lead + body })
  }
  for (const [name, after] of leavesOf(members)) {
    replaced.push({ path: printPath([...path, ...name]), after })
  }
}

/** Where the line begins with which a place is in column 0, or where its first word does. */
function columnOf(text: string, at: number, isOfLine: boolean): number {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return isOfLine ? (/^[ -]*/.exec(text.slice(start))?.[0].length ?? 0) : at - start
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

function printPath(path: YamlPath): string {
  return path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${each}`)).join('')
}

function shared(file: string, path: YamlPath): InputError {
  return new InputError(
    `${file}: ${printPath(path)}: an alias, so that a change would be of more than this`,
    'Write it out, and run again.',
  )
}
