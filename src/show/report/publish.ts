import { missingImages } from '../../core/audit/skew/skew.ts'
import type { Entry } from '../../core/clouds/facts.ts'
import { FACTS } from '../../core/clouds/index.ts'
import { groupBy } from '../../core/group.ts'
import type { SlotState } from '../../core/history/state.ts'
import { counted } from '../../printable.ts'
import { csvLine } from '../history.ts'
import { code, markdownTable } from '../markdown.ts'
import { badge, getLook, imageVersion, LOOKS, lagRange, plansText } from './grades.ts'
import { copyable, copyButton, type Html, html } from './html.ts'

/** Images that are missing for one cause: the same cloud, regions, build and current image. */
interface Cause {
  /** Each with the slots that it will fill. */
  readonly images: readonly (readonly SlotState[])[]
  readonly slots: readonly SlotState[]
  readonly regions: readonly string[]
}

const COLUMNS = ['where', 'build', 'current image', 'to publish'] as const
/** Longer lists open on demand. */
const SHORT = 3

/** The images to publish, grouped by cause; undefined if there are none. */
export function publishPart(slots: readonly SlotState[]): Html | undefined {
  const causes = groupByCause(slots)
  if (causes.length === 0) return undefined
  const images = causes.reduce((sum, cause) => sum + cause.images.length, 0)
  return html`<p class="publish-all">${counted(images, 'image')}. ${copyAll(printMarkdown(causes), 'Markdown')} ${copyAll(printCsv(causes), 'CSV')}</p>
<table class="cards" role="table"><caption class="away">Images to publish</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${causes.map(causeRow)}</tbody></table>`
}

function copyAll(text: string, format: string): Html {
  const label = `Copy all as ${format}`
  return copyButton(text, label, label)
}

/** The causes; slots without an image first, then the largest lag. */
function groupByCause(slots: readonly SlotState[]): Cause[] {
  const causes = groupBy(missingImages(slots), (image) => {
    const [first] = image
    const current = image.map((slot) => [slot.slot.region, imageVersion(slot), getLook(slot)])
    const { publisher } = first?.expected?.place ?? {}
    return JSON.stringify([first?.slot.cloud, publisher, first?.release, current.sort()])
  })
  return [...causes.values()]
    .map((images): Cause => {
      const all = images.flat()
      const regions = [...new Set(all.flatMap(({ slot }) => slot.region ?? []))].sort()
      return { images, slots: all, regions }
    })
    .sort((a, b) => getUrgency(b.slots) - getUrgency(a.slots))
}

function getUrgency(slots: readonly SlotState[]): number {
  return Math.max(...slots.map(({ image, days }) => (image ? (days ?? 0) : Number.MAX_VALUE)))
}

function causeRow({ images, slots, regions }: Cause): Html {
  const [first] = slots
  if (first === undefined) return html``
  const cloud = FACTS[first.slot.cloud].title
  const title = regions.length > 0 ? `${cloud} · ${regions.join(', ')}` : cloud
  const list = html`<ul class="names">${images.map(imageItem)}</ul>`
  const what = first.slot.cloud === 'aws' ? 'product' : 'image'
  const cells = [
    html`<code class="short">${first.release ?? ''}</code>`,
    html`${[...groupBy(slots, imageVersion).values()].map(currentImage)}`,
    images.length > SHORT
      ? html`<details><summary>${counted(images.length, what)}</summary>${list}</details>`
      : list,
  ]
  return html`<tr role="row"><th scope="row" role="rowheader">${title}<br><small>${plansText(slots)}</small></th>${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at + 1] ?? ''}">${cell}</td>`)}</tr>\n`
}

function currentImage(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const version = first.image ? html`<code class="short">${imageVersion(first)}</code> ` : html``
  const lag = lagRange(slots.map(({ days }) => days))
  return html`<div>${version}${badge(getLook(first), first.refused)} <span class="lag">${lag}</span></div>`
}

function imageItem(slots: readonly SlotState[]): Html {
  const [first] = slots
  if (first === undefined) return html``
  const { text, product, isCertain } = expectedName(first)
  const name = product ?? text
  const { plan, architecture } = first.slot
  return html`<li>${isCertain ? copyable(name) : html`<code>${name}</code>`}${first.expected?.orLater ? html` <small>or later</small>` : ''}${product === undefined ? '' : html` <small>${plan} ${architecture}</small>`}</li>`
}

/** The name of the image to publish, or its version and its product. */
function expectedName({ slot, expected }: SlotState): {
  readonly text: string
  readonly product?: string
  /** Unset if the SKU's name follows one of two conventions. */
  readonly isCertain: boolean
} {
  if (expected === undefined) return { text: '', isCertain: false }
  const { place, version } = expected
  const { entry, nameOf } = FACTS[slot.cloud]
  const known: Entry = { ...place, release: version, version }
  if (!Object.keys(entry).every((member) => member in known)) {
    return { text: version, ...(place.product && { product: place.product }), isCertain: true }
  }
  const text = nameOf(known)
  return { text, isCertain: !text.includes(' or ') }
}

const HEADER = ['cloud', 'plan', 'architecture', 'generation', 'region', 'build', 'publish']
const MORE = ['product', 'current', 'grade', 'days']

/** A row for each slot to fill, for a spreadsheet or an issue. */
function getRows(causes: readonly Cause[]): string[][] {
  return causes.flatMap(({ slots }) =>
    slots.map((state) => {
      const { slot, release = '', days } = state
      const { text, product = '' } = expectedName(state)
      const { cloud, plan, architecture, generation = '', region = '' } = slot
      const current = imageVersion(state)
      const grade = LOOKS[getLook(state)].word
      return [
        ...[cloud, plan, architecture, String(generation), region, release, text],
        ...[product, current, grade, String(days ?? '')],
      ]
    }),
  )
}

function printCsv(causes: readonly Cause[]): string {
  return [[...HEADER, ...MORE], ...getRows(causes)].map(csvLine).join('')
}

function printMarkdown(causes: readonly Cause[]): string {
  const rows = getRows(causes)
  const used = [...HEADER, ...MORE].map((name, at) => ({ name, at }))
  const columns = used.filter(({ at }) => rows.some((row) => row[at] !== ''))
  return `${markdownTable(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ at }) => code(row[at] ?? ''))),
  )}\n`
}
