import fc from 'fast-check'

/** JSON's whitespace, line ends of all kinds. */
export const space = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '\r'), { maxLength: 3 })
  .map((parts) => parts.join(''))

/**
 * Any code point but surrogates. fast-check's own unit `binary` makes a table of all code points, which
 * takes a second.
 */
export const codePoint = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800))

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: codePoint, maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', '1', '', '<&>', '\u2028\u0007\b', '\ud800'),
)

/** A string in any of its spellings: short escapes, `\u` escapes, or itself. */
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

/** The text of a JSON file, with all the liberties that the grammar leaves. */
export const jsonText = fc.tuple(space, value, space).map((parts) => parts.join(''))

/** Files indented as people and programs do, and those all on one line. */
export const indentation = fc.constantFrom('  ', '    ', '\t', '')
