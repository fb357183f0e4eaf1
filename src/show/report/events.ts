import { EVENT_KINDS, type HistoryEvent } from '../../core/audit/history/events.ts'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { badge } from './grades.ts'
import { type Html, html } from './html.ts'
import { day } from './parts.ts'
import { groupBy, placeOf } from './places.ts'

const COLUMNS = [
  ['date', 'text'],
  ['commit', 'text'],
  ['event', 'text'],
  ['where', 'text'],
  ['before', 'text'],
  ['after', 'text'],
  ['grade', 'text'],
  ['days behind', 'number'],
] as const

/** Part 4: all events, the latest first, to be filtered and sorted by the page's script. */
export function eventTable(history: readonly HistoryVersion[]): Html {
  const all = history
    .toReversed()
    .flatMap((version) => alike(version).map((events) => ({ version, events })))
  const kinds = EVENT_KINDS.filter((kind) => all.some(({ events }) => events[0]?.kind === kind))
  return html`<section id="events" aria-labelledby="events-title"><h2 id="events-title">Events</h2>
<div class="filters" hidden><span><label for="filter">Filter</label> <input type="search" id="filter" autocomplete="off" spellcheck="false"></span>
<span><label for="kind">Event</label> <select id="kind"><option value="">all</option>${kinds.map((kind) => html`<option>${kind}</option>`)}</select></span>
<output id="count" for="filter kind">${all.length} events</output></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of events"><table id="event-table"><caption class="away">Events, the latest first</caption>
<thead><tr>${COLUMNS.map(([name, type], at) => html`<th scope="col" data-type="${type}"${type === 'number' ? html` class="number"` : ''}${at === 0 ? html` aria-sort="descending"` : ''}>${name}</th>`)}</tr></thead>
<tbody>${all.map(({ version, events }) => row(version, events))}</tbody></table></div></section>`
}

/** The events of a commit, those of a plan's regions that are alike as one. */
function alike({ events }: HistoryVersion): HistoryEvent[][] {
  const groups = groupBy(events, ({ kind, subject, slot, versions, grade }) =>
    JSON.stringify([kind, slot?.region ? placeOf(slot) : subject, versions, grade]),
  )
  return [...groups.values()]
}

function row({ commit, date, subject }: HistoryVersion, events: readonly HistoryEvent[]): Html {
  const [event] = events
  if (event === undefined) return html``
  const { kind, slot, before, after, versions, grade, days, problem } = event
  const regions = events.flatMap(({ slot }) => slot?.region ?? [])
  const where = slot
    ? html`${placeOf(slot)}${regions.length > 0 ? html` <small>${regions.join(', ')}</small>` : ''}`
    : event.subject
  return html`<tr data-kind="${kind}"><td data-sort="${date}">${day(date)}</td><td><abbr title="${commit} ${subject}">${commit.slice(0, 7)}</abbr></td>
<td class="event">${kind}</td><td class="short">${where}</td><td>${name(versions?.before, before)}</td><td>${problem ?? name(versions?.after, after)}</td>
<td>${grade ? badge(grade) : ''}</td><td class="number" data-sort="${days ?? ''}">${days ?? ''}</td></tr>\n`
}

/** An image by its version, its name on demand; all else as it is. */
function name(version: string | undefined, full: string | undefined): Html | undefined {
  if (full === undefined) return undefined
  return version === undefined
    ? html`<code>${full}</code>`
    : html`<code class="short" title="${full}">${version}</code>`
}
