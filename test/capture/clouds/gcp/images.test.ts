import { beforeEach, describe, expect, it } from 'vitest'
import { findVersion, readImages } from '../../../../src/capture/clouds/gcp/images.ts'
import {
  BUILT_IN,
  type Criteria,
  type GcpCriteria,
} from '../../../../src/core/criteria/criteria.ts'
import { selectImages } from '../../../../src/core/selection/selections.ts'
import { demonstrationImages } from '../../../mock-servers/gcp-images.ts'

const criteria = BUILT_IN as Criteria & { gcp: GcpCriteria }

let warnings: string[]
const warn = (text: string) => void warnings.push(text)

beforeEach(() => {
  warnings = []
})

describe('findVersion', () => {
  it.each([
    ['redhat-coreos-ocp-413-x86-64-202305021736', '', '413.92.202305021736'],
    ['redhat-coreos-opp-48-x86-64-202210040145', '', '48.84.202210040145'],
    ['redhat-coreos-oke-499-x86-64-202305021736', '', '499.98.202305021736'],
    ['redhat-coreos-ocp-worker', 'rhcos-9.6.20250701-0-x86_64', '9.6.20250701-0'],
    ['redhat-coreos-ocp-worker', 'See the product page', undefined],
    ['redhat-coreos-ocp-413-x86-64-202313321736', '', undefined],
  ])('reads the version from %s, %j', (name, description, version) => {
    expect(findVersion(name, description, BUILT_IN.rhel)).toBe(version)
  })
})

describe('readImages', () => {
  const NAME = 'redhat-coreos-ocp-413-x86-64-202305021736'
  const readState = (rest: object) =>
    readImages([{ name: NAME, ...rest }], criteria.gcp, criteria.rhel, warn)[0]?.state

  it('returns the plan from the name', () => {
    expect(readImages([{ name: NAME }], criteria.gcp, criteria.rhel, warn)).toEqual([
      {
        architecture: 'x86_64',
        name: NAME,
        plan: 'ocp',
        project: 'redhat-marketplace-public',
        state: 'active',
        version: '413.92.202305021736',
      },
    ])
    expect(
      readImages(
        [{ name: 'redhat-sap-413-x86-64-202305021736' }],
        criteria.gcp,
        criteria.rhel,
        warn,
      ),
    ).toEqual([])
  })

  it.each([
    [{ status: 'READY', deprecated: { state: 'ACTIVE' } }, 'active'],
    [{ status: 'FAILED' }, 'unavailable'],
    [{ deprecated: { state: 'DEPRECATED' } }, 'deprecated'],
    [{ deprecated: { state: 'OBSOLETE' } }, 'deprecated'],
    [{ deprecated: { state: 'DELETED' } }, 'deprecated'],
    [
      { deprecated: { state: 'ACTIVE', obsolete: '2030-01-01T00:00:00Z' } },
      'scheduled-for-deprecation',
    ],
    [{ deprecated: { state: null }, status: null, architecture: null }, 'active'],
    [{ deprecated: null, description: null }, 'active'],
    [{ architecture: 'ARCHITECTURE_UNSPECIFIED' }, 'active'],
  ])('reads the state from %j: %s', (rest, expected) => {
    expect(readState(rest)).toBe(expected)
    expect(warnings).toEqual([])
  })

  it.each([
    [{ architecture: 'RISCV64' }, 'RISCV64'],
    [{ architecture: 'constructor' }, 'constructor'],
    [{ status: '\u001b[31m' }, '\\u001b[31m'],
  ])('rejects the unknown value in %j', (rest, shown) => {
    expect(() => readState(rest)).toThrow(`gcp: image ${NAME} has an unknown property: ${shown}`)
  })
})

describe('selection on GCP', () => {
  const select = (release: string, ocp: string) =>
    selectImages(
      {
        schemaVersion: 1,
        stream: { name: '', distro: 'rhcos', ocp, url: '', signatures: true },
        criteria,
        builds: {},
        images: { gcp: readImages(demonstrationImages(), criteria.gcp, criteria.rhel, warn) },
        queries: { gcp: [] },
        capturedAt: '2026-03-01T00:00:00Z',
      },
      new Map([
        ['aarch64', release],
        ['x86_64', release],
      ]),
    ).map(({ slot, image, grade }) => `${slot.plan} ${slot.architecture} ${image?.name} ${grade}`)

  it.each([
    ['413.92.202305021736-0', '4.13', '413-x86-64-202305021736 exact'],
    ['413.92.202307260246-0', '4.13', '413-x86-64-202305021736 older-build'],
    ['418.94.202410090804-0', '4.18', '413-x86-64-202305021736 older-release'],
    ['48.84.202210040145-0', '4.8', '48-x86-64-202210040145 exact'],
  ])('selects one image for each plan for %s', (release, ocp, expected) => {
    expect(select(release, ocp)).toEqual(
      ['ocp', 'opp', 'oke'].map((plan) => `${plan} x86_64 redhat-coreos-${plan}-${expected}`),
    )
  })
})
