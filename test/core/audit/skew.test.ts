import { describe, expect, it } from 'vitest'
import { intolerable, measureSkew, type Tolerance } from '../../../src/core/audit/skew.ts'
import { azureImage, snapshotOf } from '../../support/snapshots.ts'
import { EXAMPLE } from '../../support/streams.ts'

/** Eleven slots without an image, and one each that is exact, 105 days newer, 23 days older, and of 4.17. */
const SKEWS = measureSkew(
  snapshotOf([
    azureImage('418-v2', '418.94.20241009'),
    azureImage('418-arm', '418.94.20250122'),
    azureImage('aro_418', '418.94.20240916'),
    azureImage('rh-ocp-worker', '4.17.2024100419'),
  ]),
  new Map(Object.entries(EXAMPLE)),
)

describe('intolerable', () => {
  const tolerances: [Tolerance, number][] = [
    [{}, 0],
    [{ failOn: 'none' }, 11],
    [{ failOn: 'older-rhel-major' }, 11],
    [{ failOn: 'older-release' }, 12],
    [{ failOn: 'older-build' }, 13],
    [{ failOn: 'newer-build' }, 14],
    [{ failOn: 'exact' }, 15],
    [{ maxDays: 23 }, 11],
    [{ maxDays: 22 }, 12],
    [{ maxDays: 4, failOn: 'none' }, 13],
  ]
  it.each(tolerances)('with %j finds %i of 15 slots', (tolerance, count) => {
    expect(SKEWS).toHaveLength(15)
    expect(intolerable(SKEWS, tolerance)).toHaveLength(count)
  })
})
