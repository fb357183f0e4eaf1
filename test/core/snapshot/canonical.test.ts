import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAsNumbers, sortImages } from '../../../src/core/clouds/order.ts'
import { canonicalJson, printLines } from '../../../src/core/snapshot/canonical.ts'
import { isIntact, printSnapshot, readSnapshot } from '../../../src/core/snapshot/read.ts'
import { azureImage, makeSnapshot } from '../../support/snapshots.ts'

describe('printLines', () => {
  it('differs from canonical JSON only in line breaks and indentation', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = printLines(value)
        expect(text.replace(/\n */g, '')).toBe(canonicalJson(value))
        expect(canonicalJson(JSON.parse(text))).toBe(canonicalJson(value))
      }),
    )
  })

  it('puts each image on one line', () => {
    const images = ['418.94.20240916', '418.94.20250122'].map((each) => azureImage('418-v2', each))
    const lines = printSnapshot(makeSnapshot(images)).split('\n')
    const line = lines.filter((each) => each.includes('"sku":"418-v2"'))
    expect(line).toHaveLength(2)
    expect(JSON.parse(line[0]?.replace(/,$/, '') ?? '')).toEqual(images[0])
  })
})

describe('a snapshot', () => {
  const snapshot = makeSnapshot([azureImage('418-v2', '418.94.20240916')])
  const text = printSnapshot(snapshot)

  it('has a digest of all its other keys', () => {
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sorted)
      if (typeof value !== 'object' || value === null) return value
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(members.map(([key, each]) => [key, sorted(each)]))
    }
    const { integrity, ...rest } = JSON.parse(text)
    const digest = createHash('sha256')
      .update(JSON.stringify(sorted(rest)))
      .digest('base64')
    expect(integrity).toBe(`sha256-${digest}`)
  })

  it('is read back with the same value, also in another format', () => {
    expect(readSnapshot(text, 's.json')).toEqual(snapshot)
    expect(readSnapshot(JSON.stringify(JSON.parse(text), undefined, 4), 's.json')).toEqual(snapshot)
    const changed = { ...snapshot, generator: 'another' }
    expect(isIntact(changed, printSnapshot(changed))).toBe(false)
  })
})

describe('the order of images', () => {
  it('compares versions as numbers, and removes duplicates', () => {
    const versions = ['4.18.2025031114', '4.8.2021122100', '413.92.2023101700', '9.6.2026030314']
    const images = [...versions, '4.8.2021122100'].map((each) => azureImage('rh-ocp-worker', each))
    expect(sortImages('azure', images).map(({ version }) => version)).toEqual([
      '4.8.2021122100',
      '4.18.2025031114',
      '9.6.2026030314',
      '413.92.2023101700',
    ])
  })

  it('is total and does not depend on the order of the responses', () => {
    const text = fc.stringMatching(/^[0-9a.-]{0,8}$/)
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareAsNumbers(a, b)) + Math.sign(compareAsNumbers(b, a))).toBe(0)
        expect(compareAsNumbers(a, b) === 0).toBe(a === b)
        const orders = [
          [a, b, c],
          [c, b, a],
          [b, a, c],
        ].map((each) => each.sort(compareAsNumbers))
        expect(orders[1]).toEqual(orders[0])
        expect(orders[2]).toEqual(orders[0])
      }),
    )
  })
})
