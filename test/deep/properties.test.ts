import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAsNumbers } from '../../src/core/clouds/order.ts'
import { isIntact, printSnapshot, readSnapshot } from '../../src/core/snapshot/read.ts'
import { isAzureVersion } from '../../src/core/snapshot/values.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { visible, visibleLine } from '../../src/printable.ts'
import { html } from '../../src/show/report/html.ts'
import { code } from '../../src/show/table.ts'
import { jsonText } from '../core/json/arbitrary.ts'
import { makeSnapshot } from '../support/snapshots.ts'
import { images, versionText, wildText } from './arbitrary.ts'
import { check } from './check.ts'

describe('parsing and printing', () => {
  it('preserves a stream', () => {
    const stream = fc.tuple(wildText, jsonText, jsonText, fc.constantFrom('', '\n', '\r\n\n'))
    const property = fc.property(stream, ([name, foreign, formats, end]) => {
      const text = `{"stream": ${JSON.stringify(name)},\n "foreign":${foreign}, "architectures": {"x86_64": {"artifacts": {"metal": {"release": "1", "formats": ${formats}}}}}}${end}`
      const read = readStream(text, 'f')
      const stamped = read.withMetadata({ lastModified: 'x', generator: 'y' })
      const value = JSON.parse(stamped.print())
      const { metadata, ...rest } = value
      return (
        read.print() === text &&
        isDeepStrictEqual(rest, JSON.parse(text)) &&
        isDeepStrictEqual(metadata, { 'last-modified': 'x', generator: 'y' }) &&
        stamped.print().endsWith(`}${end}`)
      )
    })
    check(property)
  })

  it('preserves a snapshot and detects changes', () => {
    const property = fc.property(images, wildText, (list, generator) => {
      const snapshot = { ...makeSnapshot(list) }
      const text = printSnapshot(snapshot)
      if (!list.every(({ version }) => isAzureVersion(version))) {
        expect(() => readSnapshot(text, 'f')).toThrow(/^f: \.images\.azure\[\d+\]\.version: must /)
        return true
      }
      const read = readSnapshot(text, 'f')
      const forged = JSON.stringify({ ...read, generator: `${generator}x` })
      return (
        isDeepStrictEqual(read, JSON.parse(JSON.stringify(snapshot))) &&
        printSnapshot(read) === text &&
        !isIntact(JSON.parse(forged), forged)
      )
    })
    check(property)
  })
})

describe('escaping', () => {
  const ACTIVE =
    /(?!\r\n)[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u

  it('removes control characters for a terminal', () => {
    const property = fc.property(wildText, (text) => {
      const json = JSON.stringify({ text })
      return (
        !ACTIVE.test(visible(text).replaceAll('\r\n', '\n')) &&
        !/\p{Cc}/u.test(visibleLine(text)) &&
        isDeepStrictEqual(JSON.parse(visible(json)), JSON.parse(json))
      )
    })
    check(property)
  })

  it('removes markup for HTML and Markdown', () => {
    const property = fc.property(wildText, (text) => {
      const page = html`<i title="${text}">${text}</i>`.text
      const [, inAttribute = '', inElement = ''] = /^<i title="(.*)">(.*)<\/i>$/s.exec(page) ?? []
      const cell = code(text)
      return (
        inAttribute === inElement &&
        !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(inElement) &&
        // Code in backquotes, or a <code> element without characters that are special in Markdown.
        /^(|`[^`\n\r|]+`|<code>[^<>`\n\r|*_[\]@]+<\/code>)$/u.test(cell)
      )
    })
    check(property)
  })
})

describe('compareAsNumbers', () => {
  it('is a total order', () => {
    const name = fc.oneof(versionText, fc.stringMatching(/^[a-z0-9._-]{0,8}$/))
    const property = fc.property(name, name, name, (a, b, c) => {
      const [low = '', middle = '', high = ''] = [a, b, c].sort(compareAsNumbers)
      return (
        Math.sign(compareAsNumbers(a, b)) === -Math.sign(compareAsNumbers(b, a)) &&
        (compareAsNumbers(a, b) === 0) === (a === b) &&
        compareAsNumbers(low, middle) <= 0 &&
        compareAsNumbers(low, high) <= 0
      )
    })
    check(property)
  })
})
