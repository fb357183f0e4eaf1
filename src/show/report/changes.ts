import type { HistoryVersion } from '../../core/history/history.ts'
import { counted } from '../../printable.ts'
import { describeVersion, SIGN_WORDS, type Sign, versionRows } from '../history.ts'
import type { Row } from '../row.ts'
import { badge } from './grades.ts'
import { commitId, day, type Html, html } from './html.ts'
import { olderTable, type PageStream } from './older.ts'

const COLUMNS = ['commit', 'change', 'of', 'before and after', 'grade'] as const

/**
 * The changes by commit, the latest first. The script opens, filters and sorts them.
 *
 * @param id makes a name unique on a page of several streams
 */
export function changeTable(stream: PageStream, id: (name: string) => string): Html | undefined {
  const { history, older = [], commits } = stream
  const shown = history
    .toReversed()
    .map((version) => ({ version, rows: versionRows(version) }))
    .filter(({ rows }) => rows.length > 0)
  const all = shown.flatMap(({ rows }) => rows)
  if (all.length === 0 && older.length === 0) return undefined
  const signs = (Object.keys(SIGN_WORDS) as Sign[]).filter((each) =>
    all.some(({ sign }) => sign === each),
  )
  return html`<div class="filters" hidden><span><label for="${id('filter')}">Filter</label> <input type="search" id="${id('filter')}" autocomplete="off" spellcheck="false"></span>
<span><label for="${id('kind')}">Change</label> <select id="${id('kind')}"><option value="">all</option>${signs.map((each) => html`<option>${SIGN_WORDS[each]}</option>`)}</select></span>
<output for="${id('filter')} ${id('kind')}">${counted(all.length, 'row')}</output></div>
<table class="cards event-table" role="table"><caption class="away">Changes by commit, the latest first</caption>
<thead role="rowgroup"><tr role="row">${COLUMNS.map((name, at) => html`<th scope="col" role="columnheader"${at === 0 ? html` aria-sort="descending"` : ''}>${name}</th>`)}</tr></thead>
${shown.map(({ version, rows }) => commitBody(version, rows, commits))}</table>
${olderTable(older)}`
}

function commitBody(
  version: HistoryVersion,
  rows: readonly Row[],
  commits: string | undefined,
): Html {
  const { commit, date, subject } = version
  const summary = describeVersion(version) || counted(rows.length, 'row')
  return html`<tbody role="rowgroup"><tr class="commit" role="row"><th scope="rowgroup" role="rowheader" colspan="${COLUMNS.length}"><button type="button" class="fold" aria-expanded="true" hidden>Close</button> ${day(date)} ${commitId(commit, commits)} ${subject} <span class="kind">${summary}</span></th></tr>
${rows.map((row) => changeRow(version, row))}</tbody>`
}

function changeRow({ commit, date, subject }: HistoryVersion, row: Row): Html {
  const { sign, subject: of, what, grade } = row
  const cells = [
    html`<abbr title="${commit} ${subject}">${commit.slice(0, 7)}</abbr>`,
    html`${SIGN_WORDS[sign]}`,
    html`${of}`,
    html`<code>${what}</code>`,
    html`${grade ? badge(grade) : ''}`,
  ]
  return html`<tr class="item" role="row" data-kind="${SIGN_WORDS[sign]}">${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at] ?? ''}"${at === 0 ? html` data-sort="${date}"` : ''}>${cell}</td>`)}</tr>\n`
}
