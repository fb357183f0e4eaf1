import { EVENT_KINDS, type EventKind } from '../../core/audit/history/events.ts'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { type Html, html } from './html.ts'
import { type Heading, numbers } from './parts.ts'

/** What a page shows: a stream's or a snapshot's life. */
export interface PageStream {
  /** The file's, or the stream's in its workspace. */
  readonly name: string
  readonly history: readonly HistoryVersion[]
  /** What was before that. */
  readonly older?: readonly Year[]
}

/** The versions of a year that are summed up. */
export interface Year {
  readonly year: string
  /** When the first of them was committed. */
  readonly begins: string
  readonly versions: number
  readonly events: Readonly<Partial<Record<EventKind, number>>>
}

/** As many versions as a page shows one by one, at most. */
export const SHOWN = 200

/** A stream of which all but the latest versions are summed up. */
export function folded({ history, older = [], ...rest }: PageStream, count: number): PageStream {
  const years = new Map(older.map((each) => [each.year, each]))
  for (const { date, events } of history.slice(0, -count)) {
    const year = date.slice(0, 4)
    const counts = { ...years.get(year)?.events }
    for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1
    const { versions = 0, begins = date } = years.get(year) ?? {}
    years.set(year, { year, begins, versions: versions + 1, events: counts })
  }
  return { ...rest, history: history.slice(-count), older: [...years.values()] }
}

export function versionsOf({ history, older = [] }: PageStream): number {
  return older.reduce((sum, { versions }) => sum + versions, history.length)
}

/** The older versions by year. */
export function olderTable(older: readonly Year[]): Html {
  if (older.length === 0) return html``
  const kinds = EVENT_KINDS.filter((kind) => older.some(({ events }) => events[kind]))
  return numbers(
    'the versions before these, and their events, by year',
    ['year', 'versions', ...kinds].map((name): Heading => [name, 'number']),
    older
      .toReversed()
      .map(({ year, versions, events }) => [
        year,
        String(versions),
        ...kinds.map((kind) => String(events[kind] ?? 0)),
      ]),
  )
}
