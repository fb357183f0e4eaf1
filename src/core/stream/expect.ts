/** Errors for a JSON file with another shape than expected. */

import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import type { JsonNode, JsonObject } from '../json/document.ts'

/** @throws InputError if the node at `path` is not an object */
export function expectObject(node: JsonNode | undefined, file: string, path: string): JsonObject {
  if (node?.kind !== 'object') throw mismatch(file, path, 'an object', node)
  return node
}

/** `FILE: PATH: expected …, found …`. */
export function mismatch(
  file: string,
  path: string,
  expected: string,
  found: JsonNode | undefined,
): InputError {
  const kind = found === undefined ? 'nothing' : NAMES[found.kind]
  return new InputError(`${file}: ${path}: expected ${expected}, found ${kind}`)
}

const NAMES: Readonly<Record<JsonNode['kind'], string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
}

/** A path as in jq, but without quotes around names with hyphens. */
export function pathTo(path: string, name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? `${path}.${name}` : `${path}["${printable(name)}"]`
}
