import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { comparePlans } from '../../core/selection/plans.ts'
import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { badge, LOOKS, type Look, lagText, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { copyable } from './parts.ts'
import { groupBy, versionOf } from './places.ts'

/** Part 1: plans by architecture for each cloud, in each cell the images with their grade and URN. */
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

function cloudTable(name: string, slots: readonly SlotState[]): Html {
  if (slots.length === 0) return html``
  const architectures = [...new Set(slots.map(({ slot }) => slot.architecture))].sort()
  const plans = [...new Set(slots.map(({ slot }) => slot.plan))].sort(comparePlans)
  const row = (plan: string) => html`<tr role="row"><th scope="row" role="rowheader">${plan}</th>
${architectures.map((arch) => {
  const own = slots.filter(({ slot }) => slot.plan === plan && slot.architecture === arch)
  return html`<td role="cell" data-label="${arch}">${
    own.length > 0 ? cell(own) : html`<span class="absent">not offered</span>`
  }</td>`
})}</tr>\n`
  return html`<table class="matrix" role="table"><caption>${name}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">plan</th>${architectures.map(
    (arch) => html`<th scope="col" role="columnheader">${arch}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${plans.map(row)}</tbody></table>`
}

function cell(slots: readonly SlotState[]): Html {
  const groups = groupBy(slots, (each) =>
    [each.slot.generation, versionOf(each), each.grade, each.refused].join('\0'),
  )
  return html`${[...groups.values()].map(entry)}`
}

/** One image, or one version in several regions. */
function entry(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const { slot, days, refused } = first
  const kind = slot.generation ? html`<span class="kind">gen${slot.generation}</span> ` : html``
  const version = versionOf(first)
  const line = html`<p>${kind}${version ? html`<strong class="version">${version}</strong> ` : ''}${badge(lookOf(first), refused)} <span class="lag">${lagText(days)}</span></p>`
  return html`<div class="entry">${line}${names(slots)}</div>`
}

function names(slots: readonly SlotState[]): Html {
  const list = slots.map(({ slot, image }) => ({
    region: slot.region,
    name: image && FACTS[slot.cloud].nameOf(image),
  }))
  const [only] = list
  if (list.length === 1 && only?.region === undefined) {
    return only?.name === undefined ? html`` : copyable(only.name)
  }
  return html`<details><summary>${counted(list.length, 'region')}</summary><ul>${list.map(
    ({ region, name }) =>
      html`<li>${region ?? ''} ${name === undefined ? '' : copyable(name)}</li>`,
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
