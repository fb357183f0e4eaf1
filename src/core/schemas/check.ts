import { InputError, LaterVersionError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { jsonPath } from '../json/document.ts'
import { isCriteria, isSnapshot, type Validator } from './generated.js'

const VALIDATORS = { criteria: isCriteria, snapshot: isSnapshot }

/** @throws InputError with the file and the JSON path of the first violation */
export function checkSchema(schema: keyof typeof VALIDATORS, value: unknown, file: string): void {
  const violation = findViolation(VALIDATORS[schema], value)
  if (violation !== undefined) throw new InputError(`${file}: ${violation.message}`)
}

const SCHEMA_VERSION = 1

export function refuseLaterVersion(value: unknown, file: string): void {
  const { schemaVersion } = (value ?? {}) as { readonly schemaVersion?: unknown }
  if (typeof schemaVersion !== 'number' || schemaVersion <= SCHEMA_VERSION) return
  throw new LaterVersionError(
    `${file}: schemaVersion ${schemaVersion}, expected at most ${SCHEMA_VERSION}`,
    'Update stream-snapshot.',
  )
}

/** The message begins with the JSON path, except for the root. */
export function findViolation(validate: Validator, value: unknown) {
  if (validate(value)) return undefined
  const { instancePath = '', params = {}, message } = validate.errors?.[0] ?? {}
  const steps = instancePath.split('/').slice(1)
  const path = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const detail = params.allowedValues ?? params.allowedValue ?? params.additionalProperty
  const shown = typeof detail === 'string' ? `"${printable(detail)}"` : JSON.stringify(detail)
  const expected = `${message ?? 'does not fit its schema'}${detail === undefined ? '' : ` (${shown})`}`
  return { path, message: path.length > 0 ? `${jsonPath(path)}: ${expected}` : expected }
}
