import { EVENT_KINDS, type EventKind } from '../../core/audit/history/events.ts'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { missingImages } from '../../core/audit/skew/skew.ts'
import { groupBy } from '../../core/group.ts'
import { counted } from '../../printable.ts'
import { publishWords } from '../slots.ts'
import { countsOf, LOOKS, lagText, lookOf, standingOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { type PageStream, versionsOf } from './older.ts'
import { day } from './parts.ts'

/** A stream's head: which images are behind, by how many days. */
export function summary(stream: PageStream, id: (part: string) => string): Html {
  const { name, history, older = [] } = stream
  const last = history.at(-1)
  const first = history[0]
  if (last === undefined || first === undefined) return html``
  const broken = history.filter(({ problem }) => problem !== undefined).length
  return html`<header><p class="eyebrow">Marketplace images of</p><h1>${name}</h1>
<p class="span">${counted(versionsOf(stream), 'version')} in git, ${day(older[0]?.begins ?? first.date)} to ${day(last.date)}, the last in commit <abbr title="${last.commit}">${last.commit.slice(0, 7)}</abbr></p>
${lastChange(history, id('events'))}
${older.length > 0 ? html`<p class="span">What follows is of the latest ${history.length}, from ${day(first.date)} on. Those before are summed up by year, under the <a href="#${id('events')}">events</a>; <code>stream-snapshot history</code> tells them one by one.</p>` : ''}
${broken > 0 ? html`<p class="warning">${counted(broken, 'version')} cannot be read; the <a href="#${id('events')}">events</a> say which and why.</p>` : ''}
${verdict(last.slots, id('publish'))}</header>`
}

/** What changed last, in a line. */
function lastChange(history: readonly HistoryVersion[], eventsId: string): Html {
  const last = history.findLast(({ events }) => events.some(({ kind }) => MOVES.includes(kind)))
  if (last === undefined) return html``
  const { date, commit, subject, events } = last
  const words = MOVES.flatMap((kind) => {
    const count = events.filter((each) => each.kind === kind).length
    if (count === 0) return []
    if (kind.startsWith('build')) return [`${kind} for ${counted(count, 'architecture')}`]
    return [kind.startsWith('image') ? `${kind} in ${counted(count, 'slot')}` : kind]
  })
  return html`<p class="changed"><strong>Changed last</strong> on ${day(date)} by <abbr title="${commit}">${commit.slice(0, 7)}</abbr> ${subject}: <a href="#${eventsId}">${words.join(', ')}</a></p>`
}

/** The kinds of events after which the state is another one. */
const MOVES: readonly EventKind[] = EVENT_KINDS.filter(
  (kind) => kind !== 'file renamed' && kind !== 'unreadable',
)

function verdict(slots: readonly SlotState[], publishId: string): Html {
  if (slots.length === 0) {
    return html`<p class="verdict">No slot with a marketplace image is known.</p>`
  }
  if (slots.every(({ release }) => release === undefined)) {
    return html`<p class="verdict">It has ${counted(slots.length, 'slot')} for images, and no build is known to measure them against.</p>`
  }
  const behind = slots.filter((each) => standingOf(each) === 'behind')
  const counts = countsOf(slots)
  const wanted = missingImages(slots)
  return html`<p class="verdict">${verdictSentence(slots)} ${
    wanted.length > 0 ? html`<a href="#${publishId}">${publishWords(wanted)} to publish.</a>` : ''
  }</p>
<dl class="figures">${FIGURES.map(([name, standing, look]) => figure(name, counts[standing], look))}${counts.ungraded > 0 ? figure('not graded', counts.ungraded, 'unknown') : ''}</dl>
${behind.length > 0 ? html`<ul class="behind">${behindList(behind)}</ul>` : ''}`
}

const FIGURES = [
  ['behind their build', 'behind', 'older-build'],
  ['without an image', 'empty', 'none'],
  ['newer than their build', 'newer', 'newer-build'],
  ['of the very build', 'exact', 'exact'],
] as const

/** How many slots lack something; those that are fine are in the figures below it. */
export function verdictSentence(slots: readonly SlotState[]): string {
  const { behind, empty, ungraded } = countsOf(slots)
  const lags = slots.flatMap((each) => (standingOf(each) === 'behind' ? [each.days ?? 0] : []))
  const worst = Math.max(0, ...lags)
  const have = (count: number) => `${count} ${count === 1 ? 'has' : 'have'}`
  const clauses = [
    behind > 0
      ? `${have(behind)} an image behind the build${worst > 0 ? `, by up to ${counted(worst, 'day')}` : ''}`
      : 'none has an image that is behind its build',
    ...(empty > 0 ? [`${have(empty)} no image`] : []),
    ...(ungraded > 0 ? [`${have(ungraded)} one that cannot be graded`] : []),
  ]
  return `Of ${counted(slots.length, 'slot')} ${clauses.join('; ')}.`
}

function figure(name: string, count: number, look: string): Html {
  return html`<div class="${count > 0 ? look : 'zero'}"><dt>${name}</dt><dd>${count}</dd></div>`
}

/** The images behind, the worst first; plans of a cloud that are alike stand together. */
function behindList(behind: readonly SlotState[]): Html[] {
  const lagOf = (state: SlotState) =>
    (state.days ?? 0) > 0 ? lagText(state.days) : LOOKS[lookOf(state)].word
  const alike = groupBy(behind, (each) => `${lagOf(each)} ${each.slot.cloud}`)
  return [...alike.values()]
    .sort((a, b) => (b[0]?.days ?? 0) - (a[0]?.days ?? 0))
    .map((group) => {
      const [first] = group
      if (first === undefined) return html``
      const regions = [...new Set(group.flatMap(({ slot }) => slot.region ?? []))]
      const where = regions.length > 0 ? ` in ${regions.join(', ')}` : ''
      return html`<li><strong>${lagOf(first)}</strong>: ${first.slot.cloud} ${plansText(group)}${where}</li>`
    })
}

/** `ocp, opp (aarch64, x86_64); rosa (x86_64)`: plans of the same machines stand together. */
function plansText(slots: readonly SlotState[]): string {
  const plans = groupBy(slots, ({ slot }) => slot.plan)
  const alike = groupBy(plans, ([, own]) => machinesText(own))
  return [...alike]
    .map(([machines, group]) => `${group.map(([plan]) => plan).join(', ')} (${machines})`)
    .join('; ')
}

function machinesText(slots: readonly SlotState[]): string {
  const machines = slots.map(({ slot: { architecture, generation } }) =>
    [architecture, generation && `gen${generation}`].filter(Boolean).join(' '),
  )
  return [...new Set(machines)].join(', ')
}
