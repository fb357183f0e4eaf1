import { missingImages } from '../../core/audit/skew/skew.ts'
import { groupBy } from '../../core/group.ts'
import type { HistoryVersion } from '../../core/history/history.ts'
import type { SlotState } from '../../core/history/state.ts'
import { counted } from '../../printable.ts'
import { describeVersion } from '../history.ts'
import { countStandings, getLook, getStanding, LOOKS, lagText, plansText } from './grades.ts'
import { commitId, day, Html, html } from './html.ts'
import { countVersions, type PageStream } from './older.ts'

/** The head of a stream's part: the headline, the numbers with their trend, what is outdated. */
export function summary(stream: PageStream, id: (part: string) => string): Html {
  const { name, history, older = [], commits } = stream
  const [first, last] = [history[0], history.at(-1)]
  if (last === undefined || first === undefined) return html``
  const broken = history.filter(({ problem }) => problem !== undefined).length
  return html`<header><p class="eyebrow">Marketplace images of</p><h1>${name}</h1>
<p class="span">${counted(countVersions(stream), 'version')} in git, ${day(older[0]?.begins ?? first.date)} to ${day(last.date)}, the last one in commit ${commitId(last.commit, commits)}</p>
${lastChange(stream, id('changes'))}
${older.length > 0 ? html`<p class="span">This page shows the latest ${history.length} versions, from ${day(first.date)} on. Earlier ones are counted per year under <a href="#${id('changes')}">Changes</a>; <code>stream-snapshot history</code> lists them.</p>` : ''}
${broken > 0 ? html`<p class="warning">${counted(broken, 'version')} cannot be read; the causes are under <a href="#${id('changes')}">Changes</a>.</p>` : ''}
${verdict(history, last, id('publish'))}</header>`
}

function lastChange({ history, commits }: PageStream, changesId: string): Html {
  const last = history.findLast((version) => describeVersion(version) !== '')
  if (last === undefined) return html``
  const { date, commit, subject } = last
  return html`<p class="changed"><strong>Last change</strong> on ${day(date)} in ${commitId(commit, commits)} ${subject}: <a href="#${changesId}">${describeVersion(last)}</a></p>`
}

function verdict(
  history: readonly HistoryVersion[],
  { slots, ocp }: HistoryVersion,
  publishId: string,
): Html {
  if (slots.length === 0) return html`<p class="verdict">${headline(slots, ocp)}.</p>`
  const toPublish = missingImages(slots).length
  const graded = history.filter(isGraded)
  const figures = FIGURES.flatMap(({ name, look, count }) => {
    const shown = look === 'unknown' || graded.at(-1) !== history.at(-1) ? history : graded
    const values = shown.map((version) => count(version.slots))
    const isShown =
      (values.at(-1) ?? 0) > 0 || (look !== 'unknown' && values.some((value) => value > 0))
    return isShown ? [figure(name, look, values, shown)] : []
  })
  const outdated = slots.filter((each) => getStanding(each) === 'outdated')
  return html`<p class="verdict">${headline(slots, ocp)}${
    toPublish > 0 ? html`; <a href="#${publishId}">${toPublish} to publish</a>` : ''
  }.</p>
<dl class="figures">${figures}</dl>
${outdated.length > 0 ? html`<ul class="behind">${outdatedList(outdated)}</ul>` : ''}`
}

/** Whether the numbers of a version are known. */
function isGraded({ slots }: HistoryVersion): boolean {
  return slots.some(({ grade }) => grade !== undefined)
}

/** `13 of 58 images are outdated, by up to 526 days; 2 slots have no image`. */
export function headline(slots: readonly SlotState[], ocp: string | undefined): string {
  if (slots.length === 0) return 'No marketplace images'
  const { outdated, empty, ungraded } = countStandings(slots)
  const images = slots.length - empty
  const are = (count: number) => (count === 1 ? 'is' : 'are')
  const hasBuild = slots.some(({ release }) => release !== undefined)
  const lag = getWorstLag(slots)
  const cause = !hasBuild ? 'build unknown' : ocp === undefined ? 'OCP version unknown' : undefined
  const graded = `${outdated} of ${counted(images, 'image')} ${are(outdated)} outdated${lag > 0 ? `, by up to ${counted(lag, 'day')}` : ''}`
  const clauses = [
    ...(images === 0 ? [] : [cause ? `${counted(images, 'image')}, not graded: ${cause}` : graded]),
    ...(empty > 0 ? [`${counted(empty, 'slot')} ${empty === 1 ? 'has' : 'have'} no image`] : []),
    ...(ungraded > 0 && !cause ? [`${ungraded} ${are(ungraded)} not graded`] : []),
  ]
  return clauses.join('; ')
}

function getWorstLag(slots: readonly SlotState[]): number {
  const outdated = slots.filter((each) => getStanding(each) === 'outdated')
  return Math.max(0, ...outdated.map(({ days }) => days ?? 0))
}

interface Figure {
  readonly name: string
  readonly look: string
  readonly count: (slots: readonly SlotState[]) => number
}

const FIGURES: readonly Figure[] = [
  { name: 'outdated', look: 'older-build', count: (slots) => countStandings(slots).outdated },
  { name: 'days of lag at most', look: 'older-release', count: getWorstLag },
  { name: 'to publish', look: 'to-publish', count: (slots) => missingImages(slots).length },
  { name: 'slots without an image', look: 'none', count: (slots) => countStandings(slots).empty },
  {
    name: 'newer than the build',
    look: 'newer-build',
    count: (slots) => countStandings(slots).newer,
  },
  { name: 'same build', look: 'exact', count: (slots) => countStandings(slots).exact },
  { name: 'not graded', look: 'unknown', count: (slots) => countStandings(slots).ungraded },
]

/** A number with its trend: a line over all versions, and the value before the last change. */
function figure(
  name: string,
  look: string,
  values: readonly number[],
  history: readonly HistoryVersion[],
): Html {
  const now = values.at(-1) ?? 0
  return html`<div class="${now > 0 ? look : 'zero'}"><dt>${name}</dt><dd><span class="value">${now}</span>${sparkline(values)}<span class="trend">${trendText(values, history)}</span></dd></div>`
}

function trendText(values: readonly number[], history: readonly HistoryVersion[]): Html {
  const now = values.at(-1) ?? 0
  const at = values.findLastIndex((value) => value !== now)
  const since = history[at + 1]?.date ?? ''
  const before = values[at]
  if (before === undefined) return html`unchanged since ${day(since)}`
  return html`${before < now ? 'up' : 'down'} from ${before} on ${day(since)}`
}

const [LINE_WIDTH, LINE_HEIGHT] = [64, 20]

function sparkline(values: readonly number[]): Html {
  const most = Math.max(...values)
  if (values.length < 2 || Math.min(...values) === most) return html``
  const x = (at: number) => ((at * LINE_WIDTH) / (values.length - 1)).toFixed(1)
  const y = (value: number) => (LINE_HEIGHT - 2 - (value / most) * (LINE_HEIGHT - 4)).toFixed(1)
  const points = values.map((value, at) =>
    at === 0 ? `${x(0)},${y(value)}` : `${x(at)},${y(values[at - 1] ?? 0)} ${x(at)},${y(value)}`,
  )
  return Html.trusted(
    `<svg class="sparkline" viewBox="0 0 ${LINE_WIDTH} ${LINE_HEIGHT}" width="${LINE_WIDTH}" height="${LINE_HEIGHT}" aria-hidden="true"><polyline points="${points.join(' ')}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>`,
  )
}

/** The outdated images, the largest lag first; plans of a cloud with the same lag together. */
function outdatedList(outdated: readonly SlotState[]): Html[] {
  const lag = (state: SlotState) =>
    (state.days ?? 0) > 0 ? lagText(state.days) : LOOKS[getLook(state)].word
  const alike = groupBy(outdated, (each) => `${lag(each)} ${each.slot.cloud}`)
  return [...alike.values()]
    .sort((a, b) => (b[0]?.days ?? 0) - (a[0]?.days ?? 0))
    .map((group) => {
      const [first] = group
      if (first === undefined) return html``
      const regions = [...new Set(group.flatMap(({ slot }) => slot.region ?? []))]
      const where = regions.length > 0 ? ` in ${regions.join(', ')}` : ''
      return html`<li><strong>${lag(first)}</strong>: ${first.slot.cloud} ${plansText(group)}${where}</li>`
    })
}
