import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../src/core/audit/history/events.ts'
import type { HistoryVersion } from '../../src/core/audit/history/history.ts'
import type { SlotState } from '../../src/core/audit/history/slot-state.ts'
import { publishSentence } from '../../src/show/report/publish.ts'
import { summary, verdictSentence } from '../../src/show/report/summary.ts'
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
const GONE: SlotState = { slot, release }
const REFUSED: SlotState = { slot, release, image: image('419.6.20250523'), refused: 'later OCP' }
const UNMEASURED: SlotState = { slot, image: image('418.94.20241019') }

const times = (count: number, state: SlotState) => Array.from({ length: count }, () => state)

describe('what the page says in sentences', () => {
  it.each<[what: string, slots: SlotState[], publish: string, verdict: string]>([
    [
      'behind and empty beside newer ones',
      [...times(2, BEHIND), EMPTY, ...times(3, NEWER), ...times(4, EXACT)],
      '1 image in 3 slots. The other 7 slots: 4 with an image of the build, 3 with a newer image.',
      'Of 10 slots 2 have an image behind the build, by up to 9 days; 1 has no image.',
    ],
    [
      'all of them missing',
      [EMPTY, EMPTY],
      '1 image in 2 slots.',
      'Of 2 slots none has an image that is behind its build; 2 have no image.',
    ],
    [
      'newer ones',
      [NEWER, NEWER, EXACT],
      'Nothing: no slot is behind its build (1 with an image of the build, 2 with a newer image).',
      'Of 3 slots none has an image that is behind its build.',
    ],
    [
      'a newer one that is to be replaced',
      [{ ...NEWER, expected }, EXACT],
      '1 image in 1 slot. The other slot: 1 with an image of the build.',
      'Of 2 slots none has an image that is behind its build.',
    ],
    [
      'nothing but exact ones',
      [EXACT],
      'Nothing: every slot has an image of its build.',
      'Of 1 slot none has an image that is behind its build.',
    ],
    [
      'slots of a stream that were emptied',
      [...times(47, GONE), EXACT],
      'It is not known what is to be published. Of 48 slots: 1 with an image of the build, 47 without an image.',
      'Of 48 slots none has an image that is behind its build; 47 have no image.',
    ],
    [
      'an older image by its OCP alone, which no day tells',
      [{ ...EXACT, grade: 'older-release', days: -1 }],
      'It is not known what is to be published. Of 1 slot: 1 with an older image.',
      'Of 1 slot 1 has an image behind the build.',
    ],
    [
      'images that cannot be graded',
      [REFUSED],
      'It is not known what is to be published. Of 1 slot: 1 with an image that cannot be graded.',
      'Of 1 slot none has an image that is behind its build; 1 has one that cannot be graded.',
    ],
    [
      'one of them beside others',
      [REFUSED, EXACT],
      'Nothing: no slot is behind its build (1 with an image of the build, 1 with an image that cannot be graded).',
      'Of 2 slots none has an image that is behind its build; 1 has one that cannot be graded.',
    ],
  ])('%s', (_, slots, publish, verdict) => {
    expect(publishSentence(slots)).toBe(publish)
    expect(verdictSentence(slots)).toBe(verdict)
  })

  it.each<[what: string, slots: SlotState[], publish: string, verdict: string]>([
    [
      'no slot',
      [],
      'No slot for a marketplace image is known.',
      'No slot with a marketplace image is known.',
    ],
    [
      'no build',
      [UNMEASURED],
      'No build is known, so it is not known what is to be published.',
      'It has 1 slot for images, and no build is known to measure them against.',
    ],
  ])('%s is known', (_, slots, publish, verdict) => {
    expect(publishSentence(slots)).toBe(publish)
    const head = summary({ name: 's', history: [version({ slots, releases: {} })] }, String).text
    expect(head).toContain(`<p class="verdict">${verdict}</p>`)
    expect(head).not.toContain('class="figures"')
  })
})

function version(more: Partial<HistoryVersion>): HistoryVersion {
  return {
    ...{ commit: 'c0ffee0', date: '2024-10-20T12:00:00Z', subject: 'one', path: 's.json' },
    ...{ releases: { x86_64: release }, slots: [BEHIND], events: [], ...more },
  }
}

const plain = (text: string) => text.replace(/<[^>]*>/g, '')

describe('what changed last', () => {
  const line = (history: HistoryVersion[]) =>
    /<p class="changed">.*/.exec(summary({ name: 's', history }, String).text)?.[0]
  const events: HistoryEvent[] = [
    { kind: 'build bumped', subject: 'x86_64' },
    { kind: 'build bumped', subject: 'aarch64' },
    { kind: 'image regressed', subject: 'a slot', slot },
    ...times(3, EXACT).map(
      ({ slot }): HistoryEvent => ({
        kind: 'image replaced',
        subject: 'a slot',
        slot,
      }),
    ),
  ]

  it('is of the last commit that moved anything, with a link to the events', () => {
    const said = line([
      version({ events: [{ kind: 'image added', subject: 'a slot', slot }] }),
      version({ commit: 'decade1', date: '2024-10-22T12:00:00Z', subject: 'two', events }),
      version({ events: [{ kind: 'file renamed', subject: 's.json' }] }),
      version({ events: [] }),
    ])
    expect(plain(said ?? '')).toBe(
      'Changed last on 2024-10-22 by decade1 two: build bumped for 2 architectures, image replaced in 3 slots, image regressed in 1 slot',
    )
    expect(said).toContain('<a href="#events">')
  })

  it('says that the file went', () => {
    const said = line([version({ events: [{ kind: 'file removed', subject: 's.json' }] })])
    expect(plain(said ?? '')).toBe('Changed last on 2024-10-20 by c0ffee0 one: file removed')
  })

  it('is nothing where no commit moved anything', () => {
    expect(line([version({})])).toBe(undefined)
  })
})

describe('builds and images', () => {
  const shown = (...history: HistoryVersion[]) => timeline(history).text
  const at = (date: string, more: Partial<HistoryVersion> = {}) => version({ date, ...more })
  const older = { ...BEHIND, image: image('418.94.20240916') }

  it.each<[what: string, history: HistoryVersion[], words: string]>([
    [
      'all from before the first commit',
      [at('2026-11-28T12:00:00Z', { slots: [older] })],
      'There are builds of 2024-10-19 and images of 2024-09-16, all older than the first version here, of 2026-11-28: too few days for a chart.',
    ],
    [
      'images from before it alone',
      [
        at('2024-10-01T12:00:00Z', { slots: [older] }),
        at('2024-10-02T12:00:00Z', {
          slots: [{ ...older, slot: { ...slot, generation: 1 }, image: image('418.94.20240917') }],
        }),
      ],
      'There are builds of 2024-10-19 and images of 2024-09-16 to 2024-09-17, the images all older than the first version here, of 2024-10-01: too few days for a chart.',
    ],
    [
      'one day',
      [at('2024-10-01T12:00:00Z', { slots: [EXACT] })],
      'There are builds of 2024-10-19 and images of 2024-10-19: too few days for a chart.',
    ],
    [
      'one build and no image',
      [at('2024-10-01T12:00:00Z', { slots: [] })],
      'There are builds of 2024-10-19: too few days for a chart.',
    ],
    [
      'no release with a day',
      [at('2024-10-01T12:00:00Z', { slots: [], releases: { x86_64: 'x' } })],
      'No release tells its day.',
    ],
    [
      'no version with a day',
      [at('2024-10-01T12:00:00Z', { slots: [{ ...EXACT, image: image('x') }] })],
      'There is no slot of which image and build tell their days.',
    ],
    [
      'no build',
      [at('2024-10-01T12:00:00Z', { slots: [UNMEASURED], releases: {} })],
      'No build is known that the images could be set against.',
    ],
  ])('of %s are a sentence and no chart', (_, history, words) => {
    const text = shown(...history)
    expect(text).toContain(`<p>${words}</p>`)
    expect(text).not.toContain('<svg')
    expect(text.includes('No slot with a marketplace image is known.')).toBe(
      history.every(({ slots }) => slots.length === 0),
    )
  })

  it('are a chart with a key that explains its arrow, where it has one', () => {
    const arrow = 'older than the chart</li>'
    const old = shown(at('2024-10-01T12:00:00Z', { slots: [older, EXACT] }))
    expect(old).toContain('<svg')
    expect(old).toContain(arrow)
    const late = shown(at('2024-09-01T12:00:00Z', { slots: [older] }))
    expect(late).toContain('<svg')
    expect(late).not.toContain(arrow)
  })
})
