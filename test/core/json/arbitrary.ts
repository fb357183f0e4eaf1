import fc from 'fast-check'

/** JSON whitespace with all kinds of line ends. */
export const space = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '\r'), { maxLength: 3 })
  .map((parts) => parts.join(''))

/** Any code point except surrogates. The unit `binary` of fast-check takes a second to build its table. */
export const codePoint = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800))

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: codePoint, maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', '1', '', '<&>', '\u2028\u0007\b', '\ud800'),
)

/** A string literal with `\u` escapes, or as `JSON.stringify` writes it. */
const rawString = fc
  .tuple(text, fc.boolean())
  .map(([value, escaped]) =>
    escaped
      ? `"${value.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
      : JSON.stringify(value),
  )

const scalar = fc.oneof(
  rawString,
  fc.constantFrom(
    'true',
    'false',
    'null',
    '-0',
    '1.0',
    '1e5',
    '1E+2',
    '0.10',
    '12345678901234567890',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
)

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc
      .tuple(space, fc.array(fc.tuple(space, tie('value'), space), { maxLength: 4 }))
      .map(
        ([empty, elements]) => `[${elements.map((parts) => parts.join('')).join(',') || empty}]`,
      ),
    fc
      .tuple(
        space,
        fc.uniqueArray(fc.tuple(rawString, space, space, tie('value'), space, space), {
          maxLength: 4,
          selector: ([key]) => JSON.parse(key),
        }),
      )
      .map(([empty, members]) => {
        const parts = members.map(
          ([key, before, colon, item, after, behind]) =>
            `${before}${key}${behind}:${colon}${item}${after}`,
        )
        return `{${parts.join(',') || empty}}`
      }),
  ),
}))

/** JSON text with varied spacing, escapes and number formats. */
export const jsonText = fc.tuple(space, value, space).map((parts) => parts.join(''))

/** Common indentations, and none for a file on one line. */
export const indentation = fc.constantFrom('  ', '    ', '\t', '')
