import type { HistoryVersion } from '../../core/audit/history/history.ts'
import type { SlotState } from '../../core/audit/history/slot-state.ts'
import { groupBy } from '../../core/group.ts'
import { counted } from '../../printable.ts'
import { lagText, lookOf } from './grades.ts'
import { type Html, html } from './html.ts'
import { day } from './parts.ts'
import { missingImages, publishWords } from './publish.ts'

/** A stream's head: which images are behind, by how many days. */
export function summary(
  name: string,
  history: readonly HistoryVersion[],
  id: (part: string) => string,
): Html {
  const last = history.at(-1)
  const first = history[0]
  if (last === undefined || first === undefined) return html``
  const broken = history.filter(({ problem }) => problem !== undefined).length
  return html`<header><p class="eyebrow">Marketplace images of</p><h1>${name}</h1>
<p class="span">${counted(history.length, 'version')} in git, ${day(first.date)} to ${day(last.date)}, the last in commit <abbr title="${last.commit}">${last.commit.slice(0, 7)}</abbr></p>
${broken > 0 ? html`<p class="warning">${counted(broken, 'version')} cannot be read; the <a href="#${id('events')}">events</a> say which and why.</p>` : ''}
${verdict(last.slots, id('publish'))}</header>`
}

function verdict(slots: readonly SlotState[], publishId: string): Html {
  if (slots.length === 0) return html`<p class="verdict">It has no marketplace images.</p>`
  if (slots.every(({ release }) => release === undefined)) {
    return html`<p class="verdict">It names ${counted(slots.length, 'place')} for images and no build, so nothing can be measured.</p>`
  }
  const behind = slots.filter(({ days, image }) => image !== undefined && (days ?? 0) > 0)
  const empty = slots.filter(({ image }) => image === undefined)
  const exact = slots.filter((each) => lookOf(each) === 'exact')
  const newer = slots.filter(({ days, grade }) => (days ?? 0) <= 0 && grade && grade !== 'exact')
  const worst = Math.max(0, ...behind.map(({ days }) => days ?? 0))
  const wanted = missingImages(slots)
  return html`<p class="verdict">${sentence(slots.length, behind.length, worst, empty.length)} ${
    wanted.length > 0 ? html`<a href="#${publishId}">${publishWords(wanted)} to publish.</a>` : ''
  }</p>
<dl class="figures">${figure('behind their build', behind.length, 'older-build')}${figure('without an image', empty.length, 'none')}${figure('newer than their build', newer.length, 'newer-build')}${figure('of the very build', exact.length, 'exact')}</dl>
${behind.length > 0 ? html`<ul class="behind">${behindList(behind)}</ul>` : ''}`
}

function sentence(all: number, behind: number, worst: number, empty: number): string {
  const places = counted(all, 'place')
  const late =
    behind === 0
      ? `Of ${places} none has an image that is behind its build`
      : `Of ${places} ${behind} ${behind === 1 ? 'has' : 'have'} an image behind the build, by up to ${counted(worst, 'day')}`
  return empty === 0 ? `${late}.` : `${late}; ${empty} ${empty === 1 ? 'has' : 'have'} no image.`
}

function figure(name: string, count: number, look: string): Html {
  return html`<div class="${count > 0 ? look : 'zero'}"><dt>${name}</dt><dd>${count}</dd></div>`
}

/** The images behind, the worst first; plans of a cloud that are alike stand together. */
function behindList(behind: readonly SlotState[]): Html[] {
  const alike = groupBy(behind, ({ slot, days }) => `${days} ${slot.cloud}`)
  return [...alike.values()]
    .sort((a, b) => (b[0]?.days ?? 0) - (a[0]?.days ?? 0))
    .map((group) => {
      const [first] = group
      const regions = [...new Set(group.flatMap(({ slot }) => slot.region ?? []))]
      const where = regions.length > 0 ? ` in ${regions.join(', ')}` : ''
      return html`<li><strong>${lagText(first?.days)}</strong>: ${first?.slot.cloud} ${plansText(group)}${where}</li>`
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
