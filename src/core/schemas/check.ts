import { InputError } from '../../errors.ts'
import { printable } from '../../printable.ts'
import { isCriteria, isSnapshot } from './generated.js'

const VALIDATORS = { criteria: isCriteria, snapshot: isSnapshot }

/**
 * Checks a parsed file against one of the published schemas.
 *
 * @throws InputError naming the file, the JSON path of the first fault and what was expected
 */
export function checkSchema(schema: keyof typeof VALIDATORS, value: unknown, file: string): void {
  const validate = VALIDATORS[schema]
  if (validate(value)) return
  const error = validate.errors?.[0]
  const path = jsonPath(error?.instancePath ?? '')
  throw new InputError(
    `${file}: ${path ? `${path}: ` : ''}${expectation(error?.message, error?.params)}`,
  )
}

/** `/images/azure/3/sku` is `.images.azure[3].sku`. */
function jsonPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) =>
      /^[0-9]+$/.test(step)
        ? `[${step}]`
        : /^[\w-]{1,60}$/.test(step)
          ? `.${step}`
          : `["${printable(step)}"]`,
    )
    .join('')
}

function expectation(
  message = 'does not fit its schema',
  params: Readonly<Record<string, unknown>> = {},
): string {
  const detail = params.allowedValues ?? params.allowedValue ?? params.additionalProperty
  if (detail === undefined) return message
  return `${message} (${typeof detail === 'string' ? `"${printable(detail)}"` : JSON.stringify(detail)})`
}
