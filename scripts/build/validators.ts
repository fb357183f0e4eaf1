/** Compiles the JSON Schemas into plain functions, so that no command waits for a compiler. */

import { basename } from 'node:path'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import fs from 'fs-extra'

const folder = new URL('../../src/core/schemas/', import.meta.url)
const schemas = fs.readdirSync(folder).filter((name) => name.endsWith('.schema.json'))
const ajv = new Ajv({
  code: { source: true, esm: true },
  allowUnionTypes: true,
  // No pattern needs it, and V8 compiles those that have it several times as slowly.
  unicodeRegExp: false,
})
// Whatever has a length is plain ASCII, of which nobody need count more than the units.
ajv.opts.unicode = false
for (const name of schemas) {
  ajv.addSchema(JSON.parse(fs.readFileSync(new URL(name, folder), 'utf8')), name)
}
/** By the file that they get into: what few commands read, the others do not load. */
const FILES = [
  ['generated.js', (name: string) => name !== 'workspace.schema.json'],
  ['generated-workspace.js', (name: string) => name === 'workspace.schema.json'],
] as const
for (const [file, isIn] of FILES) {
  const functions = Object.fromEntries(
    schemas.filter(isIn).map((name) => [validatorName(basename(name, '.schema.json')), name]),
  )
  fs.writeFileSync(new URL(file, folder), standalone.default(ajv, functions))
}

/** `snapshot` gives `isSnapshot`. */
function validatorName(schema: string): string {
  return `is-${schema}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
