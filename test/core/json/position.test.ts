import { describe, expect, it } from 'vitest'
import { findPosition } from '../../../src/core/json/parser.ts'

const TEXT = `
{
  "a" : 1,
  "list": [ "x", "x",
    { "é": null, "deep": [1, 11] } ] ,
  "last": {}
}
`

describe('a position in a JSON text', () => {
  it.each([
    [[], 2, 1],
    [['a'], 3, 3],
    [['list', '0'], 4, 13],
    [['list', '2'], 5, 5],
    [['list', '2', 'é'], 5, 7],
    [['list', '2', 'deep'], 5, 18],
    [['list', '2', 'deep', '1'], 5, 30],
    [['last', 'deep'], 6, 3],
    [['a', 'deep'], 3, 3],
    [['list', '9'], 4, 3],
  ])('of %j is line %i, column %i', (path, line, column) => {
    expect(findPosition(TEXT, path)).toEqual({ line, column })
  })

  it('counts CRLF as one line end and a surrogate pair as one character', () => {
    const text = '{\r\n"\u{1f600}": 1, "b": 2}'
    expect(findPosition(text, ['b'])).toEqual({ line: 2, column: 9 })
  })
})
