import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ofKinds } from '../../../src/core/changes/changes.ts'
import {
  compareStreams,
  type StreamDiff,
  type StreamFiles,
} from '../../../src/core/changes/streams.ts'
import { diffValues } from '../../../src/core/changes/values.ts'
import { isDiff } from '../../../src/core/schemas/generated-diff.js'
import type { AzureImage, Snapshot } from '../../../src/core/snapshot/snapshot.ts'
import { readStream } from '../../../src/core/stream/stream.ts'
import { changeLines } from '../../../src/show/changes.ts'
import { headLine, printDiffJson, printDiffMarkdown } from '../../../src/show/diff.ts'
import { azureImage, makeSnapshot } from '../../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../../support/streams.ts'

const PLAIN = { style: (_: unknown, text: string) => text, width: () => undefined }
const OLD = azureImage('418-v2', '418.94.20240916')
const NEW = azureImage('418-v2', '418.94.20241009')
const ARM = azureImage('418-arm', '418.94.20240916')
const GEN1 = azureImage('aro_418', '418.94.20240916')
const PAID = azureImage('rh-ocp-worker', '4.18.2024100419')
const releases = new Map(Object.entries(EXAMPLE))
const queries = {
  azure: [OLD, ARM, GEN1, PAID].map(({ publisher, offer, sku }) => ({
    ...{ publisher, offer, sku },
    images: 1,
  })),
}

const before = makeSnapshot([OLD, ARM, GEN1, PAID], { queries })

const compare = (from: Snapshot | undefined, to: Snapshot | undefined, more: StreamFiles = {}) =>
  compareStreams('s', { snapshot: from, ...more }, { snapshot: to, ...more })
const difference = (...streams: StreamDiff[]) => ({ streams, files: [] })
/** Returns one line for each change, with single spaces. */
const getLines = ({ changes }: StreamDiff, ...kinds: Parameters<typeof ofKinds>[1][]) =>
  changeLines(kinds.length > 0 ? ofKinds(changes, ...kinds) : changes, PLAIN).map((line) =>
    line.replace(/ +/g, ' ').trim(),
  )

function withBuild(snapshot: Snapshot, release: string, meta = {}): Snapshot {
  const location = `https://builds.example/${release}/x86_64`
  return { ...snapshot, builds: { x86_64: { release, location, meta } } }
}

describe('the changes between two snapshots', () => {
  it('omit the OCP version that is set with the first cloud', () => {
    const stream = { ...before.stream, ocp: null }
    const builds = { ...before, stream, images: {}, queries: {} }
    expect(getLines(compare(builds, before), 'setting').join('\n')).not.toContain('stream.ocp')
    const other = { ...before, stream: { ...before.stream, ocp: '4.17' } }
    expect(getLines(compare(other, before), 'setting')).toEqual(['~ stream.ocp 4.17 -> 4.18'])
  })

  it('have no grade for an unknown release, but the most recent image of the slot', () => {
    const newer = azureImage('418-v2', '418.94.20250122')
    const diff = compare(makeSnapshot([OLD, NEW]), makeSnapshot([OLD, NEW, newer]))
    const [change, ...more] = ofKinds(diff.changes, 'slot')
    expect(more).toEqual([])
    expect(change?.before).toMatchObject({ release: NEW.version, ungraded: 'release unknown' })
    expect(change?.after).toMatchObject({ release: newer.version, ungraded: 'release unknown' })
    expect(change?.after?.grade).toBe(undefined)
    expect(headLine(diff)).toBe('s: release unknown; 1 image, 0 removed')
  })

  it('include changed content of a build with the same release', () => {
    const [old, next] = [{ digest: 'a' }, { digest: 'b' }].map((meta) =>
      withBuild(before, '418.94.202410090804-0', meta),
    ) as [Snapshot, Snapshot]
    expect(getLines(compare(old, next))).toEqual([
      '~ build x86_64 418.94.202410090804-0, different content 2024-10-09',
    ])
  })

  it('include a SKU that is now found, but not its number of images', () => {
    const query = (sku: string, result: object) =>
      ({ publisher: 'azureopenshift', offer: 'aro4', sku, ...result }) as never
    const left = makeSnapshot([], {
      queries: { azure: [query('a', { images: 1 }), query('b', { missing: true })] },
    })
    const right = makeSnapshot([], {
      queries: { azure: [query('a', { images: 2 }), query('b', { images: 1 })] },
    })
    expect(getLines(compare(left, right))).toEqual([
      '~ azure azureopenshift aro4 b not found -> found',
    ])
    expect(getLines(compare(makeSnapshot([], { queries: { azure: [] } }), left))).toEqual([
      '+ azure azureopenshift aro4 a not queried -> found',
      '+ azure azureopenshift aro4 b not queried -> not found',
    ])
  })

  it('include each changed member of the criteria', () => {
    const { azure, ...criteria } = before.criteria
    const changed = { ...before, criteria: { ...criteria, earlierMinors: 9 } }
    const lines = getLines(compare(before, changed as Snapshot))
    expect(lines).toContain(`~ criteria.earlierMinors ${before.criteria.earlierMinors} -> 9`)
    expect(lines.filter((line) => line.startsWith('- criteria.azure removed'))).toHaveLength(1)
    expect(azure).toBeDefined()
  })

  it('include all images if the other snapshot is missing', () => {
    const all = ofKinds(compare(undefined, before).changes, 'listing')
    expect(all.map((change) => change.before)).toEqual([undefined, undefined, undefined, undefined])
    expect(ofKinds(compare(before, undefined).changes, 'listing')).toHaveLength(4)
  })
})

describe('the images of a stream', () => {
  const stream = (release: string, images: object) => {
    const value = JSON.parse(smallStream({ x86_64: release }))
    value.architectures.x86_64['rhel-coreos-extensions'] = { marketplace: { azure: images } }
    return readStream(JSON.stringify(value), 's.json')
  }
  const entry = (sku: string, version: string) => ({
    hyperVGen2: { publisher: 'azureopenshift', offer: 'aro4', sku, version },
  })
  const graded = (release: string, images: object, ocp?: string) => {
    const diff = compareStreams('s', {}, { stream: stream(release, images), ocp })
    return ofKinds(diff.changes, 'slot').map(({ after: item }) => item?.grade ?? item?.ungraded)
  }

  it.each([
    ['the SKU', '9.6.20251015-1', entry('420-v2', '9.6.20251015'), undefined, 'exact'],
    ['the workspace', '9.6.20251015-1', entry('420-v2', '9.6.20250801'), '4.21', 'older-release'],
    [
      'an earlier RHEL major version',
      '10.2.20260423-0',
      entry('aro_5-0_x64_gen2', '9.8.20260428'),
      '5.0',
      'older-rhel-major',
    ],
    [
      'no source',
      '9.6.20251015-1',
      {
        hyperVGen2: {
          publisher: 'redhat',
          offer: 'rh-ocp-worker',
          sku: 'rh-ocp-worker',
          version: '9.6.2026030314',
        },
      },
      undefined,
      'OCP version unknown',
    ],
  ] as const)('are graded with the OCP version from %s', (_, release, images, ocp, grade) => {
    expect(graded(release, { 'no-purchase-plan': images }, ocp)).toEqual([grade])
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
const snapshot = fc.array(image, { maxLength: 12 }).map((images) => makeSnapshot(images))

describe('any two snapshots', () => {
  it('have the same changes in both directions and in any order of images', () => {
    fc.assert(
      fc.property(snapshot, snapshot, (a, b) => {
        const shuffled = { ...b, images: { azure: [...(b.images.azure ?? [])].reverse() } }
        const names = (from: Snapshot, to: Snapshot, side: 'before' | 'after') =>
          ofKinds(compare(from, to).changes, 'listing')
            .filter((change) => change[side] === undefined)
            .map(({ subject }) => JSON.stringify(subject))
            .sort()
        expect(names(a, b, 'before')).toEqual(names(b, a, 'after'))
        expect(names(a, shuffled, 'before')).toEqual(names(a, b, 'before'))
        expect(compare(a, a).changes).toEqual([])
      }),
    )
  })

  it('have a JSON diff that matches its schema', () => {
    fc.assert(
      fc.property(snapshot, snapshot, (a, b) => {
        const value = JSON.parse(printDiffJson(difference(compare(a, b, { releases }))))
        expect(isDiff(value), JSON.stringify(isDiff.errors)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

describe('diffValues', () => {
  it.each([
    ['a key that needs quotes', { 'a-b': 1 }, {}, [{ path: '["a-b"]', before: 1 }]],
    [
      'an element inserted at the start',
      { l: [1, 2] },
      { l: [0, 1, 2] },
      [{ path: '.l[]', after: 0 }],
    ],
    [
      'another order',
      { l: [1, 2] },
      { l: [2, 1] },
      [{ path: '.l', before: [1, 2], after: [2, 1] }],
    ],
  ])('shows %s', (_, a, b, expected) => {
    expect(diffValues(a, b)).toEqual(expected)
  })
})

const markdown = (from: Snapshot, to: Snapshot) =>
  printDiffMarkdown(difference(compare(from, to, { releases })))

describe('printDiffMarkdown', () => {
  it('prints at most fifteen lines for a bump without changed images', () => {
    const [old, next] = ['418.94.202409162337-0', '418.94.202409200000-0'].map((release) =>
      withBuild(before, release),
    ) as [Snapshot, Snapshot]
    const text = markdown(old, next)
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    expect(text).toContain('\n1 build changed\n')
    expect(text).toContain(
      '| ~ | `azure no-purchase-plan x86_64 gen1, gen2` | `same image: exact -> older-build` |',
    )
  })

  it('counts the lines that do not fit into a comment', () => {
    const images = Array.from({ length: 3000 }, (_, at) =>
      azureImage('418-v2', `418.94.${20200101 + at}`),
    )
    const text = printDiffMarkdown(difference(compare(makeSnapshot([]), makeSnapshot(images))))
    expect(text.length).toBeLessThan(60_000)
    expect(text).toContain('3000 lines, too long for a comment')
  })

  it('prints a removed image even if the other lines do not fit into a comment', () => {
    const removed = azureImage('418-v2', '418.94.20200101')
    const kept = Array.from({ length: 2999 }, (_, at) =>
      azureImage('418-v2', `418.94.${20200102 + at}`),
    )
    const text = printDiffMarkdown(difference(compare(makeSnapshot([removed]), makeSnapshot(kept))))
    expect(text.length).toBeLessThan(60_000)
    expect(text).toMatch(/^\| - \| .*`azureopenshift:aro4:418-v2:418\.94\.20200101 /m)
    expect(text).toContain('2999 more lines, too long for a comment')
  })

  it('fits into a comment with many streams', () => {
    const images = Array.from({ length: 20 }, (_, at) =>
      azureImage('418-v2', `418.94.${20200101 + at}`),
    )
    const one = compare(makeSnapshot([]), makeSnapshot(images))
    const streams = Array.from({ length: 400 }, (_, at) => ({ ...one, name: `stream-${at}` }))
    expect(printDiffMarkdown(difference(...streams)).length).toBeLessThan(60_000)
  })
})
