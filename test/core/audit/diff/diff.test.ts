import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffSnapshots, emptied, isEqual } from '../../../../src/core/audit/diff/diff.ts'
import { diffValues } from '../../../../src/core/audit/diff/values.ts'
import { printSlot } from '../../../../src/core/clouds/slot.ts'
import { BUILT_IN } from '../../../../src/core/criteria/read.ts'
import { isDiff } from '../../../../src/core/schemas/generated.js'
import type { AzureImage, Snapshot } from '../../../../src/core/snapshot/snapshot.ts'
import { printDiffJson, printDiffMarkdown } from '../../../../src/show/diff.ts'
import { azureImage, snapshotOf } from '../../../support/snapshots.ts'
import { EXAMPLE } from '../../../support/streams.ts'

const OLD = azureImage('418-v2', '418.94.20240916')
const NEW = azureImage('418-v2', '418.94.20241009')
const ARM = azureImage('418-arm', '418.94.20240916')
const GEN1 = azureImage('aro_418', '418.94.20240916')
const PAID = azureImage('rh-ocp-worker', '4.18.2024100419')
const RELEASES = new Map(Object.entries(EXAMPLE))

const before = snapshotOf([OLD, ARM, GEN1, PAID])
const after = snapshotOf([OLD, NEW, { ...GEN1, state: 'deprecated' }, PAID])

function withBuild(snapshot: Snapshot, release: string, meta = {}): Snapshot {
  const location = `https://builds.example/${release}/x86_64`
  return { ...snapshot, builds: { x86_64: { release, location, meta } } }
}

describe('diffSnapshots', () => {
  it('names what came, went and changed, and no more', () => {
    const { images, builds, criteria, queries, identity } = diffSnapshots(before, after)
    expect(images).toEqual([
      {
        cloud: 'azure',
        plan: 'no-purchase-plan',
        added: [NEW],
        removed: [ARM],
        changed: [
          {
            image: { ...GEN1, state: 'deprecated' },
            fields: [{ name: 'state', before: 'active', after: 'deprecated' }],
          },
        ],
      },
    ])
    expect({ builds, criteria, queries, identity }).toEqual({
      builds: [],
      criteria: [],
      queries: [],
      identity: [],
    })
  })

  it('names the slots that this moves, with their grades', () => {
    const { releases, changes } = diffSnapshots(before, after, RELEASES).slots
    const shown = changes.map(({ slot, before: from, after: to }) => [
      printSlot(slot),
      from?.image?.version,
      from?.grade,
      to?.image?.version,
      to?.grade,
    ])
    expect(releases).toBe('known')
    expect(shown).toEqual([
      ['azure no-purchase-plan aarch64 gen2', '418.94.20240916', 'older-build', undefined, null],
      ['azure no-purchase-plan x86_64 gen1', '418.94.20240916', 'older-build', undefined, null],
      [
        'azure no-purchase-plan x86_64 gen2',
        '418.94.20240916',
        'older-build',
        '418.94.20241009',
        'exact',
      ],
    ])
  })

  it('takes the most recent image for a slot whose release nobody tells', () => {
    const newer = azureImage('418-v2', '418.94.20250122')
    const { releases, changes } = diffSnapshots(
      snapshotOf([OLD, NEW]),
      snapshotOf([OLD, NEW, newer]),
    ).slots
    expect(releases).toBe('latest')
    expect(changes).toHaveLength(1)
    expect(changes[0]?.before).toMatchObject({ release: null, image: { version: NEW.version } })
    expect(changes[0]?.after).toMatchObject({ release: null, image: { version: newer.version } })
  })

  it("takes each side's own build, and the other's where a side has none", () => {
    const images = snapshotOf([OLD, NEW])
    const built = withBuild(images, '418.94.202410090804-0')
    const { builds, slots } = diffSnapshots(withBuild(images, '418.94.202409162337-0'), built)
    expect(builds).toEqual([
      {
        architecture: 'x86_64',
        before: '418.94.202409162337-0',
        after: '418.94.202410090804-0',
        content: [],
      },
    ])
    expect(slots.changes).toHaveLength(1)
    expect(slots.changes[0]?.before).toMatchObject({
      release: '418.94.202409162337-0',
      grade: 'exact',
      image: { version: OLD.version },
    })
    expect(slots.changes[0]?.after).toMatchObject({ image: { version: NEW.version } })
    expect(diffSnapshots(images, built).slots).toEqual({ releases: 'known', changes: [] })
  })

  it('tells a build whose content changed under the same release', () => {
    const [old, fresh] = [{ digest: 'a' }, { digest: 'b' }].map((meta) =>
      withBuild(before, '418.94.202410090804-0', meta),
    ) as [Snapshot, Snapshot]
    expect(diffSnapshots(old, fresh).builds[0]?.content).toEqual([
      { path: '.meta.digest', before: 'a', after: 'b' },
    ])
  })

  it('tells which SKU appeared, and not how many images answered', () => {
    const asked = (sku: string, answer: object) =>
      ({ publisher: 'azureopenshift', offer: 'aro4', sku, ...answer }) as never
    const left = snapshotOf([], {
      queries: { azure: [asked('a', { images: 1 }), asked('b', { missing: true })] },
    })
    const right = snapshotOf([], {
      queries: { azure: [asked('a', { images: 2 }), asked('b', { images: 1 })] },
    })
    expect(diffSnapshots(left, right).queries).toEqual([
      {
        cloud: 'azure',
        query: { publisher: 'azureopenshift', offer: 'aro4', sku: 'b' },
        change: 'appeared',
      },
    ])
  })

  it('does not count when, by what and from what a snapshot was made', () => {
    const { images } = before
    const later = snapshotOf([], { images, capturedAt: '2030-01-01T00:00:00Z' })
    expect(isEqual(diffSnapshots(before, later))).toBe(true)
  })

  it('tells an image whose announced deprecation came between the two captures', () => {
    const images = { azure: [{ ...NEW, deprecation: '2024-11-01T00:00:00Z' }] }
    const [early, late] = ['2024-10-20T12:00:00Z', '2024-11-20T12:00:00Z'].map((capturedAt) =>
      snapshotOf([], { images, capturedAt }),
    ) as [Snapshot, Snapshot]
    const { images: changes, slots } = diffSnapshots(early, late, RELEASES)
    expect(changes).toEqual([])
    expect(slots.changes).toHaveLength(1)
    expect(slots.changes[0]?.before?.grade).toBe('exact')
    expect(slots.changes[0]?.after?.image).toBeNull()
  })

  it('tells the images of AWS by region, and a region that is new', () => {
    const ami = (region: string, image: string) => ({
      architecture: 'x86_64' as const,
      image,
      name: `rhcos-${EXAMPLE.x86_64}`,
      plan: 'ocp',
      region,
      state: 'active' as const,
      version: EXAMPLE.x86_64,
    })
    const snapshotIn = (...regions: string[]) =>
      snapshotOf([], {
        criteria: BUILT_IN,
        images: { aws: regions.map((region) => ami(region, `ami-${region}`)) },
        queries: { aws: regions.map((region) => ({ region, images: 1 })) },
      })
    const { images, queries, slots } = diffSnapshots(
      snapshotIn('us-east-1'),
      snapshotIn('eu-west-1', 'us-east-1'),
      RELEASES,
    )
    expect(images).toEqual([
      {
        cloud: 'aws',
        plan: 'ocp',
        added: [ami('eu-west-1', 'ami-eu-west-1')],
        removed: [],
        changed: [],
      },
    ])
    expect(queries).toEqual([{ cloud: 'aws', query: { region: 'eu-west-1' }, change: 'asked' }])
    const moved = slots.changes.find(
      ({ slot }) => slot.plan === 'ocp' && slot.architecture === 'x86_64',
    )
    expect(moved).toMatchObject({
      slot: { region: 'eu-west-1' },
      before: null,
      after: { grade: 'exact', image: { image: 'ami-eu-west-1' } },
    })
  })

  it('compares with nothing', () => {
    const { images } = diffSnapshots(emptied(before), before)
    expect(images.flatMap(({ added }) => added)).toHaveLength(4)
  })
})

const version = fc.constantFrom(
  '418.94.20240916',
  '418.94.20241009',
  '418.94.20250122',
  '417.94.20240701',
  '4.18.2024100419',
  '419.6.20250523',
)
const state = fc.constantFrom('active', 'deprecated', 'scheduled-for-deprecation')
const image = fc
  .tuple(fc.constantFrom('418-v2', 'aro_418-v2', '418-arm', 'rh-ocp-worker'), version, state)
  .map(([sku, v, s]) => azureImage(sku, v, { state: s as AzureImage['state'] }))
const snapshot = fc.array(image, { maxLength: 12 }).map((images) => snapshotOf(images))

describe('any two snapshots', () => {
  it('have a difference that undoes itself, whatever the order in the files', () => {
    fc.assert(
      fc.property(snapshot, snapshot, (a, b) => {
        const shuffled = { ...b, images: { azure: [...(b.images.azure ?? [])].reverse() } }
        const names = (from: Snapshot, to: Snapshot, of: 'added' | 'removed') =>
          diffSnapshots(from, to)
            .images.flatMap((plan) => plan[of].map((each) => `${each.sku} ${each.version}`))
            .sort()
        expect(names(a, b, 'added')).toEqual(names(b, a, 'removed'))
        expect(names(a, shuffled, 'added')).toEqual(names(a, b, 'added'))
        expect(isEqual(diffSnapshots(a, a))).toBe(true)
      }),
    )
  })

  it('have a difference that fits its schema', () => {
    fc.assert(
      fc.property(snapshot, snapshot, (a, b) => {
        const value = JSON.parse(printDiffJson(diffSnapshots(a, b, RELEASES)))
        expect(isDiff(value), JSON.stringify(isDiff.errors)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

describe('diffValues', () => {
  it.each([
    ['a leaf', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: '.a.b', before: 1, after: 2 }]],
    ['a key that needs quotes', { 'a-b': 1 }, {}, [{ path: '["a-b"]', before: 1 }]],
    ['an element put in front', { l: [1, 2] }, { l: [0, 1, 2] }, [{ path: '.l[]', after: 0 }]],
    [
      'another order',
      { l: [1, 2] },
      { l: [2, 1] },
      [{ path: '.l', before: [1, 2], after: [2, 1] }],
    ],
    ['nothing', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  ])('tells %s', (_, a, b, expected) => {
    expect(diffValues(a, b)).toEqual(expected)
  })
})

const headingOf = (from: Snapshot, to: Snapshot) =>
  printDiffMarkdown(diffSnapshots(from, to, RELEASES)).split('\n')[0]

describe('the markdown', () => {
  it('shows the slots and folds the images', () => {
    const text = printDiffMarkdown(diffSnapshots(before, after, RELEASES))
    const [heading, ...rest] = text.split('\n')
    expect(heading).toBe(
      '### `rhcos-4.18`: 1 image came, 1 image went, 1 image changed, 3 slots moved',
    )
    expect(rest.indexOf('<details>')).toBeGreaterThan(
      rest.findIndex((line) => line.includes('x86_64 gen2') && line.includes('exact')),
    )
    expect(text.match(/<details>/g)).toHaveLength(1)
  })

  it('lets no name of an image out of its cell', () => {
    const odd = azureImage('418-v2', 'a`b|c<i>\n| x')
    const text = printDiffMarkdown(diffSnapshots(snapshotOf([]), snapshotOf([odd])))
    const row = text.split('\n').find((line) => line.startsWith('| +'))
    expect(row).toContain(
      '<code>azureopenshift:aro4:418-v2:a&#96;b&#124;c&#60;i&#62; &#124; x</code>',
    )
    expect(row?.match(/\|/g)).toHaveLength(5)
  })

  it('has a build bump in which no image moved in fifteen lines', () => {
    const [old, fresh] = ['418.94.202409162337-0', '418.94.202409200000-0'].map((release) =>
      withBuild(before, release),
    ) as [Snapshot, Snapshot]
    const text = printDiffMarkdown(diffSnapshots(old, fresh, RELEASES))
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    expect(text).toContain('1 build changed, 2 slots changed grade, no slot moved')
    expect(text).toContain(
      '2 slots with the same image: exact -> older-build (azure no-purchase-plan x86_64 gen1, gen2)',
    )
  })

  it('folds into counts what a comment has no room for', () => {
    const images = Array.from({ length: 3000 }, (_, at) =>
      azureImage('418-v2', `418.94.${20200101 + at}`),
    )
    const text = printDiffMarkdown(diffSnapshots(snapshotOf([]), snapshotOf(images)))
    expect(text.length).toBeLessThan(60_000)
    expect(text).toMatch(/^### `rhcos-4\.18`: 3000 images came/)
    expect(text).toContain('3002 lines, too long for a comment.')
  })

  it('counts what there is, and says of nothing that was not looked at that it stayed', () => {
    expect(headingOf(before, snapshotOf([OLD, ARM, GEN1]))).toBe(
      '### `rhcos-4.18`: 1 image went, 1 slot moved',
    )
    const bare = snapshotOf([], {
      images: {},
      queries: {},
      criteria: { schemaVersion: 1, earlierMinors: 0, rhel: before.criteria.rhel },
    })
    expect(headingOf(bare, withBuild(bare, '418.94.202409162337-0'))).toBe(
      '### `rhcos-4.18`: 1 build changed',
    )
    expect(printDiffMarkdown(diffSnapshots(before, before))).toBe('')
  })
})
