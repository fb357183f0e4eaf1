import { describe, expect, it } from 'vitest'
import {
  type HistoryVersion,
  historyOf,
  type Version,
} from '../../../../src/core/audit/history/history.ts'
import { printSlot } from '../../../../src/core/clouds/slot.ts'
import { azureImage, snapshotText } from '../../../support/snapshots.ts'
import { smallStream } from '../../../support/streams.ts'

const OLD = '418.94.202409162337-0'
const NEW = '418.94.202410090804-0'

function version(day: number, text: string | undefined, path = 'rhcos.json'): Version {
  const date = `2024-10-${String(day).padStart(2, '0')}T00:00:00Z`
  const base = { commit: `${day}`.repeat(40).slice(0, 40), date, subject: `day ${day}`, path }
  return text === undefined ? base : { ...base, text: () => text }
}

const build = (release: string) => ({
  builds: {
    x86_64: {
      release,
      location: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams/a',
      meta: {},
    },
  },
})

/** A stream for x86_64 with images under the keys of a layout. */
function stream(release: string, extensions: Record<string, unknown>): string {
  const value = JSON.parse(smallStream({ x86_64: release }))
  value.architectures.x86_64['rhel-coreos-extensions'] = extensions
  return JSON.stringify(value)
}

const urn = (sku: string, version: string) => ({
  publisher: 'azureopenshift',
  offer: 'aro4',
  sku,
  version,
})
const enhancement = (version: string) => ({
  'azure-marketplace': { 'no-purchase-plan': urn('418-v2', version) },
})

/** Each slot that has an image, with what is told of it. */
const slots = ({ slots }: HistoryVersion) =>
  slots
    .filter(({ image }) => image)
    .map(({ slot, image, grade, refused, days }) => [
      printSlot(slot),
      image?.version ?? image?.release,
      grade ?? refused,
      days,
    ])

const events = (history: readonly HistoryVersion[]) =>
  history.map(({ events }) =>
    events.map(({ kind, subject, versions }) =>
      [kind, subject, versions?.before, versions?.after].filter(Boolean).join(' '),
    ),
  )

const SLOT = 'azure no-purchase-plan x86_64 gen2'

describe('the history of a snapshot', () => {
  const history = historyOf([
    version(1, snapshotText([azureImage('418-v2', '418.94.20240916')], build(OLD))),
    version(2, snapshotText([azureImage('418-v2', '418.94.20240916')], build(NEW))),
    version(3, snapshotText([azureImage('418-v2', '418.94.20241009')], build(NEW))),
    version(4, snapshotText([azureImage('418-v2', '418.94.20240801')], build(NEW))),
    version(5, snapshotText([], build(NEW))),
  ])

  it('tells image, grade and lag of each slot', () => {
    expect(history.map(slots)).toEqual([
      [[SLOT, '418.94.20240916', 'exact', 0]],
      [[SLOT, '418.94.20240916', 'older-build', 23]],
      [[SLOT, '418.94.20241009', 'exact', 0]],
      [[SLOT, '418.94.20240801', 'older-build', 69]],
      [],
    ])
    expect(history.map(({ releases }) => releases.x86_64)).toEqual([OLD, NEW, NEW, NEW, NEW])
    expect(history[1]?.slots[1]?.expected?.version).toBe('418.94.20241009')
  })

  it('tells what each commit did', () => {
    expect(events(history)).toEqual([
      ['build added x86_64', `image added ${SLOT} 418.94.20240916`],
      ['build bumped x86_64'],
      [`image replaced ${SLOT} 418.94.20240916 418.94.20241009`],
      [`image regressed ${SLOT} 418.94.20241009 418.94.20240801`],
      [`image removed ${SLOT} 418.94.20240801`],
    ])
  })

  it('grades nothing where the snapshot knows no build', () => {
    const [only] = historyOf([version(1, snapshotText([azureImage('418-v2', '418.94.20240916')]))])
    expect(only && slots(only)).toEqual([[SLOT, '418.94.20240916', undefined, undefined]])
  })
})

describe('the history of a stream', () => {
  it('tells what stands in it, in both layouts', () => {
    const marketplace = {
      azure: { 'no-purchase-plan': { hyperVGen1: urn('aro_418', '418.94.20240916') } },
      aws: {
        ocp: { regions: { 'us-east-1': { release: '415.92.202402201450-0', image: 'ami-1' } } },
      },
    }
    const [only] = historyOf([
      version(1, stream(NEW, { ...enhancement('418.94.20241009'), marketplace })),
    ])
    expect(only && slots(only)).toEqual([
      [SLOT, '418.94.20241009', 'exact', 0],
      ['azure no-purchase-plan x86_64 gen1', '418.94.20240916', 'older-build', 23],
      ['aws ocp x86_64 us-east-1', '415.92.202402201450-0', 'older-release', 232],
    ])
    expect(only?.slots[1]?.expected).toEqual({
      place: { publisher: 'azureopenshift', offer: 'aro4', sku: 'aro_418' },
      version: '418.94.20241009',
    })
  })

  it('says why an image that stands there may not', () => {
    const [only] = historyOf([version(1, stream(NEW, enhancement('419.6.20250523')))])
    expect(only && slots(only)).toEqual([[SLOT, '419.6.20250523', 'later OCP version', undefined]])
  })

  it('reads releases that name RHEL alone', () => {
    const [only] = historyOf([version(1, stream('9.6.20251015-1', enhancement('9.6.20251015')))])
    expect(only && slots(only)).toEqual([[SLOT, '9.6.20251015', 'exact', 0]])
  })

  it('keeps the place of an image that went', () => {
    const history = historyOf([
      version(1, stream(OLD, enhancement('418.94.20240916'))),
      version(2, stream(OLD, {})),
    ])
    expect(events(history)[1]).toEqual([`image removed ${SLOT} 418.94.20240916`])
    expect(history[1]?.slots).toMatchObject([{ release: OLD, slot: { plan: 'no-purchase-plan' } }])
  })

  it('has builds alone where no image stands', () => {
    const history = historyOf([
      version(1, smallStream({ x86_64: '35.20220116.2.0', aarch64: '35.20220116.2.0' })),
      version(2, smallStream({ x86_64: '35.20220213.3.0' })),
    ])
    expect(history.map(({ slots }) => slots)).toEqual([[], []])
    expect(events(history)).toEqual([
      ['build added aarch64', 'build added x86_64'],
      ['build removed aarch64', 'build bumped x86_64'],
    ])
  })
})

describe('the history of a file', () => {
  const good = stream(OLD, enhancement('418.94.20240916'))

  it.each([
    ['marks of a conflict', `<<<<<<< HEAD\n${good}`, /rhcos\.json:1:1: /],
    ['a later schema', '{ "schemaVersion": 2 }', /schemaVersion: 2 is later than 1/],
    ['something else', '[1]', /rhcos\.json/],
  ])('passes over a version with %s, and says so', (_, text, problem) => {
    const history = historyOf([version(1, good), version(2, text), version(3, good)])
    expect(history[1]?.problem).toMatch(problem)
    expect(events(history).slice(1)).toEqual([['unreadable rhcos.json'], []])
    expect(history[1]?.slots).toEqual(history[0]?.slots)
  })

  it('tells when it was renamed and removed', () => {
    const history = historyOf([
      version(1, good, 'old.json'),
      version(2, good, 'new.json'),
      version(3, undefined, 'new.json'),
    ])
    expect(events(history).slice(1)).toEqual([['file renamed new.json'], ['file removed new.json']])
  })

  it('tells of the first version that is wanted what it did', () => {
    const all = [version(1, good), version(2, stream(NEW, {})), version(3, stream(NEW, {}))]
    const [only, ...more] = historyOf(all, { since: '2024-10-02T00:00:00Z', maxCount: 2 })
    expect(only?.events.map(({ kind }) => kind)).toEqual(['build bumped', 'image removed'])
    expect(more).toHaveLength(1)
    expect(historyOf(all, { maxCount: 1 }).map(({ subject }) => subject)).toEqual(['day 3'])
  })

  it('is none where nothing can be read', () => {
    expect(() => historyOf([version(1, '# Read me', 'README.md')])).toThrow(
      'README.md:1:1: expected a value, found #',
    )
  })
})
