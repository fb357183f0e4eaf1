import { describe, expect, it } from 'vitest'
import { isRegraded } from '../../../src/core/changes/changes.ts'
import { printSlot } from '../../../src/core/clouds/facts.ts'
import { HistoryReader, type HistoryVersion } from '../../../src/core/history/history.ts'
import type { FileText } from '../../../src/core/history/state.ts'
import { readMajorMinor } from '../../../src/core/versions/version.ts'
import { smallStream } from '../../support/streams.ts'

const OLD = '418.94.202409162337-0'
const NEW = '418.94.202410090804-0'

interface Texts {
  readonly main: string | undefined
  readonly target?: string
  readonly marketplaceFile?: string
  readonly ocp?: string
}

const file = (path: string, text: string | undefined): FileText | undefined =>
  text === undefined ? undefined : { path, read: () => text }

/** Returns the history of files with these contents, one commit per day. */
function makeHistory(...all: readonly (string | undefined | Texts)[]): HistoryVersion[] {
  const reader = new HistoryReader()
  const versions = all.map((each, at) => {
    const { main, target, marketplaceFile, ocp } =
      typeof each === 'object' ? each : ({ main: each } as Texts)
    const date = `2024-10-${String(at + 1).padStart(2, '0')}T00:00:00Z`
    const commit = { commit: `${at}`.repeat(40), date, subject: `day ${at}` }
    const files = {
      ...(main !== undefined && { main: file('rhcos.json', main) as FileText }),
      ...(target !== undefined && { target: file('target.json', target) as FileText }),
      ...(marketplaceFile !== undefined && {
        marketplaceFile: file('marketplace.json', marketplaceFile) as FileText,
      }),
    }
    const version = ocp === undefined ? undefined : readMajorMinor(ocp)
    return reader.next(commit, 'rhcos.json', { ...files, ...(version && { ocp: version }) })
  })
  reader.expectReadable()
  return versions
}

/** Returns an x86_64 stream with these extensions. */
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

/** Returns the name, release, grade and lag of each slot with an image. */
const summarizeSlots = ({ slots }: HistoryVersion) =>
  slots
    .filter(({ image }) => image)
    .map(({ slot, image, grade, ungraded, days }) => [
      printSlot(slot),
      image?.version ?? image?.release,
      grade ?? ungraded,
      days,
    ])

/** Returns the changes of each version: the subject, both releases and the loss. */
const summarizeChanges = (history: readonly HistoryVersion[]) =>
  history.map(({ changes }) =>
    changes
      .filter((change) => !change.follows && !isRegraded(change))
      .map(({ subject, before, after, loss }) => {
        const what =
          subject.kind === 'slot'
            ? printSlot(subject.slot)
            : [subject.kind, 'architecture' in subject ? subject.architecture : ''].join(' ')
        const ends = [before?.release, after?.release].filter(Boolean).join(' -> ')
        return [what, ends, ...(loss ? [`(${loss})`] : [])].join(' ')
      }),
  )

const SLOT = 'azure no-purchase-plan x86_64 gen2'

const aro = (ocp: string, version: string) => ({
  x86_64: {
    azure: {
      'no-purchase-plan': {
        hyperVGen1: urn(`aro_${ocp}`, version),
        hyperVGen2: urn(Number(ocp) < 422 ? `${ocp}-v2` : `aro_${ocp}-v2`, version),
      },
    },
  },
})

describe('the history of a stream', () => {
  it('reports why the image of a slot is not eligible', () => {
    const [later] = makeHistory(stream(NEW, enhancement('419.6.20250523')))
    expect(later && summarizeSlots(later)).toEqual([
      [SLOT, '419.6.20250523', 'later OCP version', -226],
    ])
  })

  it('keeps a slot after its image was removed', () => {
    const history = makeHistory(stream(OLD, enhancement('418.94.20240916')), stream(OLD, {}))
    expect(summarizeChanges(history)[1]).toEqual([`${SLOT} 418.94.20240916 (removed)`])
    expect(history.map(({ slots }) => slots.map(({ image }) => image?.version))).toEqual([
      ['418.94.20240916'],
      [undefined],
    ])
  })
})

describe('the OCP version of a version', () => {
  const RHEL_9_8 = '9.8.20260428-0'

  it('is unknown if SKUs are older than the RHEL version, so slots have a lag but no grade', () => {
    const marketplaceFile = JSON.stringify(aro('420', '9.6.20251015'))
    const main = smallStream({ x86_64: RHEL_9_8 }, 'rhcos-4.21')
    const [only] = makeHistory({ main, marketplaceFile })
    expect(only?.ocp).toBeUndefined()
    expect(only?.slots.map(({ grade, days }) => [grade, days])).toEqual([
      [undefined, 195],
      [undefined, 195],
    ])
  })
})

describe('the history of a file', () => {
  const good = stream(OLD, enhancement('418.94.20240916'))

  it('is refused if a version has a later schema', () => {
    expect(() => makeHistory(good, '{ "schemaVersion": 2 }')).toThrow(
      'rhcos.json: schemaVersion 2, expected at most 1',
    )
  })

  it('is refused if all versions are invalid', () => {
    expect(() => makeHistory('# Read me')).toThrow('rhcos.json:1:1: expected a value, found #')
  })
})
