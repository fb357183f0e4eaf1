import { describe, expect, it } from 'vitest'
import { readSnapshot } from '../../../src/core/snapshot/read.ts'
import {
  type Image,
  type ImageState,
  readTime,
  stateAt,
} from '../../../src/core/snapshot/snapshot.ts'
import { azureImage, snapshotText } from '../../support/snapshots.ts'

const NOW = '2025-11-30T12:00:00Z'

const image = (state: ImageState, deprecation?: string): Image => ({
  architecture: 'x86_64',
  plan: 'ocp',
  version: '4.18.20251119',
  state,
  ...(deprecation !== undefined && { deprecation }),
})

describe('a time', () => {
  it.each([
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2024-10-20t12:00:00z', '2024-10-20T12:00:00.000Z'],
    ['2024-10-20T12:00Z', '2024-10-20T12:00:00.000Z'],
    ['2024-10-20T12:00:00.123456789+01:30', '2024-10-20T10:30:00.123Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ])('%s is read as %s', (text, expected) => {
    expect(new Date(readTime(text) ?? 0).toISOString()).toBe(expected)
  })

  it.each([
    '2024-10-20',
    '2024-10-20T12:00:00',
    '2024-02-30T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2024-13-10T00:00:00Z',
    '2024-10-00T00:00:00Z',
    '2024-10-20T24:00:00Z',
    '2024-10-20T12:00:61Z',
    '2024-10-20T12:00:00+24:00',
    'Sun, 20 Oct 2024 12:00:00 GMT',
    '',
  ])('%j is invalid', (text) => {
    expect(readTime(text)).toBeUndefined()
  })
})

describe('the state of an image', () => {
  it.each([
    ['before its deprecation date', '2025-12-01T00:00:00.000Z', 'scheduled-for-deprecation'],
    ['on its deprecation date', NOW, 'deprecated'],
    ['after its deprecation date', '2024-12-01T00:00:00.000-08:00', 'deprecated'],
    ['after a date in lower case', '2024-10-20t00:00:00z', 'deprecated'],
    ['with a date without a time', '2024-10-20', 'unknown'],
    ['with a date that does not exist', '2099-02-30T00:00:00Z', 'unknown'],
  ])('%s (%s) is %s', (_, deprecation, state) => {
    expect(stateAt(image('scheduled-for-deprecation', deprecation), NOW)).toBe(state)
    expect(stateAt(image('active', deprecation), NOW)).toBe(
      state === 'scheduled-for-deprecation' ? 'active' : state,
    )
  })

  it('is the state from the cloud if there is no date or the image is unavailable', () => {
    expect(stateAt(image('active'), NOW)).toBe('active')
    expect(stateAt(image('deprecated', '2024-10-20'), NOW)).toBe('deprecated')
    expect(stateAt(image('unavailable', '2024-01-01T00:00:00Z'), NOW)).toBe('unavailable')
  })
})

describe('a snapshot', () => {
  it.each(['2025-02-30T00:00:00Z', '2025-11-30T24:00:00Z'])(
    'is refused if capturedAt is %s',
    (time) => {
      const text = snapshotText([], { capturedAt: time })
      expect(() => readSnapshot(text, 's.json')).toThrow(
        `s.json: .capturedAt: expected a time, found "${time}"`,
      )
    },
  )

  it('can have an image with an invalid deprecation date', () => {
    const images = [azureImage('418-v2', '418.94.20241002', { deprecation: '2024-10-20' })]
    expect(readSnapshot(snapshotText(images), 's.json').images.azure).toHaveLength(1)
  })
})
