import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { visible, visibleLine } from '../../src/printable.ts'
import { html } from '../../src/show/report/html.ts'
import { code } from '../../src/show/table.ts'

/** How often `npm run test:deep` tries each property. */
const numRuns = Number(process.env.CASES ?? 10_000)

const ODD =
  '< > & " \\ / \u2028 \u2029 \u001b[31m \u009b \u202e \ud800 \udc00 \u{1f600} \u0000 \u007f | ` [x](y) @a #'

/** Texts with everything that printers and terminals stumble over. */
const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc
    .array(fc.constantFrom(...ODD.split(' '), '\r\n', '\n', '\r', '\t', '\b'), { maxLength: 8 })
    .map((parts) => parts.join('')),
)

describe('escaping', () => {
  const ACTIVE =
    /(?!\r\n)[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u

  it('shows a terminal nothing that it acts on, and JSON that means the same', () => {
    const property = fc.property(wildText, (text) => {
      const json = JSON.stringify({ text })
      return (
        !ACTIVE.test(visible(text).replaceAll('\r\n', '\n')) &&
        !/\p{Cc}/u.test(visibleLine(text)) &&
        isDeepStrictEqual(JSON.parse(visible(json)), JSON.parse(json))
      )
    })
    fc.assert(property, { numRuns })
  })

  it('lets no markup through to HTML and Markdown', () => {
    const property = fc.property(wildText, (text) => {
      const page = html`<i title="${text}">${text}</i>`.text
      const [, inAttribute = '', inElement = ''] = /^<i title="(.*)">(.*)<\/i>$/s.exec(page) ?? []
      const cell = code(text)
      return (
        inAttribute === inElement &&
        !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(inElement) &&
        // Code in back quotes, or a tag whose text has nothing that ends it or that Markdown knows.
        /^(|`[^`\n\r|]+`|<code>[^<>`\n\r|*_[\]@]+<\/code>)$/u.test(cell)
      )
    })
    fc.assert(property, { numRuns })
  })
})
