import { EVENT_KINDS, type HistoryEvent } from '../../core/audit/history/events.ts'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { groupBy } from '../../core/group.ts'
import { counted } from '../../printable.ts'
import { badge } from './grades.ts'
import { type Html, html } from './html.ts'
import { day } from './parts.ts'
import { placeOf } from './places.ts'

const COLUMNS = [
  ['commit', 'text'],
  ['event', 'text'],
  ['where', 'text'],
  ['before', 'text'],
  ['after', 'text'],
  ['grade', 'text'],
  ['days behind', 'number'],
] as const

/**
 * Part 5: all events by commit, the latest first, to be opened, filtered and sorted by the script.
 *
 * @param id makes a name that of one element of the page
 */
export function eventTable(history: readonly HistoryVersion[], id: (name: string) => string): Html {
  const commits = history
    .toReversed()
    .map((version) => ({ version, groups: alike(version) }))
    .filter(({ groups }) => groups.length > 0)
  const all = commits.flatMap(({ groups }) => groups)
  const kinds = EVENT_KINDS.filter((kind) => all.some(([event]) => event?.kind === kind))
  return html`<div class="filters" hidden><span><label for="${id('filter')}">Filter</label> <input type="search" id="${id('filter')}" autocomplete="off" spellcheck="false"></span>
<span><label for="${id('kind')}">Event</label> <select id="${id('kind')}"><option value="">all</option>${kinds.map((kind) => html`<option>${kind}</option>`)}</select></span>
<output for="${id('filter')} ${id('kind')}">${counted(all.length, 'event')}</output></div>
<table class="cards event-table" role="table"><caption class="away">Events by commit, the latest first</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map(([name, type], at) => html`<th scope="col" role="columnheader" data-type="${type}"${type === 'number' ? html` class="number"` : ''}${at === 0 ? html` aria-sort="descending"` : ''}>${name}</th>`)}</tr></thead>
${commits.map(commitBody)}</table>`
}

function commitBody({
  version,
  groups,
}: {
  readonly version: HistoryVersion
  readonly groups: readonly HistoryEvent[][]
}): Html {
  const { commit, date, subject } = version
  return html`<tbody role="rowgroup"><tr class="commit" role="row"><th scope="rowgroup" role="rowheader" colspan="${COLUMNS.length}"><button type="button" class="fold" aria-expanded="true" hidden>Close</button> ${day(date)} <abbr title="${commit}">${commit.slice(0, 7)}</abbr> ${subject} <span class="lag">${counted(groups.length, 'event')}</span></th></tr>
${groups.map((events) => row(version, events))}</tbody>`
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
  const cells = [
    html`<abbr title="${commit} ${subject}">${commit.slice(0, 7)}</abbr>`,
    html`${kind}`,
    html`${where}`,
    html`${name(versions?.before, before) ?? ''}`,
    html`${problem ?? name(versions?.after, after) ?? ''}`,
    html`${grade ? badge(grade) : ''}`,
    html`${days ?? ''}`,
  ]
  const sorts: Readonly<Record<number, string | number>> = { 0: date, 6: days ?? '' }
  return html`<tr class="item" role="row" data-kind="${kind}">${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at]?.[0] ?? ''}"${COLUMNS[at]?.[1] === 'number' ? html` class="number"` : ''}${at in sorts ? html` data-sort="${sorts[at] ?? ''}"` : ''}>${cell}</td>`)}</tr>\n`
}

/** An image by its version, its name on demand; all else as it is. */
function name(version: string | undefined, full: string | undefined): Html | undefined {
  if (full === undefined) return undefined
  return version === undefined
    ? html`<code>${full}</code>`
    : html`<code class="short" title="${full}">${version}</code>`
}
