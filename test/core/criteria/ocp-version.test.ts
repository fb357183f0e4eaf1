import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../../src/core/criteria/criteria.ts'
import { decideOcp, type OcpSources } from '../../../src/core/criteria/ocp-version.ts'
import { printMajorMinor, readMajorMinor } from '../../../src/core/versions/version.ts'

const version = (text: string) => readMajorMinor(text)
const decide = (sources: Partial<OcpSources>) => {
  const decision = decideOcp({ name: 'rhel', releases: [], ...sources }, BUILT_IN)
  const { ocp, source, isGuess } = decision
  return { ...decision, text: `${ocp && printMajorMinor(ocp)} ${source}${isGuess ? ' guess' : ''}` }
}

const SNAPSHOT = { snapshot: version('4.20') }
const NINE_EIGHT = { releases: ['9.8.20260428-0'] }
const TEN = { releases: ['10.2.20260423-0'] }

describe('the OCP version of a stream', () => {
  it.each<[string, Partial<OcpSources>]>([
    ['4.22 option', { option: version('4.22'), releases: ['418.94.202410090804-0'] }],
    ['4.18 release', { releases: ['418.94.202410090804-0'], workspace: version('4.19') }],
    ['4.18 release', { releases: ['415.92.202402201450-0', '418.94.202410090804-0'] }],
    ['4.23 workspace', { ...NINE_EIGHT, workspace: version('4.23'), snapshot: version('4.22') }],
    ['5.0 snapshot', { ...NINE_EIGHT, snapshot: version('5.0'), branch: 'release-4.22' }],
    ['4.22 branch', { ...NINE_EIGHT, ...SNAPSHOT, branch: 'release-4.22' }],
    ['5.2 branch', { ...TEN, branch: 'release-5.2', skus: ['aro_5-0_x64_gen2'] }],
    ['4.22 name', { ...TEN, name: 'rhcos-4.22', branch: 'main' }],
    // Since August 2026, the RHEL 10 stream on main has an outdated name.
    ['5.0 sku guess', { ...TEN, name: 'rhcos-4.22', skus: ['aro_422', 'aro_5-0_arm_gen2'] }],
    ['4.22 sku guess', { ...NINE_EIGHT, name: 'rhcos-4.21', skus: ['aro_422-v2'] }],
    ['5.1 rhel', { ...TEN, skus: ['aro_5-1_x64_gen2'] }],
    ['5.2 sku guess', { ...TEN, skus: ['aro_5-2_x64_gen2'] }],
    // OCP 4.21 uses images of OCP 4.20, so SKUs are a lower bound.
    ['4.21 name', { releases: ['9.6.20251015-1'], name: 'rhcos-4.21', skus: ['420-v2'] }],
    ['4.20 sku guess', { releases: ['9.6.20251015-1'], name: 'rhcos-4.19', skus: ['420-v2'] }],
    ['4.18 name', { name: '4.18-9.4' }],
    ['undefined undefined', NINE_EIGHT],
    ['undefined undefined', { releases: ['10.0.20250628-0'], name: 'rhcos-4.16' }],
    ['undefined undefined', { releases: ['38.20231002.3.1'], name: 'stable' }],
  ])('is %s for %j', (expected, sources) => {
    expect(decide(sources).text).toBe(expected)
  })

  it.each<[Partial<OcpSources>, string]>([
    [NINE_EIGHT, 'unknown OCP version: RHEL 9.8 is used by OCP 4.22, 4.23, 5.0 or 5.1'],
    [
      { releases: ['9.6.20251015-1'], skus: ['aro_422-v2'] },
      'unknown OCP version: RHEL 9.6 is used by OCP 4.19, 4.20 or 4.21, and SKU aro_422-v2 is for OCP 4.22',
    ],
    [{ releases: ['10.0.20250628-0'] }, 'unknown OCP version: no OCP version uses RHEL 10.0'],
    [{}, 'unknown OCP version: neither the releases nor the stream name contain an OCP version'],
  ])('is unknown for %j: %s', (sources, cause) => {
    expect(decide(sources).cause).toBe(cause)
  })

  it.each<[Partial<OcpSources>, readonly string[]]>([
    [
      { releases: ['418.94.202410090804-0'], branch: 'release-4.19', name: 'rhcos-4.16' },
      [
        'OCP 4.18 from release 418.94.202410090804-0, but OCP 4.19 from git branch release-4.19',
        'OCP 4.18 from release 418.94.202410090804-0, but OCP 4.16 from stream name rhcos-4.16',
      ],
    ],
    [
      { ...NINE_EIGHT, branch: 'release-4.22', skus: ['aro_5-0_x64_gen2'] },
      ['OCP 4.22 from git branch release-4.22, but OCP 5.0 from SKU aro_5-0_x64_gen2'],
    ],
    [
      { ...NINE_EIGHT, ...SNAPSHOT, option: version('4.21') },
      [
        'OCP 4.21 from --ocp, but OCP 4.20 from the existing snapshot',
        'OCP 4.21 from --ocp, but OCP 4.22, 4.23, 5.0 or 5.1 from RHEL 9.8',
      ],
    ],
    [{ ...NINE_EIGHT, name: 'rhcos-4.22', skus: ['420-v2'] }, []],
  ])('for %j has the conflicts %j', (sources, conflicts) => {
    expect(decide(sources).conflicts).toEqual(conflicts)
  })
})
