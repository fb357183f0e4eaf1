import { groupBy } from '../../core/group.ts'
import type { HistoryVersion } from '../../core/history/history.ts'
import type { SlotState } from '../../core/history/state.ts'
import { readVersion } from '../../core/versions/version.ts'
import { getLook, imageVersion, type Look, lagRange, placeText } from './grades.ts'

/** An image in a slot, from its own day to the day of the last build that it was listed for. */
export interface Bar {
  readonly version: string
  readonly imageDay: Date
  readonly release: string
  readonly buildDay: Date
  readonly look: Look
  readonly days: number | undefined
}

/** A row of the timeline: slots whose images and builds were equal in every version. */
export interface Row {
  readonly label: string
  readonly bars: readonly Bar[]
  /** The lag of the current images. */
  readonly now: string
  /** The builds of the slots' architectures. */
  readonly builds: readonly { readonly release: string; readonly day: Date }[]
}

/** The rows of a history, in the order of the slots; only builds if there is no image. */
export function getRows(history: readonly HistoryVersion[]): Row[] {
  const states = history.flatMap(({ slots }) => slots)
  if (!states.some(({ image }) => image !== undefined)) return buildRows(history)
  const rows = [...groupBy(states, ({ slot }) => placeText(slot))].flatMap(([place, own]) => {
    const slot = own[0]?.slot
    const bars = getBars(own)
    if (slot === undefined || bars.length === 0) return []
    const now = (history.at(-1)?.slots ?? []).filter((each) => placeText(each.slot) === place)
    return {
      slot,
      bars,
      now: lagRange(now.map(({ days }) => days)),
      builds: getBuilds(own.flatMap(({ release }) => release ?? [])),
    }
  })
  const alike = groupBy(rows, ({ slot, ...rest }) => JSON.stringify([slot.cloud, rest]))
  return [...alike.values()].flatMap((group): Row[] => {
    const [first] = group
    if (first === undefined) return []
    const { slot, ...rest } = first
    return [{ label: rowLabel(slot, group.length), ...rest }]
  })
}

/** The first of the row's slots, and the number of the others. */
function rowLabel(slot: SlotState['slot'], count: number): string {
  return `${placeText(slot)}${count > 1 ? ` and ${count - 1} more` : ''}`
}

function getBars(states: readonly SlotState[]): Bar[] {
  const groups = groupBy(
    states.filter(({ image }) => image !== undefined),
    imageVersion,
  )
  return [...groups].flatMap(([version, own]): Bar[] => {
    const imageDay = getDay(version)
    const dated = own.flatMap((state) => {
      const day = getDay(state.release ?? '')
      return day && state.release ? [{ state, release: state.release, day }] : []
    })
    const last = dated.toSorted((a, b) => a.day.getTime() - b.day.getTime()).at(-1)
    if (imageDay === undefined || last === undefined) return []
    const { state, release, day } = last
    return [{ version, imageDay, release, buildDay: day, look: getLook(state), days: state.days }]
  })
}

function buildRows(history: readonly HistoryVersion[]): Row[] {
  const builds = history
    .flatMap(({ releases }) => Object.entries(releases))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return [...groupBy(builds, ([arch]) => arch)].map(([label, own]) => ({
    label,
    bars: [],
    now: '',
    builds: getBuilds(own.map(([, release]) => release)),
  }))
}

function getBuilds(releases: readonly string[]): Row['builds'] {
  return [...new Set(releases)].flatMap((release) => {
    const day = getDay(release)
    return day ? [{ release, day }] : []
  })
}

/** The day of a release or a version, in UTC; of a Fedora CoreOS release its first date. */
export function getDay(text: string): Date | undefined {
  const stamp = readVersion(text)?.stamp ?? /(?:^|\.)(20[0-9]{6})(?=\.|$)/.exec(text)?.[1]
  if (stamp === undefined) return undefined
  const [, year, month, date] = /^(....)(..)(..)/.exec(stamp) ?? []
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)))
  return Number.isNaN(time.getTime()) ? undefined : time
}

export function printDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}
