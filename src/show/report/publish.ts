import type { SlotState } from '../../core/audit/history/slot-state.ts'
import type { Entry } from '../../core/clouds/facts.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { groupBy } from '../../core/group.ts'
import type { CloudName } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { badge, lagRange, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { copyable } from './parts.ts'
import { placeOf, versionOf } from './places.ts'

/** Part 1: what a publisher still has to publish, by exact names, the places without an image first. */
export function publishing(slots: readonly SlotState[]): Html {
  const missing = missingImages(slots)
  return missing.length === 0
    ? html`<p>${slots.some(({ grade }) => grade) ? 'Nothing: every place has an image of its build.' : 'It names no image that could be compared with a build.'}</p>`
    : html`<p>${publishWords(missing)}: with these every place would have an image of its release’s own build.</p>
<table class="cards" role="table"><caption class="away">What to publish next</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${missing.map(row)}</tbody></table>`
}

const COLUMNS = ['publish', 'for', 'build', 'there now'] as const

/** `14 images in 44 places`. */
export function publishWords(missing: readonly (readonly SlotState[])[]): string {
  return `${counted(missing.length, 'image')} in ${counted(missing.flat().length, 'place')}`
}

/** The slots that an image is expected for, those together that one image or version will fill. */
export function missingImages(slots: readonly SlotState[]): SlotState[][] {
  const groups = groupBy(
    slots.filter(({ expected }) => expected !== undefined),
    ({ slot, expected }) => {
      const { region: _, ...place } = expected?.place ?? {}
      return JSON.stringify([slot.cloud, slot.architecture, place, expected?.version])
    },
  )
  return [...groups.values()].sort((a, b) => urgency(b) - urgency(a))
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
