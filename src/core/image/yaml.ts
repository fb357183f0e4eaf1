import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  stringify,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { InputError } from '../../errors.ts'
import type { Members } from '../clouds/facts.ts'
import { jsonPath } from '../json/document.ts'

export type YamlPath = readonly (string | number)[]

/** A changed member. A new member has no `before`, a removed one no `after`. */
export interface Replacement {
  /** The file, and its document if the file has several. */
  readonly file: string
  readonly path: string
  readonly before?: string
  readonly after?: string
}

/** @throws InputError without quotes from the file, which may contain secrets */
export function parseYaml(text: string, file: string): YamlFile {
  const lineCounter = new LineCounter()
  const fail = (offset: number, what: string): never => {
    const { line, col } = lineCounter.linePos(offset)
    throw new InputError(`${file}:${line}:${col}: invalid YAML: ${what}`)
  }
  // `uniqueKeys` takes quadratic time, `refuseDuplicates` is linear.
  const options = { uniqueKeys: false, merge: true, prettyErrors: false, lineCounter }
  const documents = withinStack(file, () => {
    const parsed: readonly Document[] = parseAllDocuments(text, options)
    const [error] = parsed.flatMap(({ errors }) => errors)
    if (error) fail(error.pos[0], error.code.toLowerCase().replaceAll('_', ' '))
    for (const document of parsed) refuseDuplicates(document, fail)
    return parsed
  })
  return new YamlFile(text, file, documents, fail)
}

type Fail = (offset: number, what: string) => never

/** Nested collections are parsed recursively. */
function withinStack<T>(file: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`${file}: invalid YAML: nested too deeply`)
  }
}

function refuseDuplicates(document: Document, fail: Fail): void {
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key) || isMergeKey(key)) continue
        if (keys.has(key.value)) fail(key.range?.[0] ?? 0, 'duplicate key')
        keys.add(key.value)
      }
    },
  })
}

/** Replaces members of a YAML file. All other lines are unchanged. */
export class YamlFile {
  readonly replaced: Replacement[] = []
  #place: string
  readonly #lineEnd: string
  /** `indent` of inserted lines. */
  readonly #edits: { from: number; to: number; text: string; indent?: number }[] = []
  /** Nodes with an alias. */
  readonly #shared = new Set<unknown>()
  readonly #targets = new Map<unknown, unknown>()

  constructor(
    readonly text: string,
    readonly file: string,
    readonly documents: readonly Document[],
    fail: Fail,
  ) {
    this.#place = file
    this.#lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
    for (const document of documents) this.#findShared(document, fail)
  }

  values(): unknown[] {
    return this.documents.map((document) => {
      try {
        return withinStack(this.file, () => document.toJS())
      } catch (error) {
        if (!(error instanceof ReferenceError)) throw error
        throw new InputError(`${this.file}: invalid YAML: too many aliases`)
      }
    })
  }

  print(): string {
    let printed = ''
    let at = 0
    // Of the lines inserted at one place, the innermost belong to the mapping that ends there.
    const edits = this.#edits.toSorted(
      (a, b) => a.from - b.from || (b.indent ?? -1) - (a.indent ?? -1),
    )
    for (const { from, to, text, indent } of edits) {
      printed += this.text.slice(at, from)
      const isOnNewLine = indent === undefined || printed === '' || printed.endsWith('\n')
      printed += isOnNewLine ? text : this.#lineEnd + text
      at = to
    }
    return printed + this.text.slice(at)
  }

  getPlace(document: number): string {
    return this.documents.length > 1 ? `${this.file}: document ${document + 1}` : this.file
  }

  /** @throws InputError for a value of another type, and for one with an alias */
  put(document: number, path: YamlPath, members: Members): void {
    this.#place = this.getPlace(document)
    const value = path.reduceRight<Members>((sum, name) => ({ [name]: sum }), members)
    this.#put(this.#root(document), [], value, false)
  }

  /** Removes a member, if it exists. @throws InputError as `put`, and for a member inside `{…}` */
  remove(document: number, path: YamlPath): void {
    this.#place = this.getPlace(document)
    let [parent, node]: (Node | undefined)[] = [undefined, this.#root(document)]
    for (const [at, key] of path.entries()) {
      parent = node
      node = isCollection(parent) ? this.#member(parent, key, path.slice(0, at)) : undefined
    }
    if (!isMap(parent) || node === undefined) return
    const pair = parent.items.find(({ value }) => value === node)
    const start = (pair?.key as Node | undefined)?.range?.[0] ?? 0
    const line = this.text.lastIndexOf('\n', start - 1) + 1
    if (parent.flow || this.text.slice(line, start).trim() !== '') {
      const remedy = 'Remove this key from the file, then rerun.'
      throw this.#expected(path, 'a key at the beginning of a line', remedy)
    }
    const end = lineEnd(this.text, Math.max(start, (node.range?.[1] ?? start) - 1))
    this.#edits.push({ from: line, to: end, text: '' })
    this.replaced.push({ file: this.#place, path: jsonPath(path), before: '' })
  }

  #findShared(document: Document, fail: Fail): void {
    const anchors = new Map<string, unknown>()
    visit(document, (_, node) => {
      if (isNode(node) && !isAlias(node) && node.anchor) anchors.set(node.anchor, node)
      if (!isAlias(node)) return
      const target = anchors.get(node.source)
      if (target === undefined) fail(node.range?.[0] ?? 0, 'alias without an anchor')
      this.#shared.add(target)
      this.#targets.set(node, target)
    })
  }

  #root(document: number): Node | undefined {
    return (this.documents[document]?.contents as Node | null | undefined) ?? undefined
  }

  #member(node: Collection, key: string | number, path: YamlPath): Node | undefined {
    const member = node.get(isSeq(node) ? Number(key) : key, true) as Node | undefined
    const place = jsonPath([...path, key])
    if (isAlias(member)) throw this.#repeated(`${place}: is an alias`)
    if (this.#shared.has(member)) throw this.#repeated(`${place}: an alias repeats this value`)
    if (member === undefined && this.#hasMerged(node, key)) {
      throw this.#repeated(`${jsonPath(path)}: .${key} would override a member from <<`)
    }
    return member
  }

  /** Whether a map has a member from `<<`. Maps cannot contain themselves, or `values` fails. */
  #hasMerged(node: unknown, key: string | number): boolean {
    const merged = isMap(node) ? node.items.filter((pair) => isMergeKey(pair.key)) : []
    return merged
      .map(({ value }) => this.#targets.get(value) ?? value)
      .flatMap((value) => (isSeq(value) ? value.items : [value]))
      .map((value) => this.#targets.get(value) ?? value)
      .some((map) => isMap(map) && (map.has(key) || this.#hasMerged(map, key)))
  }

  #repeated(what: string): InputError {
    return new InputError(
      `${this.#place}: ${what}`,
      'Replace aliases with their values, then rerun.',
    )
  }

  #expected(path: YamlPath, what: string, remedy?: string): InputError {
    return new InputError(`${this.#place}: ${jsonPath(path) || '.'}: expected ${what}`, remedy)
  }

  /** @param isFlow whether the node is inside of `{…}` or `[…]` */
  #put(node: Node | undefined, path: YamlPath, value: Members[string], isFlow: boolean): void {
    if (typeof value === 'string') this.#replace(node, path, value, isFlow)
    else if (node !== undefined && isEmpty(node)) this.#fill(node, path, value, isFlow)
    else if (isCollection(node)) this.#putMembers(node, path, value, isFlow)
    else throw this.#expected(path, 'a mapping')
  }

  #putMembers(node: Collection, path: YamlPath, value: object, isFlow: boolean): void {
    const isInFlow = isFlow || node.flow === true
    const missing: [string, Members[string]][] = []
    for (const [name, each] of Object.entries(value as Members)) {
      const key = isSeq(node) ? Number(name) : name
      const member = this.#member(node, key, path)
      if (member === undefined) missing.push([name, each])
      else this.#put(member, [...path, key], each, isInFlow)
    }
    if (missing.length > 0) this.#append(node, path, Object.fromEntries(missing), isInFlow)
  }

  #replace(node: Node | undefined, path: YamlPath, after: string, isFlow: boolean): void {
    if (!isScalar(node) || !node.range) throw this.#expected(path, 'a string')
    const [from, to] = node.range
    const printed = isFlow ? JSON.stringify(after) : stringify(after, { lineWidth: 0 }).trimEnd()
    if (isNull(node)) {
      this.#overwrite(from, to, printed)
      this.replaced.push({ file: this.#place, path: jsonPath(path), after })
    } else if (String(node.value) !== after) {
      // The range of a folded scalar includes its last line end.
      const [end = ''] = /\s*$/.exec(this.text.slice(from, to)) ?? []
      this.#edits.push({ from, to, text: printed + end })
      this.replaced.push({
        file: this.#place,
        path: jsonPath(path),
        before: String(node.value),
        after,
      })
    }
  }

  #fill(node: Node, path: YamlPath, members: Members[string], isFlow: boolean): void {
    const [from = 0, to = 0] = node.range ?? []
    this.#report(path, members)
    if (isFlow) {
      this.#overwrite(from, to, JSON.stringify(members))
      return
    }
    if (to > from) this.#edits.push({ from: this.#trimmed(from), to, text: '' })
    const line = this.text.slice(this.text.lastIndexOf('\n', from - 1) + 1, from)
    const indent = path.length === 0 ? 0 : (/^[ -]*/.exec(line)?.[0].length ?? 0) + 2
    this.#insert(lineEnd(this.text, to), indent, members)
  }

  #append(map: Collection, path: YamlPath, members: Members, isFlow: boolean): void {
    if (!isMap(map)) throw this.#expected(path, 'a mapping')
    this.#report(path, members)
    if (isFlow) {
      const last = map.items.at(-1)
      const at = ((last?.value ?? last?.key) as Node | undefined)?.range?.[1] ?? 0
      this.#edits.push({ from: at, to: at, text: `, ${JSON.stringify(members).slice(1, -1)}` })
      return
    }
    const start = (map.items[0]?.key as Node | undefined)?.range?.[0] ?? 0
    const indent = start - (this.text.lastIndexOf('\n', start - 1) + 1)
    this.#insert(lineEnd(this.text, (map.range?.[1] ?? start) - 1), indent, members)
  }

  #insert(at: number, indent: number, members: Members[string]): void {
    const lines = stringify(members, { lineWidth: 0, indentSeq: false }).trimEnd().split('\n')
    const text = lines.map((line) => `${' '.repeat(indent)}${line}${this.#lineEnd}`).join('')
    this.#edits.push({ from: at, to: at, text, indent })
  }

  #report(path: YamlPath, value: Members[string]): void {
    if (typeof value === 'string') {
      this.replaced.push({ file: this.#place, path: jsonPath(path), after: value })
      return
    }
    for (const [name, each] of Object.entries(value)) {
      this.#report([...path, Array.isArray(value) ? Number(name) : name], each)
    }
  }

  /** Replaces an empty value, which may have no text. */
  #overwrite(from: number, to: number, text: string): void {
    const start = from === to ? this.#trimmed(from) : from
    const space = from === to ? ' ' : ''
    this.#edits.push({ from: start, to: start + to - from, text: space + text })
  }

  #trimmed(at: number): number {
    return this.text.slice(0, at).trimEnd().length
  }
}

type Collection = YAMLMap | YAMLSeq

function isCollection(node: unknown): node is Collection {
  return isMap(node) || isSeq(node)
}

/** With `merge: true` the value of an unquoted `<<` is a symbol. */
function isMergeKey(key: unknown): boolean {
  if (isAlias(key)) return true
  return isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol')
}

function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null
}

function isEmpty(node: Node): boolean {
  return isNull(node) || (isCollection(node) && node.items.length === 0)
}

/** The end of the last nonblank line up to a position. */
function lineEnd(text: string, at: number): number {
  let last = at
  while (last > 0 && /\s/.test(text[last] ?? ' ')) last -= 1
  const end = text.indexOf('\n', last)
  return end < 0 ? text.length : end + 1
}
