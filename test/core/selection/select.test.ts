import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Slot, Wanted } from '../../../src/core/clouds/facts.ts'
import { BUILT_IN } from '../../../src/core/criteria/criteria.ts'
import { GRADES, type Requirement, selectImage } from '../../../src/core/selection/select.ts'
import type { Image } from '../../../src/core/snapshot/snapshot.ts'
import {
  compareMajorMinor,
  inferRhel,
  type MajorMinor,
  readMajorMinor,
  readRelease,
  readVersion,
} from '../../../src/core/versions/version.ts'

const slot: Slot = {
  cloud: 'azure',
  plan: 'no-purchase-plan',
  architecture: 'x86_64',
  generation: 2,
}

function wanted(text: string, ocp: string): Wanted {
  const release = readRelease(text)
  const fallbackOcp = readMajorMinor(ocp)
  if (!release || !fallbackOcp) throw new Error(`${text} ${ocp}`)
  return { text, release, ocp: release.ocp ?? fallbackOcp }
}

/** Reads `VERSION@OCP!STATE!DEPRECATION`, where all but the version are optional. */
function image(text: string): Image {
  const [, version = '', ocp, state = 'active', deprecation] =
    /^([^@!]*)(?:@([^!]+))?(?:!([^!]+))?(?:!(.+))?$/.exec(text) ?? []
  return {
    architecture: 'x86_64',
    plan: 'no-purchase-plan',
    generation: 2,
    state: state as Image['state'],
    version,
    ...(ocp !== undefined && { ocp }),
    ...(deprecation !== undefined && { deprecation }),
  } as Image
}

function select(
  release: string,
  ocp: string,
  images: readonly string[],
  requirement: Requirement = 'any',
) {
  const rules = { table: BUILT_IN.rhel, requirement }
  const selection = selectImage(slot, wanted(release, ocp), images.map(image), rules)
  return selection.image ? `${selection.image.version} ${selection.grade}` : selection.reason
}

describe('selectImage', () => {
  const BUILD = '418.94.202410090804-0'
  it.each([
    // The same build is preferred to newer builds, in any version format and from an earlier SKU.
    [`${BUILD} 4.18`, '418.94.20241009 418.94.20250122', '418.94.20241009 exact'],
    [`${BUILD} 4.18`, '418.94.202410090804-0', '418.94.202410090804-0 exact'],
    ['9.6.20251015-1 4.20', '9.6.20251015@4.20 419.6.20250523', '9.6.20251015 exact'],
    ['9.6.20251015-1 4.21', '9.6.20251015@4.20', '9.6.20251015 exact'],
    ['10.2.20260423-0 5.0', '9.8.20260428@5.0 10.2.20260423@5.0', '10.2.20260423 exact'],
    ['9.8.20260428-0 5.0', '9.8.20260428@5.0 10.2.20260423@5.0', '9.8.20260428 exact'],
    // Otherwise the latest build is selected, even if it is newer.
    [`${BUILD} 4.18`, '418.94.20240916 418.94.20250122', '418.94.20250122 newer-build'],
    [`${BUILD} 4.18`, '418.94.20240916 417.94.20240701', '418.94.20240916 older-build'],
    [`${BUILD} 4.18`, '417.94.20240701 4.16.2025010100', '417.94.20240701 older-release'],
    [`${BUILD} 4.18`, '4.8.2021122100', '4.8.2021122100 older-rhel-major'],
    // RHEL 0.0 stands for the RHEL version in the table. Revisions are compared if the image has one.
    ['417.94.202407010929-0 4.17', '417.00.20240517', '417.00.20240517 older-build'],
    ['9.6.20260210-1 4.20', '9.6.20260210-0', '9.6.20260210-0 older-build'],
    [`${BUILD} 4.18`, '418.94.20241009!scheduled-for-deprecation', '418.94.20241009 exact'],
  ])('for %s selects from %s: %s', (target, listed, expected) => {
    const [release = '', ocp = ''] = target.split(' ')
    const images = listed.split(' ')
    expect(select(release, ocp, images)).toBe(expected)
    expect(select(release, ocp, [...images].reverse())).toBe(expected)
  })

  it.each([
    ['a later OCP version', ['419.6.20250523', '422.98.20260520']],
    ['a later OCP version in the SKU', ['9.4.20241009@4.19']],
    ['a later RHEL version', ['9.6.20251015', '10.2.20260423', '418.96.20241009']],
    ['a deprecated image', ['418.94.20241009!deprecated']],
    ['an image with an invalid deprecation date', ['418.94.20241009!active!2024-10-20']],
    ['an unavailable image', ['418.94.20241009!unavailable']],
    ['an invalid version', ['latest', '1.2']],
  ])('refuses %s', (_, images) => {
    expect(select(BUILD, '4.18', images)).toBe(`no eligible image, ${images.length} refused`)
  })

  it('selects only images of a required grade', () => {
    const images = ['418.94.20250122', '418.94.20240916']
    expect(select(BUILD, '4.18', images, 'not-newer')).toBe('418.94.20240916 older-build')
    expect(select(BUILD, '4.18', images, 'exact')).toBe(
      'no image of a grade that exact allows, 2 of other grades',
    )
  })

  it.each([
    ['418.94.202410090804-0', '4.18', '417.94.20240701', undefined],
    ['419.96.202505230000-0', '4.19', '418.94.20250122', 'earlier than OCP 4.19'],
    ['9.6.20251015-1', '4.20', '9.4.20250601', 'earlier than OCP 4.19'],
    ['9.6.20251015-1', '4.20', '9.6.20250601', undefined],
  ])('for %s of OCP %s with the floor 4.19 refuses %s: %s', (...row) => {
    const [release, ocp, version, refused] = row
    const floor = { major: 4, minor: 19 }
    const rules = { table: BUILT_IN.rhel, requirement: 'any', floor } as const
    const { candidates } = selectImage(slot, wanted(release, ocp), [image(version)], rules)
    expect(candidates[0]?.refused).toBe(refused)
  })
})

const day = fc
  .integer({ min: 20230101, max: 20261231 })
  .filter((each) => readVersion(`9.6.${each}`) !== undefined)
const version = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 12, max: 22 }),
      fc.constantFrom('86', '92', '94', '96', '98', '00'),
      day,
    )
    .map(([o, r, d]) => `4${o}.${r}.${d}`),
  fc.tuple(fc.constantFrom('9.2', '9.4', '9.6', '9.8', '10.2'), day).map(([r, d]) => `${r}.${d}`),
  fc.tuple(fc.integer({ min: 6, max: 22 }), day).map(([o, d]) => `4.${o}.${d}12`),
  fc.constantFrom('latest', '1.2'),
)
const state = fc.constantFrom('active', 'scheduled-for-deprecation', 'deprecated', 'unavailable')
const images = fc.array(
  fc.tuple(version, state).map(([v, s]) => image(`${v}!${s}`)),
  { maxLength: 12 },
)
const target = fc.constantFrom(
  wanted('418.94.202410090804-0', '4.18'),
  wanted('9.6.20251015-1', '4.20'),
  wanted('412.86.202306132230-0', '4.12'),
)

describe('a selected image', () => {
  it('has no later OCP or RHEL version, is active, and is the same build if there is one', () => {
    fc.assert(
      fc.property(images, target, (all, wantedRelease) => {
        const {
          image: chosen,
          grade,
          candidates,
        } = selectImage(slot, wantedRelease, all, {
          table: BUILT_IN.rhel,
          requirement: 'any',
        })
        expect(candidates).toHaveLength(all.length)
        if (chosen === undefined) {
          expect(candidates.every(({ refused }) => refused !== undefined)).toBe(true)
          return
        }
        const read = readVersion(chosen.version)
        const rhel = read && inferRhel(BUILT_IN.rhel, read)
        const notLater = (a: MajorMinor | undefined, b: MajorMinor) =>
          a === undefined || compareMajorMinor(a, b) <= 0
        expect(['active', 'scheduled-for-deprecation']).toContain(chosen.state)
        expect(notLater(read?.ocp, wantedRelease.ocp)).toBe(true)
        expect(notLater(rhel, wantedRelease.release.rhel)).toBe(true)
        if (grade !== 'exact') {
          expect(candidates.some((each) => each.grade === 'exact' && !each.refused)).toBe(false)
        }
        expect(GRADES).toContain(grade)
      }),
    )
  })
})
