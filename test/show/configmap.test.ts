import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { bootImagesConfigMap, type ConfigMap } from '../../src/core/audit/configmap.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { printConfigMap } from '../../src/show/configmap.ts'
import { smallStream } from '../support/streams.ts'

const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '\n\n',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u007f',
    '#',
  ),
  fc.constantFrom('---', '...', ': ', '- ', '"', "'", '|', '\\', '%', '&a', '*a', '\u0000', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))

describe('printConfigMap', () => {
  it('preserves the bytes of any text for another YAML parser', () => {
    const map = bootImagesConfigMap([
      { name: undefined, stream: readStream(smallStream({}), 'x.json') },
    ])
    fc.assert(
      fc.property(text, (stream) => {
        const yaml = printConfigMap({ ...map, data: { ...map.data, stream } })
        expect((load(yaml) as ConfigMap).data.stream).toBe(stream)
        // Other parsers refuse these characters, or read them as line ends.
        expect(yaml).not.toMatch(/[^\P{C}\n\t]|[\x85\u2028\u2029]/u)
      }),
      { numRuns: 500, examples: [[' 𐀀 𐀀 𐀀ᾂ𐀀 \n\n \n\u0000\u0000---']] },
    )
  })
})
