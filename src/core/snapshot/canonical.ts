import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'

/** The canonical JSON of a value: keys sorted, no white space. */
export function canonicalJson(value: unknown): string {
  return stringify(value)
}

export function computeIntegrity(canonical: string): string {
  return `sha256-${createHash('sha256').update(canonical).digest('base64')}`
}

/** The hexadecimal SHA-256 of a file's text with LF line ends, also in a checkout with CRLF. */
export function sha256(text: string): string {
  return createHash('sha256').update(withLf(text)).digest('hex')
}

/** A JSON text as it was committed: within its strings there are no line ends. */
export function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** A value without objects or arrays in it is one line, so that an image is a line of a review. */
export function printLines(value: unknown, indentation = ''): string {
  if (!isBranch(value)) return canonicalJson(value)
  const inner = `${indentation}  `
  const [open, close, lines] = Array.isArray(value)
    ? ['[', ']', value.map((each) => printLines(each, inner))]
    : [
        '{',
        '}',
        members(value).map(([key, each]) => `${JSON.stringify(key)}:${printLines(each, inner)}`),
      ]
  return `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indentation}${close}`
}

function isBranch(value: unknown): value is object {
  return isContainer(value) && Object.values(value).some(isContainer)
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function members(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
