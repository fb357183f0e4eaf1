import { describe, expect, it } from 'vitest'
import { SkewMemory } from '../../../../src/core/audit/skew/memory.ts'
import { measureSkew } from '../../../../src/core/audit/skew/skew.ts'
import { latestReleases } from '../../../../src/core/changes/streams.ts'
import { azureImage, snapshotOf } from '../../../support/snapshots.ts'

const build = (release: string) => ({
  x86_64: {
    release,
    location: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/a',
    meta: {},
  },
})
const [OLD, NEW] = [build('418.94.202409162337-0'), build('418.94.202410090804-0')]
const [first, second] = [
  azureImage('418-v2', '418.94.20240916'),
  azureImage('418-v2', '418.94.20241009'),
]
const other = azureImage('aro_418', '418.94.20240916')
const ending = azureImage('418-v2', '418.94.20241009', {
  state: 'scheduled-for-deprecation',
  deprecation: '2024-10-25T00:00:00Z',
})
const later = { capturedAt: '2024-10-26T12:00:00Z' }
const regions = (...names: string[]) => ({
  images: { aws: [], azure: [first, other] },
  queries: { aws: names.map((region) => ({ region, images: 0 })), azure: [] },
})
const ofOcp = (ocp: string) => ({
  builds: build('9.4.20241009-0'),
  stream: { ...snapshotOf([]).stream, ocp },
})

/** Each differs from the one before in one thing that a slot depends on. */
const SNAPSHOTS = [
  ['an image', snapshotOf([first], { builds: OLD })],
  ['another one beside it', snapshotOf([first, second], { builds: OLD })],
  ['a new build', snapshotOf([first, second], { builds: NEW })],
  ['an image of another slot', snapshotOf([first, second, other], { builds: NEW })],
  ['an image less', snapshotOf([first, other], { builds: NEW })],
  ['an image that is to end', snapshotOf([first, ending, other], { builds: NEW })],
  ['its end', snapshotOf([first, ending, other], { builds: NEW, ...later })],
  ['a cloud that was asked', snapshotOf([], { builds: NEW, ...regions('us-east-1') } as never)],
  ['a region', snapshotOf([], { builds: NEW, ...regions('us-east-1', 'us-east-2') } as never)],
  ['no build', snapshotOf([first, other])],
  ['the first again', snapshotOf([first], { builds: OLD })],
  ['a build that names RHEL alone', snapshotOf([first], ofOcp('4.18'))],
  ['another OCP', snapshotOf([first], ofOcp('4.17'))],
] as const

describe('skews of snapshots that follow one another', () => {
  const memory = new SkewMemory()
  it.each(SNAPSHOTS)('are after %s those of the snapshot alone', (_, snapshot) => {
    const hasBuilds = Object.keys(snapshot.builds).length > 0
    const latest = hasBuilds ? undefined : latestReleases(snapshot)
    const told = memory.measureSkew(snapshot, latest)
    expect(told).toEqual(measureSkew(snapshot, latest))
    expect(told.length).toBeGreaterThan(0)
  })

  it('are the same objects where nothing happened', () => {
    const fresh = new SkewMemory()
    const before = fresh.measureSkew(SNAPSHOTS[2][1])
    const after = fresh.measureSkew(SNAPSHOTS[3][1])
    expect(
      after.filter((skew) => !before.includes(skew)).map(({ slot }) => slot.generation),
    ).toEqual([1])
  })
})
