import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/core/changes/changes.ts'
import { slotItem } from '../../src/core/changes/inventory.ts'
import type { HistoryVersion } from '../../src/core/history/history.ts'
import type { SlotState } from '../../src/core/history/state.ts'
import { lagChart } from '../../src/show/report/lag.ts'
import { printPage } from '../../src/show/report/page.ts'
import { publishPart } from '../../src/show/report/publish.ts'
import { headline, summary } from '../../src/show/report/summary.ts'
import { timeline } from '../../src/show/report/timeline.ts'

const slot = { cloud: 'azure', plan: 'ocp', architecture: 'x86_64', generation: 2 } as const
const release = '418.94.202410190804-0'
const place = { publisher: 'redhat', offer: 'rh-ocp-worker', sku: 'rh-ocp-worker' }
const image = (version: string) => ({ ...place, version })
const expected = { place, version: '418.94.20241019' }

const EXACT: SlotState = { slot, release, image: image('418.94.20241019'), grade: 'exact', days: 0 }
const NEWER: SlotState = { ...EXACT, grade: 'newer-build', days: -3 }
const BEHIND: SlotState = { ...EXACT, grade: 'older-build', days: 9, expected }
const EMPTY: SlotState = { slot, release, expected }
const REFUSED: SlotState = { slot, release, image: image('419.6.20250523'), refused: 'later OCP' }
const UNMEASURED: SlotState = { slot, image: image('418.94.20241019') }

const times = (count: number, state: SlotState) => Array.from({ length: count }, () => state)

function version(more: Partial<HistoryVersion>): HistoryVersion {
  return {
    ...{ commit: 'c0ffee0', date: '2024-10-20T12:00:00Z', subject: 'one', path: 's.json' },
    ...{ releases: { x86_64: release }, ocp: '4.18', slots: [BEHIND], files: [], changes: [] },
    ...more,
  }
}

const plain = (text: string) => text.replace(/<[^>]*>/g, '')

describe('the headline', () => {
  it.each<[slots: SlotState[], words: string]>([
    [[], 'No marketplace images'],
    [
      [...times(2, BEHIND), EMPTY, ...times(3, NEWER), ...times(4, EXACT)],
      '2 of 9 images are outdated, by up to 9 days; 1 slot has no image',
    ],
    [[EMPTY, EMPTY], '2 slots have no image'],
    [[NEWER, EXACT], '0 of 2 images are outdated'],
    [[{ ...EXACT, grade: 'older-release', days: -1 }], '1 of 1 image is outdated'],
    [[REFUSED, EXACT], '0 of 2 images are outdated; 1 is not graded'],
    [[UNMEASURED], '1 image, not graded: build unknown'],
    [[REFUSED], '0 of 1 image are outdated; 1 is not graded'],
  ])('counts images, not slots: %#', (slots, words) => {
    expect(headline(slots, '4.18')).toBe(words)
  })

  it('reports an unknown OCP version', () => {
    const slots = times(2, { ...UNMEASURED, release })
    expect(headline(slots, undefined)).toBe('2 images, not graded: OCP version unknown')
  })

  it('links to the images to publish', () => {
    const { text } = summary({ name: 's', history: [version({})] }, String)
    expect(text).toContain('by up to 9 days; <a href="#publish">1 to publish</a>.</p>')
  })
})

describe('the numbers', () => {
  const figures = (...slots: SlotState[][]) => {
    const history = slots.map((each, at) =>
      version({ date: `2024-10-2${at}T12:00:00Z`, slots: each }),
    )
    const { text } = summary({ name: 's', history }, String)
    return [...text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, rest = '']) =>
      [name, plain(rest.replace(/<svg.*?<\/svg>/, ' ~ '))].join(': '),
    )
  }

  it('have a trend', () => {
    expect(figures([BEHIND, BEHIND], [BEHIND, BEHIND], [BEHIND, EXACT])).toEqual([
      'outdated: 1 ~ down from 2 on 2024-10-22',
      'days of lag at most: 9unchanged since 2024-10-20',
      'to publish: 1unchanged since 2024-10-20',
      'same build: 1 ~ up from 0 on 2024-10-22',
    ])
  })

  it('skip versions that are not graded', () => {
    expect(figures([BEHIND], [REFUSED], [BEHIND])[0]).toBe('outdated: 1unchanged since 2024-10-20')
  })
})

describe('the images to publish', () => {
  const products = ['ocp', 'opp', 'oke'].map((plan): SlotState => {
    const aws = { cloud: 'aws', plan, architecture: 'x86_64', region: 'sa-east-1' } as const
    const entry = { release: '415.92.202402201450-0', image: 'ami-1' }
    const place = { plan, product: `product-of-${plan}`, region: 'sa-east-1' }
    const base = { slot: aws, release, image: entry, grade: 'older-release' as const, days: 242 }
    return { ...base, expected: { place, version: release } }
  })
  const text = publishPart([...products, BEHIND, EXACT])?.text ?? ''

  it('have a row for each cause', () => {
    const rows = [...text.matchAll(/<th scope="row".*?>(.*?)<\/th>/g)].map(([, cell = '']) =>
      plain(cell.replace('<br>', ' ')),
    )
    expect(rows).toEqual(['AWS · sa-east-1 ocp, opp, oke (x86_64)', 'Azure ocp (x86_64 gen2)'])
    expect(text).toContain('<code>product-of-opp</code>')
    expect(text).toContain('<code>redhat:rh-ocp-worker:rh-ocp-worker:418.94.20241019</code>')
  })

  it('can be copied as Markdown and CSV', () => {
    const [markdown = '', csv = ''] = [...text.matchAll(/data-copy="([^"]*\n[^"]*)"/g)].map(
      ([, copied]) => copied,
    )
    expect(markdown.split('\n').slice(0, 3)).toEqual([
      '| cloud | plan | architecture | generation | region | build | publish | product | current | grade | days |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| `aws` | `ocp` | `x86_64` |  | `sa-east-1` | `418.94.202410190804-0` | `418.94.202410190804-0` | `product-of-ocp` | `415.92.202402201450-0` | `older release` | `242` |',
    ])
    expect(csv.split('\n').at(-2)).toBe(
      'azure,ocp,x86_64,2,,418.94.202410190804-0,redhat:rh-ocp-worker:rh-ocp-worker:418.94.20241019,,418.94.20241019,older build,9',
    )
  })

  it('are left out if there are none', () => {
    expect(publishPart([EXACT, NEWER])).toBeUndefined()
  })
})

describe('the last change', () => {
  const line = (history: HistoryVersion[], commits?: string) =>
    /<p class="changed">.*/.exec(summary({ name: 's', history, commits }, String).text)?.[0]
  const change = (before: string | undefined, after: string): Change => {
    const item = (text: string) => slotItem(slot, image(text))
    const old = before === undefined ? {} : { before: item(before) }
    return { subject: { kind: 'slot', slot }, ...old, after: item(after) }
  }

  it('is the latest version with changes', () => {
    const history = [
      version({ changes: [change(undefined, '418.94.20240916')] }),
      version({
        ...{ commit: 'decade1', date: '2024-10-22T12:00:00Z', subject: 'two' },
        changes: [change('418.94.20240916', '418.94.20241019'), change(undefined, '1')],
      }),
      version({ files: [{ change: 'renamed', path: 's.json', from: 'r.json' }] }),
      version({}),
    ]
    expect(plain(line(history) ?? '')).toBe(
      'Last change on 2024-10-22 in decade1 two: 1 image added, 1 image changed',
    )
    expect(line(history, 'https://github.com/a/b/commit/')).toContain(
      '<a href="https://github.com/a/b/commit/decade1" rel="noreferrer">',
    )
  })

  it('is left out if no version has changes', () => {
    expect(line([version({})])).toBe(undefined)
  })
})

describe('the charts', () => {
  const at = (date: string, more: Partial<HistoryVersion> = {}) => version({ date, ...more })
  const older = { ...BEHIND, image: image('418.94.20240916') }

  it.each<[what: string, history: HistoryVersion[]]>([
    ['everything is older', [at('2026-11-28T12:00:00Z', { slots: [older] })]],
    ['all images are older', [at('2024-10-01T12:00:00Z', { slots: [older] })]],
    ['there is one day', [at('2024-10-01T12:00:00Z', { slots: [EXACT] })]],
    ['there is one build and no image', [at('2024-10-01T12:00:00Z', { slots: [] })]],
    ['no build is known', [at('2024-10-01T12:00:00Z', { slots: [UNMEASURED], releases: {} })]],
  ])('leave out builds and images if %s', (_, history) => {
    expect(timeline(history)).toBeUndefined()
  })

  it('explain the arrow of images that are older than the chart', () => {
    const arrow = 'older than the chart</li>'
    const old = timeline([at('2024-10-01T12:00:00Z', { slots: [older, EXACT] })])?.text
    expect(old).toContain('<svg')
    expect(old).toContain(arrow)
    expect(timeline([at('2024-09-01T12:00:00Z', { slots: [older] })])?.text).not.toContain(arrow)
  })

  it('label the latest builds, whatever the order of the rows', () => {
    const build = (day: number) => `418.94.202410${day}0804-0`
    const history = [11, 12, 13, 14, 15].map((day) =>
      at(`2024-10-${day}T12:00:00Z`, {
        slots: [
          { ...EXACT, release: build(25 - day), slot: { ...slot, generation: 1 } },
          { ...EXACT, release: build(day) },
        ],
      }),
    )
    const labels = timeline(history)?.text.match(/418\.94\.[0-9]+-0<\/text>/g)
    expect(labels).toEqual([12, 13, 14, 15].map((day) => `${build(day)}</text>`))
  })

  it('leave out a lag that never changed, and one of a few days', () => {
    const history = (...days: number[]) =>
      days.map((each, at) =>
        version({ date: `2024-10-0${at + 1}T12:00:00Z`, slots: [{ ...BEHIND, days: each }] }),
      )
    expect(lagChart({ name: 's', history: history(9, 9, 9, 9, 9, 9, 9, 9) })).toBeUndefined()
    expect(lagChart({ name: 's', history: history(9, 8) })).toBeUndefined()
    expect(lagChart({ name: 's', history: history(9, 8, 7, 6, 5, 4, 3, 2) })?.text).toContain(
      '<svg',
    )
  })
})

it('leaves out parts without content', () => {
  const page = printPage([{ name: 's', history: [version({ slots: [EXACT] })] }])
  expect([...page.matchAll(/<h2 .*?>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
    'Current images',
  ])
})
