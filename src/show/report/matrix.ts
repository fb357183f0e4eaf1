import { FACTS } from '../../core/clouds/index.ts'
import { groupBy } from '../../core/group.ts'
import type { SlotState } from '../../core/history/state.ts'
import { comparePlans } from '../../core/selection/plans.ts'
import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { badge, getLook, imageVersion, LOOKS, type Look, lagText } from './grades.ts'
import { copyable, type Html, html } from './html.ts'

/** The builds, and for each cloud its images with grades and names, grouped by what is equal. */
export function matrix(
  slots: readonly SlotState[],
  releases: Readonly<Record<string, string>>,
  ocp: string | undefined,
): Html | undefined {
  const builds = Object.entries(releases)
  if (builds.length + slots.length === 0) return undefined
  return html`${buildList(builds, slots.length > 0 ? (ocp ?? 'unknown') : undefined)}
${CLOUDS.map((cloud) =>
  cloudTable(
    FACTS[cloud].title,
    slots.filter(({ slot }) => slot.cloud === cloud),
  ),
)}
${slots.length > 0 ? legend(slots) : ''}`
}

function buildList(builds: readonly (readonly [string, string])[], ocp: string | undefined): Html {
  const byRelease = groupBy(builds, ([, release]) => release)
  const rows = [...byRelease].map(
    ([release, members]) =>
      html`<div><dt>Build for ${members.map(([arch]) => arch).join(', ')}</dt><dd><code>${release}</code></dd></div>`,
  )
  const version = ocp && html`<div><dt>OCP version</dt><dd>${ocp}</dd></div>`
  return html`<dl class="builds">${builds.length > 0 ? rows : html`<div><dt>Build</dt><dd>unknown</dd></div>`}${version}</dl>`
}

/** A row for each set of plans, architectures and generations that have equal versions. */
function cloudTable(name: string, slots: readonly SlotState[]): Html {
  if (slots.length === 0) return html``
  const machines = groupBy(slots, ({ slot }) =>
    [slot.plan, slot.architecture, slot.generation].join('\n'),
  )
  const rows = groupBy([...machines.values()], equalityKey)
  return html`<table class="cards matrix" role="table"><caption>${name}</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((each) => html`<th scope="col" role="columnheader">${each}</th>`)}</tr></thead>
<tbody role="rowgroup">${[...rows.values()].map((each) => row(each.flat()))}</tbody></table>`
}

const COLUMNS = ['plans', 'machines', 'images'] as const

/** Equal for slots that have the same versions and grades in the same regions. */
function equalityKey(own: readonly SlotState[]): string {
  return own
    .map((each) =>
      [each.slot.region, imageVersion(each), each.grade, each.refused, each.days].join('\0'),
    )
    .join('\n')
}

/** `aarch64 (ocp only); x86_64 gen1, gen2`: machines of some plans only name these plans. */
function machinesCell(own: readonly SlotState[]): string {
  const all = getPlans(own)
  const machines = groupBy(own, ({ slot }) => `${slot.architecture} ${slot.generation ?? ''}`)
  const alike = groupBy(
    [...machines.values()],
    (each) => `${each[0]?.slot.architecture} ${getPlans(each).join(', ')}`,
  )
  const texts = [...alike.values()].map((group) => {
    const states = group.flat()
    const generations = [...new Set(states.flatMap(({ slot }) => slot.generation ?? []))].sort()
    const plans = getPlans(states)
    return [
      states[0]?.slot.architecture,
      generations.map((each) => `gen${each}`).join(', '),
      plans.length < all.length ? `(${plans.join(', ')} only)` : '',
    ]
      .filter(Boolean)
      .join(' ')
  })
  return texts.join('; ')
}

function getPlans(own: readonly SlotState[]): string[] {
  return [...new Set(own.map(({ slot }) => slot.plan))].sort(comparePlans)
}

function row(own: readonly SlotState[]): Html {
  const versions = groupBy(own, (each) => [imageVersion(each), each.grade, each.refused].join('\0'))
  return html`<tr role="row"><th scope="row" role="rowheader">${getPlans(own).join(', ')}</th>
<td role="cell" data-label="machines">${machinesCell(own)}</td>
<td role="cell" data-label="images">${[...versions.values()].map(entry)}</td></tr>\n`
}

/** One version, with the names of its images. */
function entry(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const { days, refused } = first
  const version = imageVersion(first)
  const line = html`<p>${version ? html`<strong class="version">${version}</strong> ` : ''}${badge(getLook(first), refused)} <span class="lag">${lagText(days)}</span></p>`
  return html`<div class="entry">${line}${names(slots)}</div>`
}

/** What the tools of the cloud call the images; several open on demand. */
function names(slots: readonly SlotState[]): Html {
  const named = slots.flatMap(({ slot, image }) =>
    image ? [{ slot, name: FACTS[slot.cloud].nameOf(image) }] : [],
  )
  const [only] = named
  if (only === undefined) return html``
  if (named.length === 1 && only.slot.region === undefined) return copyable(only.name)
  const regions = new Set(named.flatMap(({ slot }) => slot.region ?? []))
  const summary = `${counted(named.length, 'image')}${regions.size > 0 ? ` in ${counted(regions.size, 'region')}` : ''}`
  return html`<details><summary>${summary}</summary><ul>${named.map(
    ({ slot, name }) =>
      html`<li>${[slot.plan, slot.architecture, slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean).join(' ')} ${copyable(name)}</li>`,
  )}</ul></details>`
}

/** The meaning of each grade that is shown. */
function legend(slots: readonly SlotState[]): Html {
  const looks = new Set(slots.map(getLook))
  const shown = (Object.keys(LOOKS) as Look[]).filter((look) => looks.has(look))
  return html`<dl class="legend">${shown.map(
    (look) => html`<div><dt>${badge(look)}</dt><dd>${LOOKS[look].says}</dd></div>`,
  )}</dl>`
}
