import { describe, expect, it } from 'vitest'
import { gen1Sku } from '../../../../src/core/audit/image/gen1.ts'

describe('gen1Sku', () => {
  it.each([
    ['418-v2', 'aro_418'],
    ['aro_422-v2', 'aro_422'],
    ['rh-ocp-worker', 'rh-ocp-worker-gen1'],
    ['rh-ocp-worker-gen1', 'rh-ocp-worker-gen1'],
    ['418-arm', undefined],
    ['aro_5-0_x64_gen2', undefined],
  ])('makes of %s %s', (gen2, gen1) => {
    expect(gen1Sku(gen2)).toBe(gen1)
  })
})
