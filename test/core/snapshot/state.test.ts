import { describe, expect, it } from 'vitest'
import type { Image, ImageState } from '../../../src/core/snapshot/snapshot.ts'
import { stateAt } from '../../../src/core/snapshot/state.ts'

const image = (state: ImageState, deprecation?: string): Image => ({
  architecture: 'x86_64',
  plan: 'ocp',
  version: '4.18.20251119',
  state,
  ...(deprecation !== undefined && { deprecation }),
})

describe('stateAt', () => {
  it.each([
    ['before its time', '2025-12-01T00:00:00.000Z', 'scheduled-for-deprecation'],
    ['at its time', '2025-11-30T12:00:00Z', 'deprecated'],
    ['after its time', '2024-12-01T00:00:00.000-08:00', 'deprecated'],
  ])('%s an image is what the cloud says', (_, deprecation, state) => {
    const scheduled = image('scheduled-for-deprecation', deprecation)
    expect(stateAt(scheduled, '2025-11-30T12:00:00Z')).toBe(state)
  })

  it('leaves all others as they are', () => {
    expect(stateAt(image('active'), '2025-11-30T12:00:00Z')).toBe('active')
    expect(stateAt(image('deprecated'), '2025-11-30T12:00:00Z')).toBe('deprecated')
    expect(stateAt(image('unavailable', '2024-01-01T00:00:00Z'), '2025-11-30T12:00:00Z')).toBe(
      'unavailable',
    )
  })
})
