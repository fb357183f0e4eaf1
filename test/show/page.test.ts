import { describe, expect, it } from 'vitest'
import type { SlotSkew } from '../../src/core/audit/skew.ts'
import type { Change } from '../../src/core/changes/changes.ts'
import { slotItem } from '../../src/core/changes/inventory.ts'
import type { HistoryVersion } from '../../src/core/history/history.ts'
import { printPage } from '../../src/show/report/page.ts'
import { skewSummary } from '../../src/show/skew.ts'

const slot = { cloud: 'azure', plan: 'ocp', architecture: 'x86_64', generation: 2 } as const
const release = '418.94.202410190804-0'
const place = { publisher: 'redhat', offer: 'rh-ocp-worker', sku: 'rh-ocp-worker' }
const image = (version: string) => ({ ...place, version })
const expected = { place, version: '418.94.20241019' }

const EXACT: SlotSkew = { slot, release, image: image('418.94.20241019'), grade: 'exact', days: 0 }
const NEWER: SlotSkew = { ...EXACT, grade: 'newer-build', days: -3 }
const BEHIND: SlotSkew = { ...EXACT, grade: 'older-build', days: 9, expected }
const EMPTY: SlotSkew = { slot, release, expected }
const REFUSED: SlotSkew = { slot, release, image: image('419.6.20250523'), ungraded: 'later OCP' }
const UNGRADED: SlotSkew = {
  slot,
  image: image('418.94.20241019'),
  ungraded: 'release unknown',
}

const repeat = (count: number, state: SlotSkew) => Array.from({ length: count }, () => state)

function version(more: Partial<HistoryVersion> = {}): HistoryVersion {
  return {
    ...{ commit: 'c0ffee0', date: '2024-10-20T12:00:00Z', subject: 'one', path: 's.json' },
    ...{ releases: { x86_64: release }, ocp: '4.18', slots: [BEHIND], files: [], changes: [] },
    ...more,
  }
}

function makePage(history: readonly HistoryVersion[], commits?: string): string {
  const begins = history[0]?.date ?? ''
  return printPage([{ name: 's', history, versions: history.length, begins, commits }])
}

const plain = (text: string) => text.replace(/<[^>]*>/g, '')
const rowsIn = (page: string, section: string) => {
  const [, content = ''] =
    new RegExp(`<section [^>]*class="${section}".*?>(.*?)</section>`, 's').exec(page) ?? []
  return [...content.matchAll(/<tr role="row"><td(.*?)<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<td.*?>(.*?)<\/td>/g)].map(([, cell = '']) => plain(cell)),
  )
}

describe('the headline', () => {
  it.each<[slots: SlotSkew[], words: string]>([
    [
      [...repeat(2, BEHIND), EMPTY, ...repeat(3, NEWER), ...repeat(4, EXACT)],
      '2 of 10 slots are behind the build by up to 9 days, 1 without an image, 1 image to publish for 3 slots',
    ],
    [[NEWER, EXACT], '0 of 2 slots are behind the build, no azure images to publish'],
    [
      [REFUSED, EXACT],
      '0 of 2 slots are behind the build, 1 not graded (later OCP), images to publish unknown',
    ],
    [[UNGRADED], '1 not graded (release unknown), images to publish unknown'],
  ])('counts slots and images to publish: %#', (slots, words) => {
    expect(skewSummary(slots)).toBe(words)
    expect(makePage([version({ slots })])).toContain(`<p class="verdict">${words}.</p>`)
  })
})

describe('the report page', () => {
  it('has the tables that skew prints', () => {
    const page = makePage([version({ slots: [BEHIND, EMPTY, REFUSED] })])
    expect(rowsIn(page, 'publish')).toEqual([
      ['azure ocp x86_64 gen2', 'redhat', 'rh-ocp-worker', 'rh-ocp-worker', '418.94.20241019'],
    ])
    const [worst, behind, refused, ...named] = rowsIn(page, 'now')
    const name = 'redhat:rh-ocp-worker:rh-ocp-worker'
    const first = ['azure ocp x86_64 gen2', release]
    expect(worst).toEqual([...first, '-', 'none', '-'])
    expect(behind).toEqual([...first, `${name}:418.94.20241019`, 'older-build', '9 days'])
    expect(refused).toEqual([...first, `${name}:419.6.20250523`, 'later OCP', '-'])
    expect(named).toEqual([behind, worst, refused])
    expect(page).toContain('data-copy="| For | Publisher | Offer | Sku | Version |\n| ---')
  })

  it('has the versions that history prints, with links to their commits', () => {
    const item = (text: string) => slotItem(slot, image(text))
    const change: Change = {
      subject: { kind: 'slot', slot },
      before: item('418.94.20240916'),
      after: item('418.94.20241019'),
    }
    const history = [
      version(),
      version({ commit: 'decade1', subject: 'two', changes: [change], slots: [EXACT] }),
      version({ files: [{ change: 'renamed', path: 's.json', from: 'r.json' }] }),
    ]
    const page = makePage(history, 'https://github.com/a/b/commit/')
    expect(plain(/<p class="changed">.*/.exec(page)?.[0] ?? '')).toBe(
      'Last change on 2024-10-20 in decade1 two: 1 image changed',
    )
    expect(page).toContain('<a href="https://github.com/a/b/commit/decade1" rel="noreferrer">')
    expect(page).toContain('two <span class="quiet">1 exact</span>')
    expect(rowsIn(page, 'changes')).toEqual([
      ['changed', 'file', 'r.json -&gt; s.json', ''],
      [
        ...['changed', 'azure ocp x86_64 gen2'],
        ...['redhat:rh-ocp-worker:rh-ocp-worker:418.94.20240916 -&gt; 418.94.20241019', ''],
      ],
      ['builds and slots unchanged'],
    ])
  })

  it('omits empty sections', () => {
    const page = makePage([version({ slots: [EXACT] })])
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      'Current images',
      'Changes',
    ])
  })

  it('shows the latest versions, and fewer versions if they are too long', () => {
    const history = Array.from({ length: 200 }, () => version())
    const stream = { name: 's', history, versions: 500, begins: '2022-07-01T00:00:00Z' }
    const page = printPage([stream])
    expect(rowsIn(page, 'changes')).toHaveLength(200)
    expect(page).toContain('500 versions in git, <time datetime="2022-07-01T00:00:00Z">')
    expect(page).toContain('This page shows the latest 200 versions;')
    const long = history.map((each) => ({ ...each, subject: 'x'.repeat(20_000) }))
    const short = printPage([{ ...stream, history: long }])
    expect(short.length).toBeLessThan(3_000_000)
    expect(rowsIn(short, 'changes')).toHaveLength(100)
  })
})
