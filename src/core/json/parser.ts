import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import {
  decodeString,
  type Frame,
  isRecord,
  type JsonDocument,
  type JsonMember,
  type JsonNode,
  type JsonRecord,
  toValue,
} from './document.ts'

/** Deeper than every real file, and safe for recursive functions. */
const DEEPEST = 1000

/** A hundred times the values of the largest stream. Each value needs 300 bytes of memory. */
const MOST_VALUES = 1_000_000

/** A string without its closing quote. */
const STRING = /"(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const LITERAL = /true|false|null/y
const SPACES = /[ \t\r\n]*/y
const TOKEN = /"[^"\r\n]*"?|[\p{L}\p{N}_.+-]+|./suy

/**
 * Parses JSON strictly by RFC 8259.
 *
 * @param starts receives the offset of every value, or of the key of a member
 * @throws InputError, `FILE:LINE:COLUMN: expected …, found …`, for invalid JSON, a duplicate key,
 *   more than 1,000 levels or a million values
 */
export function parseDocument(
  text: string,
  file: string,
  starts?: Map<JsonNode, number>,
): JsonDocument {
  return new Parser(text, file, starts).document()
}

class Parser {
  private at = 0
  private depth = 0
  private count = 0

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly starts?: Map<JsonNode, number>,
  ) {}

  document(): JsonDocument {
    if (this.text.startsWith('\ufeff')) {
      const remedy = 'Save the file as UTF-8 without a byte order mark.'
      throw this.error('expected JSON, found a byte order mark', remedy)
    }
    const before = this.take(SPACES)
    if (this.at === this.text.length) {
      this.at = 0
      throw this.error('expected JSON, found an empty file')
    }
    const start = this.at
    const root = this.value('a value')
    this.starts?.set(root, start)
    const source = this.text.slice(start, this.at)
    const after = this.take(SPACES)
    if (this.at < this.text.length) throw this.unexpected('the end of the file')
    const indentation = /[\r\n]([ \t]+)[^\s]/.exec(source)?.[1] ?? '  '
    return { before, root, after, indentation }
  }

  private value(expected: string): JsonNode {
    this.count += 1
    if (this.count > MOST_VALUES) throw tooManyValues(this.file)
    const start = this.text.charAt(this.at)
    if (start === '{') return this.object()
    if (start === '[') return this.array()
    if (start === '"') return { kind: 'string', text: this.string() }
    if (/[-\d]/.test(start)) return { kind: 'number', text: this.word(NUMBER, 'a number') }
    const text = this.word(LITERAL, expected)
    return { kind: text === 'null' ? 'null' : 'boolean', text }
  }

  private object(): JsonNode {
    const start = this.enter()
    const members = new Map<string, JsonMember>()
    const open = this.take(SPACES)
    let close = open
    if (this.text[this.at] !== '}') {
      close = this.member(members, undefined)
      while (this.text[this.at] === ',') {
        this.at += 1
        close = this.member(members, this.take(SPACES))
      }
    }
    const source = this.leave(start)
    const frame = readFrame(open, close, members)
    return { kind: 'object', members, source, ...(frame && { frame }) }
  }

  /** Adds one member. Returns the white space before the comma or brace that follows. */
  private member(members: Map<string, JsonMember>, before: string | undefined): string {
    const start = this.at
    if (this.text[start] !== '"') {
      throw this.unexpected(before === undefined ? 'a string or "}"' : 'a string')
    }
    const key = this.string()
    const name = decodeString(key)
    if (members.has(name)) {
      this.at = start
      throw this.error(`duplicate key ${printable(key)}`)
    }
    const keyEnd = this.at
    this.take(SPACES)
    if (this.text[this.at] !== ':') throw this.unexpected('":"')
    this.at += 1
    this.take(SPACES)
    const colon = this.text.slice(keyEnd, this.at)
    const value = this.value('a value')
    this.starts?.set(value, start)
    const space = this.take(SPACES)
    const end = this.text[this.at]
    if (end !== ',' && end !== '}') throw this.unexpected('"," or "}"')
    // The white space before the closing brace belongs to the object.
    members.set(name, { key, value, spacing: { before, colon, after: end === ',' ? space : '' } })
    return space
  }

  private array(): JsonNode {
    const start = this.enter()
    const elements: JsonNode[] = []
    this.take(SPACES)
    for (let expected = 'a value or "]"'; this.text[this.at] !== ']' || elements.length > 0; ) {
      const at = this.at
      const element = this.value(expected)
      this.starts?.set(element, at)
      elements.push(element)
      this.take(SPACES)
      if (this.text[this.at] === ']') break
      if (this.text[this.at] !== ',') throw this.unexpected('"," or "]"')
      this.at += 1
      this.take(SPACES)
      expected = 'a value'
    }
    return { kind: 'array', elements, source: this.leave(start) }
  }

  private enter(): number {
    this.depth += 1
    if (this.depth > DEEPEST) throw this.error('nested more than 1,000 levels deep')
    this.at += 1
    return this.at - 1
  }

  private leave(start: number): string {
    this.depth -= 1
    this.at += 1
    return this.text.slice(start, this.at)
  }

  private string(): string {
    const text = this.take(STRING)
    const next = this.text.slice(this.at, this.at + 2)
    if (next.startsWith('"')) {
      this.at += 1
      return `${text}"`
    }
    if (/^[\r\n]/.test(next))
      throw this.error('expected a closing quote, found the end of the line')
    if (next === '' || next === '\\') {
      this.at = this.text.length
      throw this.unexpected('a closing quote')
    }
    const found = next.startsWith('\\') ? next : next.charAt(0)
    throw this.error(`expected an escape sequence, found ${printable(found)}`)
  }

  /** Rejects a number or literal that continues: `01`, `1.`, `nullable`. */
  private word(pattern: RegExp, expected: string): string {
    const start = this.at
    const text = this.take(pattern)
    if (text !== '' && !/[\w.+-]/.test(this.text.charAt(this.at))) return text
    this.at = start
    throw this.unexpected(expected)
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const end = pattern.test(this.text) ? pattern.lastIndex : this.at
    const text = this.text.slice(this.at, end)
    this.at = end
    return text
  }

  private unexpected(expected: string): InputError {
    if (this.at >= this.text.length) {
      return this.error(`expected ${expected}, found the end of the file`)
    }
    TOKEN.lastIndex = this.at
    const [found = ''] = TOKEN.exec(this.text) ?? []
    return this.error(`expected ${expected}, found ${printable(found)}`)
  }

  private error(what: string, remedy?: string): InputError {
    const { line, column } = toPosition(this.text, this.at)
    return new InputError(`${this.file}:${line}:${column}: ${what}`, remedy)
  }
}

/** Undefined for an object without members, which is then printed as a new object. */
function readFrame(
  open: string,
  close: string,
  members: ReadonlyMap<string, JsonMember>,
): Frame | undefined {
  const [first, second] = members.values()
  if (first?.spacing === undefined) return undefined
  const { colon } = first.spacing
  const gap =
    second?.spacing?.before ?? (/[\r\n]/.test(open) ? open : colon.slice(colon.indexOf(':') + 1))
  return { open, gap, colon, close }
}

function tooManyValues(file: string): InputError {
  return new InputError(`${file}: more than ${MOST_VALUES.toLocaleString('en')} values`)
}

function toPosition(text: string, offset: number) {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}

/** The position of a member or element; if it does not exist, of the innermost value around it. */
export function findPosition(text: string, path: readonly string[]) {
  const starts = new Map<JsonNode, number>()
  let node: JsonNode = parseDocument(text, '', starts).root
  let offset = starts.get(node) ?? 0
  for (const step of path) {
    const next: JsonNode | undefined =
      node.kind === 'object'
        ? node.members.get(step)?.value
        : node.kind === 'array'
          ? node.elements[Number(step)]
          : undefined
    if (next === undefined) break
    node = next
    offset = starts.get(next) ?? offset
  }
  return toPosition(text, offset)
}

/**
 * Parses JSON like `parseDocument`. `JSON.parse` is faster, but accepts duplicate keys and has no
 * limits, so the strict parser handles everything invalid.
 *
 * @throws InputError as `parseDocument`
 */
export function parseText(text: string, file: string): unknown {
  const { depth, values, keys } = measure(text)
  if (values > MOST_VALUES) throw tooManyValues(file)
  const value = depth > DEEPEST ? undefined : tryParse(text)
  if (value !== undefined && countKeys(value) === keys) return value
  return toValue(parseDocument(text, file).root)
}

/** The members of an object. Empty for other values and for invalid JSON. */
export function tryRecord(text: string): JsonRecord {
  const value = tryParse(text)
  return isRecord(value) ? value : {}
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Counts the levels, values and keys of valid JSON before it uses memory. */
function measure(text: string): { depth: number; values: number; keys: number } {
  const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
  let [level, depth, values, keys] = [0, 0, 1, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at++) {
        if (text.charCodeAt(at) === BACKSLASH) at += 1
      }
    } else if (code === COMMA) values += 1
    else if (code === COLON) keys += 1
    // A bracket and a brace differ in one bit.
    else if ((code | 0x20) === 0x7d) level -= 1
    else if ((code | 0x20) === 0x7b) {
      level += 1
      values += 1
      depth = Math.max(depth, level)
    }
  }
  return { depth, values, keys }
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const members: readonly unknown[] = Object.values(value)
  const own = Array.isArray(value) ? 0 : members.length
  return members.reduce<number>((sum, member) => sum + countKeys(member), own)
}
