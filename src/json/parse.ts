import { InputError } from '../errors.ts'
import { parseJson } from './document.ts'

/**
 * Parses JSON by the engine's own parser; the lossless one says where a fault is.
 *
 * @throws InputError that names the file, line and column
 */
export function parseText(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    parseJson(text, file)
    throw new InputError(`${file}: not JSON: ${(error as Error).message}`)
  }
}
