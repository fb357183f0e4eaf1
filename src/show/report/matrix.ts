import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { groupBy } from '../../core/group.ts'
import { comparePlans } from '../../core/selection/plans.ts'
import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { counted } from '../../printable.ts'
import { badge, LOOKS, type Look, lagText, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { copyable } from './parts.ts'
import { versionOf } from './places.ts'

/** Part 2: for each cloud the images with their grade and names, those together that are alike. */
export function matrix(
  slots: readonly SlotState[],
  releases: Readonly<Record<string, string>>,
): Html {
  const builds = Object.entries(releases)
  return html`${buildList(builds)}
${CLOUDS.map((cloud) =>
  cloudTable(
    FACTS[cloud].title,
    slots.filter(({ slot }) => slot.cloud === cloud),
  ),
)}
${slots.length === 0 ? html`<p>No slot with a marketplace image is known.</p>` : legend(slots)}`
}

function buildList(builds: readonly (readonly [string, string])[]): Html {
  if (builds.length === 0) return html`<p>No build is known, so nothing can be graded.</p>`
  const byRelease = groupBy(builds, ([, release]) => release)
  return html`<dl class="builds">${[...byRelease].map(
    ([release, members]) =>
      html`<div><dt>Build for ${members.map(([arch]) => arch).join(', ')}</dt><dd><code>${release}</code></dd></div>`,
  )}</dl>`
}

/** A row for what is alike: plans, architectures and generations that have the same versions. */
function cloudTable(name: string, slots: readonly SlotState[]): Html {
  if (slots.length === 0) return html``
  const machines = groupBy(slots, ({ slot }) =>
    [slot.plan, slot.architecture, slot.generation].join('\n'),
  )
  const byPlan = [...machines.values()].flatMap((own) => {
    const [first] = own
    return first ? [{ own, look: alikeKey(own) }] : []
  })
  const rows = groupBy(byPlan, ({ look }) => look)
  return html`<table class="cards matrix" role="table"><caption>${name}</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((each) => html`<th scope="col" role="columnheader">${each}</th>`)}</tr></thead>
<tbody role="rowgroup">${[...rows.values()].map((each) => row(each.flatMap(({ own }) => own)))}</tbody></table>`
}

const COLUMNS = ['plans', 'machines', 'images'] as const

/** Equal for slots that have the same versions and grades in the same regions. */
function alikeKey(own: readonly SlotState[]): string {
  return own
    .map((each) =>
      [each.slot.region, versionOf(each), each.grade, each.refused, each.days].join('\0'),
    )
    .join('\n')
}

/** `aarch64 (ocp only); x86_64 gen1, gen2`: machines that not all of the plans have name theirs. */
function machinesOf(own: readonly SlotState[]): string {
  const all = plansOf(own)
  const machines = groupBy(own, ({ slot }) => `${slot.architecture} ${slot.generation ?? ''}`)
  const alike = groupBy(
    [...machines.values()],
    (each) => `${each[0]?.slot.architecture} ${plansOf(each).join(', ')}`,
  )
  const texts = [...alike.values()].map((group) => {
    const states = group.flat()
    const generations = [...new Set(states.flatMap(({ slot }) => slot.generation ?? []))].sort()
    const plans = plansOf(states)
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

function plansOf(own: readonly SlotState[]): string[] {
  return [...new Set(own.map(({ slot }) => slot.plan))].sort(comparePlans)
}

function row(own: readonly SlotState[]): Html {
  const versions = groupBy(own, (each) => [versionOf(each), each.grade, each.refused].join('\0'))
  return html`<tr role="row"><th scope="row" role="rowheader">${plansOf(own).join(', ')}</th>
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

/** What the cloud's tools call the images, by the slot where there are several. */
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
