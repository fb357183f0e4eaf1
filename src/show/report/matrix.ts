import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { comparePlans } from '../../core/selection/plans.ts'
import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { badge, LOOKS, type Look, lagText, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { copyable } from './parts.ts'
import { groupBy, versionOf } from './places.ts'

/** Part 2: for each cloud the images with their grade and names, those together that are alike. */
export function matrix(
  slots: readonly SlotState[],
  releases: Readonly<Record<string, string>>,
): Html {
  const builds = Object.entries(releases)
  return html`<section id="now" aria-labelledby="now-title"><h2 id="now-title">The state now</h2>
${buildList(builds)}
${CLOUDS.map((cloud) =>
  cloudTable(
    FACTS[cloud].title,
    slots.filter(({ slot }) => slot.cloud === cloud),
  ),
)}
${slots.length === 0 ? html`<p>No marketplace image has ever stood in this file.</p>` : legend(slots)}
</section>`
}

function buildList(builds: readonly (readonly [string, string])[]): Html {
  if (builds.length === 0) return html`<p>It names no build, so nothing can be graded.</p>`
  const byRelease = groupBy(builds, ([, release]) => release)
  return html`<dl class="builds">${[...byRelease].map(
    ([release, members]) =>
      html`<div><dt>Build for ${members.map(([arch]) => arch).join(', ')}</dt><dd><code>${release}</code></dd></div>`,
  )}</dl>`
}

/** A row for what is alike: plans, architectures and generations that have the same images. */
function cloudTable(name: string, slots: readonly SlotState[]): Html {
  if (slots.length === 0) return html``
  const machines = groupBy(slots, ({ slot }) =>
    [slot.plan, slot.architecture, slot.generation].join('\n'),
  )
  const byPlan = [...machines.values()].flatMap((own) => {
    const [first] = own
    return first ? [{ slot: first.slot, own, look: alikeKey(own) }] : []
  })
  const ofMachine = merge(byPlan, ({ slot }) => slot.plan)
  const rows = merge(ofMachine, ({ own }) => machinesOf(own))
  return html`<table class="cards matrix" role="table"><caption>${name}</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((each) => html`<th scope="col" role="columnheader">${each}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(({ own }) => row(own))}</tbody></table>`
}

const COLUMNS = ['plans', 'machines', 'images'] as const

interface Alike {
  readonly slot: SlotState['slot']
  readonly own: readonly SlotState[]
  readonly look: string
}

/** Groups of the same look, and alike in one more respect, as one each. */
function merge(groups: readonly Alike[], keyOf: (group: Alike) => string): Alike[] {
  const merged = groupBy(groups, (group) => `${keyOf(group)}\0${group.look}`)
  return [...merged.values()].flatMap((each) => {
    const [first] = each
    return first ? [{ ...first, own: each.flatMap(({ own }) => own) }] : []
  })
}

/** Equal for places that have the same versions and grades in the same regions. */
function alikeKey(own: readonly SlotState[]): string {
  return own
    .map((each) =>
      [each.slot.region, versionOf(each), each.grade, each.refused, each.days].join('\0'),
    )
    .join('\n')
}

function machinesOf(own: readonly SlotState[]): string {
  const byArchitecture = groupBy(own, ({ slot }) => slot.architecture)
  return [...byArchitecture]
    .map(([arch, slots]) => {
      const generations = [...new Set(slots.flatMap(({ slot }) => slot.generation ?? []))].sort()
      return [arch, generations.map((each) => `gen${each}`).join(', ')].filter(Boolean).join(' ')
    })
    .join('; ')
}

function row(own: readonly SlotState[]): Html {
  const plans = [...new Set(own.map(({ slot }) => slot.plan))].sort(comparePlans)
  const versions = groupBy(own, (each) => [versionOf(each), each.grade, each.refused].join('\0'))
  return html`<tr role="row"><th scope="row" role="rowheader">${plans.join(', ')}</th>
<td role="cell" data-label="machines">${machinesOf(own)}</td>
<td role="cell" data-label="images">${[...versions.values()].map(entry)}</td></tr>\n`
}

/** One version, wherever it is. */
function entry(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const { days, refused } = first
  const version = versionOf(first)
  const line = html`<p>${version ? html`<strong class="version">${version}</strong> ` : ''}${badge(lookOf(first), refused)} <span class="lag">${lagText(days)}</span></p>`
  return html`<div class="entry">${line}${names(slots)}</div>`
}

/** What the cloud's tools call the images, by the place where there are several. */
function names(slots: readonly SlotState[]): Html {
  const named = slots.flatMap(({ slot, image }) =>
    image ? [{ slot, name: FACTS[slot.cloud].nameOf(image) }] : [],
  )
  const [only] = named
  if (only === undefined) return html``
  if (named.length === 1 && only.slot.region === undefined) return copyable(only.name)
  const what = only.slot.region === undefined ? 'name' : 'region'
  const regions = new Set(named.map(({ slot }) => slot.region))
  const summary =
    what === 'region' && named.length > regions.size
      ? `${counted(named.length, 'image')} in ${counted(regions.size, what)}`
      : counted(named.length, what)
  return html`<details><summary>${summary}</summary><ul>${named.map(
    ({ slot, name }) =>
      html`<li>${[slot.plan, slot.architecture, slot.generation && `gen${slot.generation}`, slot.region].filter(Boolean).join(' ')} ${copyable(name)}</li>`,
  )}</ul></details>`
}

/** What each grade that is in sight means. */
function legend(slots: readonly SlotState[]): Html {
  const looks = new Set(slots.map(lookOf))
  const shown = (Object.keys(LOOKS) as Look[]).filter((look) => looks.has(look))
  return html`<dl class="legend">${shown.map(
    (look) => html`<div><dt>${badge(look)}</dt><dd>${LOOKS[look].says}</dd></div>`,
  )}</dl>`
}
