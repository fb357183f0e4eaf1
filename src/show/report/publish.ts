import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { missingImages } from '../../core/audit/skew/skew.ts'
import type { Entry } from '../../core/clouds/facts.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { groupBy } from '../../core/group.ts'
import type { CloudName } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { publishWords } from '../slots.ts'
import { badge, countsOf, lagRange, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { copyable } from './parts.ts'
import { placeOf, versionOf } from './places.ts'

/** Part 1: what a publisher still has to publish, by exact names, the slots without an image first. */
export function publishing(slots: readonly SlotState[]): Html {
  const missing = mostUrgent(slots)
  const words = html`<p>${publishSentence(slots)}</p>`
  return missing.length === 0
    ? words
    : html`${words}
<table class="cards" role="table"><caption class="away">What to publish next</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${missing.map(row)}</tbody></table>`
}

const COLUMNS = ['publish', 'for', 'build', 'there now'] as const

/** What is left to publish; whatever it says of slots is counted. */
export function publishSentence(slots: readonly SlotState[]): string {
  if (slots.length === 0) return 'No slot for a marketplace image is known.'
  if (slots.every(({ release }) => release === undefined)) {
    return 'No build is known, so it is not known what is to be published.'
  }
  const missing = missingImages(slots)
  const others = slots.filter(({ expected }) => expected === undefined)
  const counts = countsOf(others)
  const clauses = CLAUSES.flatMap(([standing, what]) =>
    counts[standing] > 0 ? [`${counts[standing]} ${what}`] : [],
  ).join(', ')
  const all = counted(others.length, 'slot')
  const rest = others.length === 1 ? 'slot' : all
  if (missing.length > 0) {
    return `${publishWords(missing)}.${others.length > 0 ? ` The other ${rest}: ${clauses}.` : ''}`
  }
  if (counts.exact === others.length) return 'Nothing: every slot has an image of its build.'
  return counts.behind + counts.empty > 0 || counts.ungraded === others.length
    ? `It is not known what is to be published. Of ${all}: ${clauses}.`
    : `Nothing: no slot is behind its build (${clauses}).`
}

const CLAUSES = [
  ['exact', 'with an image of the build'],
  ['newer', 'with a newer image'],
  ['behind', 'with an older image'],
  ['ungraded', 'with an image that cannot be graded'],
  ['empty', 'without an image'],
] as const

/** What is to be published, where nothing is there first, and then what lags most. */
export function mostUrgent(slots: readonly SlotState[]): SlotState[][] {
  return missingImages(slots).sort((a, b) => urgency(b) - urgency(a))
}

function urgency(slots: readonly SlotState[]): number {
  return Math.max(...slots.map(({ image, days }) => (image ? (days ?? 0) : Number.MAX_VALUE)))
}

function row(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first?.expected === undefined) return html``
  const { slot, release, expected } = first
  const regions = slots.flatMap(({ slot: { region } }) => region ?? [])
  const where = regions.length > 0 ? html`<br><small>${regions.join(', ')}</small>` : html``
  const cells = [
    html`${nameOf(slot.cloud, expected)}${expected.orLater ? html` <small>or later</small>` : ''}`,
    html`${placeOf(slot)}${where}`,
    html`<code class="short">${release ?? ''}</code>`,
    html`${[...groupBy(slots, versionOf).values()].map(there)}`,
  ]
  return html`<tr role="row">${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at] ?? ''}">${cell}</td>`)}</tr>\n`
}

/** What is there in place of the expected image, a version after the other. */
function there(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const { refused, image } = first
  const version = image ? html`<code class="short">${versionOf(first)}</code> ` : html``
  const lag = lagRange(slots.map(({ days }) => days))
  return html`<div>${version}${badge(lookOf(first), refused)} <span class="lag">${lag}</span></div>`
}

/** What the cloud's tools will call the image; where its name is not known, its version and place. */
function nameOf(cloud: CloudName, { place, version }: NonNullable<SlotState['expected']>): Html {
  const { entry, nameOf: name } = FACTS[cloud]
  const known: Entry = { ...place, release: version, version }
  if (!Object.keys(entry).every((member) => member in known)) {
    return html`${copyable(version)} <small>product <code>${place.product}</code></small>`
  }
  // Where two names could be the SKU's, both are told and none is copied.
  const text = name(known)
  return text.includes(' or ') ? html`<code>${text}</code>` : copyable(text)
}
