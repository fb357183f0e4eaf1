/** Compiles the JSON Schemas to validation functions at build time. */
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import fs from 'fs-extra'

const folder = new URL('../../src/core/schemas/', import.meta.url)
const schemas = fs.readdirSync(folder).filter((name) => name.endsWith('.schema.json'))
const ajv = new Ajv({
  code: { source: true, esm: true },
  allowUnionTypes: true,
  // No pattern requires the flag `u`, and V8 compiles such patterns several times more slowly.
  unicodeRegExp: false,
  inlineRefs: false,
})
// Counts code units instead of characters, because all strings with a length limit are ASCII.
ajv.opts.unicode = false
for (const name of schemas) {
  const text = fs.readFileSync(new URL(name, folder), 'utf8')
  const isText = (key: string, value: unknown) => key === 'description' && typeof value === 'string'
  ajv.addSchema(
    JSON.parse(text, (key, value) => (isText(key, value) ? undefined : value)),
    name,
  )
}
/** Separate files, so that commands only load the validators that they use. */
const FILES = {
  'generated.js': ['criteria', 'snapshot'],
  'generated-workspace.js': ['workspace'],
  'generated-diff.js': ['diff'],
}
for (const [file, names] of Object.entries(FILES)) {
  const functions = names.map((name) => [validatorName(name), `${name}.schema.json`])
  const code = standalone.default(ajv, Object.fromEntries(functions))
  // Removes the location in the schema from errors.
  fs.writeFileSync(new URL(file, folder), code.replace(/schemaPath:"[^"]*",keyword:"\w+",/g, ''))
}

/** For example, `isSnapshot` for `snapshot`. */
function validatorName(schema: string): string {
  return `is-${schema}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
