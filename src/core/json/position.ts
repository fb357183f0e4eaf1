import { decodeString } from './scalar.ts'

/** A place in a text. */
export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

export function toPosition(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g

/**
 * Finds the key of a member, or an element, in valid JSON; if it does not exist, the innermost value
 * around it.
 *
 * @param path names of members and indexes of elements, from the root
 */
export function findPosition(text: string, path: readonly string[]): Position {
  let offset: number | undefined
  let matched = 0
  /** The containers around a token: the index of the next element, or undefined for an object. */
  const containers: (number | undefined)[] = []
  let isKey = false
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ':') continue
    offset ??= index
    if (token === '}' || token === ']') {
      containers.pop()
      isKey = false
      continue
    }
    const level = containers.length
    if (token === ',') {
      isKey = containers[level - 1] === undefined
      continue
    }
    const element = containers[level - 1]
    const name = isKey ? decodeString(token) : element === undefined ? undefined : String(element)
    if (name !== undefined && level <= matched) break
    if (level === matched + 1 && name !== undefined && name === path[matched]) {
      offset = index
      matched += 1
    }
    if (isKey) {
      isKey = false
      continue
    }
    if (element !== undefined) containers[level - 1] = element + 1
    if (token === '{' || token === '[') {
      containers.push(token === '[' ? 0 : undefined)
      isKey = token === '{'
    }
  }
  return toPosition(text, offset ?? 0)
}
