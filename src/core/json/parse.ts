import { InputError } from '../../errors.ts'
import { parseJson } from './document.ts'
import { isDeep, isWhole } from './whole.ts'

/**
 * Parses JSON, strictly: the engine's own parser would let the last of two equal keys win, and gives
 * values that are nested deeper than what handles them can follow. The lossless parser, which knows
 * better and is slow, looks at the text unless that is plainly whole.
 *
 * @throws InputError that names the file, line and column
 */
export function parseText(text: string, file: string): unknown {
  if (isDeep(text)) parseJson(text, file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    parseJson(text, file)
    throw new InputError(`${file}: not JSON: ${(error as Error).message}`)
  }
  if (!isWhole(value, text)) parseJson(text, file)
  return value
}
