import { parseText } from '../json/parser.ts'
import { checkSchema, refuseLaterVersion } from '../schemas/check.ts'
import builtIn from './criteria.json' with { type: 'json' }
import type { Criteria } from './criteria.ts'

/** The criteria that come with the package. */
export const BUILT_IN = withoutSchema(builtIn) as Criteria

/** Reads a criteria file. @throws InputError that names the file and the fault */
export function readCriteria(text: string, file: string): Criteria {
  const value = parseText(text, file)
  refuseLaterVersion(value, file)
  checkSchema('criteria', value, file)
  return withoutSchema(value as object) as Criteria
}

/** `$schema` is for editors only. */
function withoutSchema(file: object): object {
  const { $schema: _, ...criteria } = file as { $schema?: string }
  return criteria
}
