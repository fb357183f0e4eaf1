import { groupAlike } from '../../core/group.ts'
import type { HistoryVersion } from '../../core/history/history.ts'
import { GRADES } from '../../core/selection/select.ts'
import { counted } from '../../printable.ts'
import { countChanges } from '../changes.ts'
import { csvLine, describeUnchanged, shownChanges, versionGrades, versionRows } from '../history.ts'
import { SIGN_WORDS } from '../rows.ts'
import { codeTable, lagTable, publishTables, skewSummary, slotTable } from '../skew.ts'
import type { Table } from '../table.ts'
import { type Html, html } from './html.ts'

/** The largest number of versions that a page shows. */
export const SHOWN = 200

/** The history of one stream or snapshot on a page. */
export interface PageStream {
  /** The name of the file, or of the stream in its workspace. */
  readonly name: string
  /** The latest versions, oldest first. */
  readonly history: readonly HistoryVersion[]
  /** The number of all versions. */
  readonly versions: number
  /** The commit date of the first of all versions. */
  readonly begins: string
  /** The URL of a commit without its id, if the remote repository is known. */
  readonly commits?: string | undefined
}

/** @param key prefix of the ids, unique on the page */
export function streamPart(stream: PageStream, key: string): Html {
  const last = stream.history.at(-1)
  if (last === undefined) return html``
  const sections = [
    { id: 'publish', title: 'Images to publish', content: publishPart(last) },
    { id: 'now', title: 'Current images', content: currentPart(last) },
    { id: 'changes', title: 'Changes', content: changeTable(stream) },
  ].filter(({ content }) => content !== undefined)
  return html`<article class="stream" id="${key}">
${header(stream, last, `${key}-changes`)}
<nav aria-label="Parts of ${stream.name}"><ul>${sections.map(({ id, title }) => html`<li><a href="#${key}-${id}">${title}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title, content }) =>
    html`<section id="${key}-${id}" class="${id}"><h2>${title}</h2>
${content}</section>
`,
)}</article>`
}

function header(
  { name, history, versions, begins, commits }: PageStream,
  last: HistoryVersion,
  changesId: string,
): Html {
  const broken = history.filter(({ problem }) => problem !== undefined).length
  const changed = history.findLast((version) => shownChanges(version).length > 0)
  return html`<header><h1>${name}</h1>
<p class="quiet">${counted(versions, 'version')} in git, ${versions > 1 ? html`${day(begins)} to ` : ''}${day(last.date)}, ${versions > 1 ? 'the last one ' : ''}in commit ${commitId(last, commits)}</p>
${changed && html`<p class="changed">Last change on ${day(changed.date)} in ${commitId(changed, commits)} ${changed.subject}: <a href="#${changesId}">${countChanges({ changes: shownChanges(changed), unchanged: [] })}</a></p>`}
${versions > history.length ? html`<p class="quiet">This page shows the latest ${history.length} versions; <code>stream-snapshot history</code> lists all.</p>` : ''}
${broken > 0 ? html`<p class="warning">${counted(broken, 'version')} cannot be read; the causes are under <a href="#${changesId}">Changes</a>.</p>` : ''}
<p class="verdict">${last.slots.length > 0 ? skewSummary(last.slots) : 'No marketplace images'}.</p>
${earlier(history, last)}</header>`
}

/** In days. */
const TREND = 30

/** The summary of the version that was current 30 days earlier. */
function earlier(history: readonly HistoryVersion[], last: HistoryVersion): Html | undefined {
  const limit = Date.parse(last.date) - TREND * 24 * 60 * 60 * 1000
  const then = history.findLast(({ date }) => Date.parse(date) <= limit)
  if (then === undefined || then.slots.length === 0) return undefined
  return html`<p class="quiet">${TREND} days earlier: ${skewSummary(then.slots)}.</p>`
}

function publishPart({ slots }: HistoryVersion): Html | undefined {
  const tables = publishTables(slots)
  if (tables.length === 0) return undefined
  const markdown = `${tables.map(codeTable).join('\n\n')}\n`
  const csv = tables.map(({ header, rows }) => [header, ...rows].map(csvLine).join('')).join('\n')
  return html`<p data-copy="${markdown}" data-label="Copy as Markdown">Publish each image with exactly these values. “or later” means that a later version is accepted, too.<span data-copy="${csv}" data-label="Copy as CSV"></span></p>
${tables.map((table) => printTable(table, 'Images to publish'))}`
}

/** The builds, the lag of the slots, and every slot with the name of its image. */
function currentPart({ slots, releases, ocp }: HistoryVersion): Html | undefined {
  const builds = Object.entries(releases)
  if (builds.length + slots.length === 0) return undefined
  const rows = groupAlike(builds, ([, release]) => [release]).map(
    ({ first: [, release], all }) =>
      html`<div><dt>Build for ${all.map(([arch]) => arch).join(', ')}</dt><dd><code>${release}</code></dd></div>`,
  )
  const version = html`<div><dt>OCP version</dt><dd>${ocp ?? 'unknown'}</dd></div>`
  const list = html`<dl>${rows}${slots.length > 0 ? version : ''}</dl>`
  if (slots.length === 0) return list
  return html`${list}
${printTable(lagTable(slots), 'Images by lag, the worst first')}
<details><summary>${counted(slots.length, 'slot')} with image names</summary>
${printTable(slotTable(slots), 'All slots')}</details>`
}

function printTable({ header, rows }: Table, caption: string): Html {
  return html`<table role="table"><caption class="away">${caption}</caption>
${headRow(header)}
<tbody role="rowgroup">${rows.map(
    (row) =>
      html`<tr role="row">${row.map((cell, at) => html`<td role="cell" data-label="${header[at]}">${printCell(header[at], cell)}</td>`)}</tr>\n`,
  )}</tbody></table>`
}

function headRow(names: readonly string[]): Html {
  return html`<thead role="rowgroup"><tr role="row">${names.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>`
}

/** Values of the stream are code. */
function printCell(column: string | undefined, text: string): Html {
  if (column === 'Grade') return badge(text)
  return column === 'Lag' || column === 'Slots' || column === 'For'
    ? html`${text}`
    : html`<code>${text}</code>`
}

function badge(grade: string): Html {
  const look = [...GRADES, 'none'].find((each) => each === grade) ?? 'ungraded'
  return html`<span class="grade ${look}">${grade}</span>`
}

const COLUMNS = ['Change', 'Of', 'Before and after', 'Grade']

function changeTable({ history, commits }: PageStream): Html {
  return html`<table role="table"><caption class="away">Changes by commit, the latest first</caption>
${headRow(COLUMNS)}
${history.toReversed().map((version) => commitBody(version, commits))}</table>`
}

function commitBody(version: HistoryVersion, commits: string | undefined): Html {
  const { date, subject } = version
  const rows = versionRows(version).map(({ sign, subject, what, grade }) => [
    html`${SIGN_WORDS[sign]}`,
    html`${subject}`,
    html`<code>${what}</code>`,
    html`${grade && badge(grade)}`,
  ])
  const none = html`<tr role="row"><td role="cell" colspan="${COLUMNS.length}">${describeUnchanged(version)}</td></tr>`
  return html`<tbody role="rowgroup"><tr class="commit" role="row"><th scope="rowgroup" role="rowheader" colspan="${COLUMNS.length}">${day(date)} ${commitId(version, commits)} ${subject} <span class="quiet">${versionGrades(version)}</span></th></tr>
${rows.length === 0 ? none : rows.map((row) => html`<tr role="row">${row.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at]}">${cell}</td>`)}</tr>\n`)}</tbody>`
}

function day(date: string): Html {
  return html`<time datetime="${date}">${date.slice(0, 10)}</time>`
}

/** A short id, as a link if the URL of the remote repository is known. */
function commitId({ commit }: HistoryVersion, commits: string | undefined): Html {
  const id = html`<abbr title="${commit}">${commit.slice(0, 7)}</abbr>`
  return commits === undefined ? id : html`<a href="${commits}${commit}" rel="noreferrer">${id}</a>`
}
