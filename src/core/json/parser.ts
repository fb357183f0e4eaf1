/** JSON text to nodes that keep their text. Strict: only RFC 8259 is valid. */

import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import type { Frame, JsonDocument, JsonMember, JsonNode, JsonObject } from './node.ts'
import { toPosition } from './position.ts'
import { decodeString } from './scalar.ts'

/** Deeper than every real file, and far from the end of the stack. */
export const DEEPEST = 1000

/** A hundred times the values of the largest stream; each takes 300 bytes of memory. */
export const MOST_VALUES = 1_000_000

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const BYTE_ORDER_MARK = 0xfeff

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SPACES = /[ \t\r\n]*/y
/** A backslash or a control character. */
const SPECIAL = /[^ -[\]-\uffff]/
const TOKEN = /"[^"\r\n]*"?|[\p{L}\p{N}_.+-]+|./suy
/** For a file that was cut off. */
const RESTORE = 'Restore the file from git, or write it again.'

/**
 * The root node of a text.
 *
 * @throws InputError, `FILE:LINE:COLUMN: expected …, found …`, for invalid JSON, a duplicate key,
 *   more than 1,000 levels or a million values
 */
export function parseJson(text: string, file: string): JsonNode {
  return parseDocument(text, file).root
}

/** The same with the text around the root and the indentation. */
export function parseDocument(text: string, file: string): JsonDocument {
  return new Parser(text, file).document()
}

class Parser {
  private at = 0
  private depth = 0
  private count = 0
  private readonly text: string
  private readonly file: string

  constructor(text: string, file: string) {
    this.text = text
    this.file = file
  }

  document(): JsonDocument {
    if (this.text.charCodeAt(0) === BYTE_ORDER_MARK) {
      throw this.error(
        0,
        'expected JSON, found a byte order mark',
        'Save the file as UTF-8 without a byte order mark.',
      )
    }
    const before = this.space()
    if (this.at === this.text.length) {
      throw this.error(0, 'expected JSON, found an empty file', RESTORE)
    }
    const start = this.at
    const root = this.value('a value')
    const end = this.at
    const after = this.space()
    if (this.at < this.text.length) throw this.unexpected('the end of the file')
    return { before, root, after, indentation: indentationOf(this.text.slice(start, end)) }
  }

  private value(expected: string): JsonNode {
    this.count++
    if (this.count > MOST_VALUES) {
      throw tooManyValues(this.file)
    }
    const code = this.code()
    switch (code) {
      case OPENING_BRACE:
        return this.object()
      case OPENING_BRACKET:
        return this.array()
      case QUOTE:
        return { kind: 'string', text: this.string() }
      case LOWER_T:
        return { kind: 'boolean', text: this.literal('true', expected) }
      case LOWER_F:
        return { kind: 'boolean', text: this.literal('false', expected) }
      case LOWER_N:
        return { kind: 'null', text: this.literal('null', expected) }
    }
    if (code === MINUS || isDigit(code)) return { kind: 'number', text: this.number() }
    throw this.unexpected(expected)
  }

  private object(): JsonObject {
    const start = this.at
    this.enter()
    const members = new Map<string, JsonMember>()
    const open = this.space()
    let close = open
    if (this.code() !== CLOSING_BRACE) {
      close = this.member(members, undefined)
      while (this.code() === COMMA) {
        this.at++
        close = this.member(members, this.space())
      }
    }
    this.leave()
    const source = this.text.slice(start, this.at)
    const frame = frameOf(open, close, members)
    return frame === undefined
      ? { kind: 'object', members, source }
      : { kind: 'object', members, source, frame }
  }

  /** Adds one member and stops at the comma or brace behind it. Returns the space before that. */
  private member(members: Map<string, JsonMember>, before: string | undefined): string {
    const start = this.at
    if (this.code() !== QUOTE) {
      throw this.unexpected(before === undefined ? 'a string or }' : 'a string')
    }
    const key = this.string()
    const name = decodeString(key)
    if (members.has(name)) {
      throw this.error(start, `duplicate key ${printable(key)}`)
    }
    const keyEnd = this.at
    this.space()
    if (this.code() !== COLON) throw this.unexpected(':')
    this.at++
    this.space()
    const colon = this.text.slice(keyEnd, this.at)
    const value = this.value('a value')
    const space = this.space()
    const code = this.code()
    if (code !== COMMA && code !== CLOSING_BRACE) throw this.unexpected(', or }')
    // The space before the closing brace belongs to the object, whichever member is last.
    const after = code === COMMA ? space : ''
    members.set(name, { key, value, spacing: { before, colon, after } })
    return space
  }

  private array(): JsonNode {
    const start = this.at
    this.enter()
    const elements: JsonNode[] = []
    this.space()
    if (this.code() !== CLOSING_BRACKET) {
      elements.push(this.element('a value or ]'))
      while (this.code() === COMMA) {
        this.at++
        this.space()
        elements.push(this.element('a value'))
      }
    }
    this.leave()
    return { kind: 'array', elements, source: this.text.slice(start, this.at) }
  }

  /** One element; stops at the comma or bracket behind it. */
  private element(expected: string): JsonNode {
    const value = this.value(expected)
    this.space()
    const code = this.code()
    if (code !== COMMA && code !== CLOSING_BRACKET) throw this.unexpected(', or ]')
    return value
  }

  /** The code unit here; NaN, which equals nothing, at the end. */
  private code(): number {
    return this.text.charCodeAt(this.at)
  }

  private enter(): void {
    this.depth++
    if (this.depth > DEEPEST) {
      throw this.error(this.at, 'nested more than 1,000 levels deep')
    }
    this.at++
  }

  private leave(): void {
    this.depth--
    this.at++
  }

  private string(): string {
    const start = this.at
    const end = this.text.indexOf('"', start + 1) + 1
    const plain = this.text.slice(start, end)
    if (plain !== '' && !SPECIAL.test(plain)) {
      this.at = end
      return plain
    }
    for (this.at++; ; this.at++) {
      const code = this.code()
      if (code === QUOTE) break
      if (code === BACKSLASH) this.escape()
      else if (code < SPACE) throw this.controlCharacter(code)
      else if (Number.isNaN(code)) throw this.unexpected('a closing quote')
    }
    this.at++
    return this.text.slice(start, this.at)
  }

  /** Leaves `at` on the escape's last character. */
  private escape(): void {
    const next = this.text[this.at + 1] ?? ''
    if (next === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[\da-fA-F]{4}$/.test(digits)) {
        throw this.error(
          this.at,
          `expected \\u and four hexadecimal digits, found \\u${printable(digits)}`,
        )
      }
      this.at += 5
      return
    }
    if (next === '') {
      this.at++
      throw this.unexpected('a closing quote')
    }
    if (!'"\\/bfnrt'.includes(next)) {
      const character = String.fromCodePoint(this.text.codePointAt(this.at + 1) ?? 0)
      throw this.error(this.at, `expected an escape sequence, found \\${printable(character)}`)
    }
    this.at++
  }

  private controlCharacter(code: number): InputError {
    if (isLineEnd(code)) {
      return this.error(this.at, 'expected a closing quote, found the end of the line')
    }
    const hex = code.toString(16).padStart(4, '0')
    return this.error(
      this.at,
      `expected \\u${hex}, found the control character U+${hex.toUpperCase()} in a string`,
    )
  }

  private number(): string {
    NUMBER.lastIndex = this.at
    const text = NUMBER.exec(this.text)?.[0] ?? ''
    if (text === '' || this.isWordAt(this.at + text.length)) throw this.unexpected('a number')
    this.at += text.length
    return text
  }

  private literal(text: string, expected: string): string {
    const end = this.at + text.length
    if (!this.text.startsWith(text, this.at) || this.isWordAt(end)) {
      throw this.unexpected(expected)
    }
    this.at = end
    return text
  }

  /** Whether a number or a literal goes on: `01`, `1.`, `nullable`. */
  private isWordAt(at: number): boolean {
    return /[\w.+-]/.test(this.text.charAt(at))
  }

  private space(): string {
    const start = this.at
    SPACES.lastIndex = start
    SPACES.test(this.text)
    this.at = SPACES.lastIndex
    return this.text.slice(start, this.at)
  }

  private unexpected(expected: string): InputError {
    const { at, text } = this
    if (at >= text.length) {
      return this.error(at, `expected ${expected}, found the end of the file`, RESTORE)
    }
    TOKEN.lastIndex = at
    return this.error(at, `expected ${expected}, found ${printable(TOKEN.exec(text)?.[0] ?? '')}`)
  }

  private error(at: number, what: string, remedy?: string): InputError {
    const { line, column } = toPosition(this.text, at)
    return new InputError(`${this.file}:${line}:${column}: ${what}`, remedy)
  }
}

export function tooManyValues(file: string): InputError {
  return new InputError(`${file}: more than ${MOST_VALUES.toLocaleString('en')} values`)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN
}

/** Undefined for an object without members: new members are laid out as in a new object. */
function frameOf(
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

/** The first indented line's indentation is one level: the root's own members come first. */
function indentationOf(root: string): string {
  return /[\r\n]([ \t]+)[^\s]/.exec(root)?.[1] ?? '  '
}
