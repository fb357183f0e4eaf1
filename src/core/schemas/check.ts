import { InputError, LaterVersionError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { jsonPath } from '../json/document.ts'
import { isCriteria, isSnapshot, type Validator } from './generated.js'

const VALIDATORS = { criteria: isCriteria, snapshot: isSnapshot }

/** @throws InputError with the file, the JSON path of the first fault and what was expected */
export function checkSchema(schema: keyof typeof VALIDATORS, value: unknown, file: string): void {
  const fault = faultOf(VALIDATORS[schema], value)
  if (fault === undefined) return
  const path = jsonPath(fault.path)
  throw new InputError(`${file}: ${path ? `${path}: ` : ''}${fault.expectation}`)
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

export function faultOf(validate: Validator, value: unknown) {
  if (validate(value)) return undefined
  const { instancePath = '', params = {}, message } = validate.errors?.[0] ?? {}
  return {
    path: instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    expectation: expectation(message, params),
  }
}

function expectation(
  message = 'does not fit its schema',
  params: Readonly<Record<string, unknown>> = {},
): string {
  const detail = params.allowedValues ?? params.allowedValue ?? params.additionalProperty
  if (detail === undefined) return message
  return `${message} (${typeof detail === 'string' ? `"${printable(detail)}"` : JSON.stringify(detail)})`
}
