import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'

export function canonicalJson(value: unknown): string {
  return stringify(value)
}

export function computeIntegrity(canonical: string): string {
  return `sha256-${createHash('sha256').update(canonical).digest('base64')}`
}

/** Hexadecimal. CRLF line ends are hashed as LF. */
export function sha256(text: string): string {
  return createHash('sha256').update(withLf(text)).digest('hex')
}

export function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** Prints a value without nested objects or arrays, such as an image, on one line. */
export function printLines(value: unknown, indentation = ''): string {
  if (!isContainer(value) || !Object.values(value).some(isContainer)) return canonicalJson(value)
  const inner = `${indentation}  `
  const isArray = Array.isArray(value)
  const members = Object.entries(value).filter(([, each]) => isArray || each !== undefined)
  if (!isArray) members.sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = members.map(([key, each]) => {
    const printed = printLines(each, inner)
    return isArray ? printed : `${JSON.stringify(key)}:${printed}`
  })
  const [open, close] = isArray ? '[]' : '{}'
  return `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indentation}${close}`
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
