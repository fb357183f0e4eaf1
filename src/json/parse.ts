import { parseJson } from './document.ts'

/**
 * Parses JSON, strictly: the engine's own parser would let the last of two equal keys win, and gives
 * values that are nested deeper than what handles them can follow.
 *
 * @throws InputError that names the file, line and column
 */
export function parseText(text: string, file: string): unknown {
  parseJson(text, file)
  return JSON.parse(text)
}
