import type { HistoryVersion } from '../../core/audit/history/history.ts'
import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { groupBy } from '../../core/group.ts'
import { dayOf } from './dates.ts'
import { type Look, lagRange, lookOf } from './grades.ts'
import { placeOf, versionOf } from './places.ts'

/** An image in a slot, from its own day to that of the last build that it stood for. */
export interface Bar {
  readonly version: string
  readonly imageDay: Date
  readonly release: string
  readonly buildDay: Date
  readonly look: Look
  readonly days: number | undefined
}

/** A row of the timeline: slots whose images and builds were always the same. */
export interface Row {
  readonly label: string
  readonly bars: readonly Bar[]
  /** How far the images that stand there now are from their build. */
  readonly now: string
  /** The days of the builds that the slots stood for, or were to. */
  readonly builds: readonly { readonly release: string; readonly day: Date }[]
}

/** The rows of a history, in the order of the slots; builds alone where there is no image. */
export function rowsOf(history: readonly HistoryVersion[]): Row[] {
  const states = history.flatMap(({ slots }) => slots)
  if (!states.some(({ image }) => image !== undefined)) return buildRows(history)
  const rows = [...groupBy(states, ({ slot }) => placeOf(slot))].flatMap(([place, own]) => {
    const slot = own[0]?.slot
    const bars = barsOf(own)
    if (slot === undefined || bars.length === 0) return []
    const now = (history.at(-1)?.slots ?? []).filter((each) => placeOf(each.slot) === place)
    return {
      slot,
      bars,
      now: lagRange(now.map(({ days }) => days)),
      builds: buildsOf(own.flatMap(({ release }) => release ?? [])),
    }
  })
  const alike = groupBy(rows, ({ slot, ...rest }) => JSON.stringify([slot.cloud, rest]))
  return [...alike.values()].flatMap((group): Row[] => {
    const [first] = group
    if (first === undefined) return []
    const { slot, ...rest } = first
    return [{ label: labelOf(slot, group.length), ...rest }]
  })
}

/** The first of the slots that were always alike, and how many more there are. */
function labelOf(slot: SlotState['slot'], count: number): string {
  return `${placeOf(slot)}${count > 1 ? ` and ${count - 1} more` : ''}`
}

function barsOf(states: readonly SlotState[]): Bar[] {
  const groups = groupBy(
    states.filter(({ image }) => image !== undefined),
    versionOf,
  )
  return [...groups].flatMap(([version, own]): Bar[] => {
    const imageDay = dayOf(version)
    const dated = own.flatMap((state) => {
      const day = dayOf(state.release ?? '')
      return day && state.release ? [{ state, release: state.release, day }] : []
    })
    const last = dated.toSorted((a, b) => a.day.getTime() - b.day.getTime()).at(-1)
    if (imageDay === undefined || last === undefined) return []
    const { state, release, day } = last
    return [{ version, imageDay, release, buildDay: day, look: lookOf(state), days: state.days }]
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
    builds: buildsOf(own.map(([, release]) => release)),
  }))
}

function buildsOf(releases: readonly string[]): Row['builds'] {
  return [...new Set(releases)].flatMap((release) => {
    const day = dayOf(release)
    return day ? [{ release, day }] : []
  })
}
