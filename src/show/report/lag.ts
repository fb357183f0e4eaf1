import * as Plot from '@observablehq/plot'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { printSlot } from '../../core/clouds/slot.ts'
import { groupBy } from '../../core/group.ts'
import { drawChart, FONT_SIZE, sign } from './chart.ts'
import { type Html, html } from './html.ts'
import { chart, day, numbers } from './parts.ts'

const WIDTH = 960
const HEIGHT = 300
const DAY = 24 * 60 * 60 * 1000

/** Told apart by sign and colour; more plans than that begin anew. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross', 'hexagon']

interface Point {
  readonly at: Date | number
  /** Of the plan's worst image; undefined where it had none. */
  readonly days: number | undefined
}

interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

interface Indexed {
  readonly index: number
}

/** Part 3: how many days each plan's worst image was behind its build, from commit to commit. */
export function lagChart(history: readonly HistoryVersion[]): Html {
  const series = seriesOf(history)
  return series.length === 0
    ? html`<p>There is no image with a known build, so there is no lag to draw.</p>`
    : html`${chart(
        'Chart of the lag',
        'Days from an image to its build, for the worst image of each plan, as each commit left it. An image that is newer than its build counts as zero; the numbers have it with a minus.',
        html`<ul class="key">${series.map(({ name }, index) => html`<li>${sign(SYMBOLS[index % SYMBOLS.length] ?? '', colourOf(index))} ${name}</li>`)}</ul>`,
        draw(series, isByTime(history)),
      )}
${lagNumbers(history)}`
}

/** Commits of one day would stand on each other: then they are numbered. */
function isByTime(history: readonly HistoryVersion[]): boolean {
  const times = history.map(({ date }) => Date.parse(date))
  return Math.max(...times) - Math.min(...times) >= DAY
}

/** A line for each plan; plans that were always alike share one. */
function seriesOf(history: readonly HistoryVersion[]): Series[] {
  const byTime = isByTime(history)
  const plans = groupBy(
    history.flatMap(({ slots }) => slots),
    ({ slot }) => `${slot.cloud} ${slot.plan}`,
  )
  const series = [...plans.keys()].map((name) => ({
    name,
    points: history.map((version, at): Point => {
      const lags = version.slots.flatMap(({ slot, days }) =>
        `${slot.cloud} ${slot.plan}` === name && days !== undefined ? [days] : [],
      )
      return {
        at: byTime ? new Date(version.date) : at + 1,
        days: lags.length === 0 ? undefined : Math.max(0, ...lags),
      }
    }),
  }))
  const alike = groupBy(
    series.filter(({ points }) => points.some(({ days }) => days !== undefined)),
    ({ points }) => JSON.stringify(points),
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    return first ? [{ ...first, name: sharedName(group.map(({ name }) => name)) }] : []
  })
}

/** `azure ocp, opp, oke`: the cloud is told once. */
function sharedName(names: readonly string[]): string {
  const clouds = groupBy(names, (name) => name.split(' ')[0] ?? '')
  return [...clouds]
    .map(([cloud, own]) => `${cloud} ${own.map((name) => name.slice(cloud.length + 1)).join(', ')}`)
    .join('; ')
}

/** What has room beside a line: `azure ocp and 5 more`; the key below has them all. */
function shortName(name: string): string {
  const [first = '', ...more] = name.split(/[,;] /)
  return more.length > 0 ? `${first} and ${more.length} more` : first
}

function draw(series: readonly Series[], byTime: boolean): Html {
  const points = series.flatMap(({ name, points }, at) =>
    points.map((point) => ({ ...point, name, at: point.at, index: at })),
  )
  const end = endOf(series, byTime)
  const lasting = series.flatMap(({ name, points }, index) => {
    const last = points.at(-1)
    return last ? [{ ...last, at: end, name, index }] : []
  })
  const top = Math.max(1, ...points.map(({ days }) => days ?? 0))
  const label = `Lag in days: ${series.map(describe).join('; ')}`
  const longest = Math.max(...series.map(({ name }) => shortName(name).length))
  return drawChart(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 48,
      marginRight: longest * 6.7 + 32,
      marginTop: 24,
      x: byTime
        ? { type: 'utc', label: null }
        : { label: 'version', tickFormat: 'd', interval: 1, type: 'linear' },
      y: { label: 'days behind', grid: true, domain: [0, top * 1.05], nice: true },
      color: { type: 'identity' },
      symbol: { type: 'identity' },
      marks: [
        Plot.axisY({ fontSize: FONT_SIZE, label: 'days behind', ticks: 5, tickFormat: 'd' }),
        Plot.axisX({ fontSize: FONT_SIZE, ...(byTime ? { label: null } : { ticks: 8 }) }),
        Plot.ruleY([0], { stroke: 'var(--build)' }),
        Plot.line([...points, ...lasting], {
          x: 'at',
          y: 'days',
          z: 'name',
          stroke: ({ index }: Indexed) => colourOf(index),
          strokeWidth: 2,
          curve: 'step-after',
        }),
        Plot.dot(points, {
          x: 'at',
          y: 'days',
          r: 4,
          symbol: ({ index }: Indexed) => SYMBOLS[index % SYMBOLS.length],
          fill: ({ index }: Indexed) => colourOf(index),
        }),
        Plot.text(labels(series, top, end), {
          x: 'at',
          y: 'height',
          text: 'name',
          textAnchor: 'start',
          dx: 10,
          fontSize: FONT_SIZE,
          fill: ({ index }: Indexed) => colourOf(index),
        }),
      ],
    },
    label,
  )
}

/** A little after the last commit: what it changed is seen to last, and no edge of the chart. */
function endOf(series: readonly Series[], byTime: boolean): Date | number {
  const times = series.flatMap(({ points }) => points.map(({ at }) => Number(at)))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  return byTime ? new Date(last + (last - first) * 0.03) : last
}

function colourOf(index: number): string {
  return `var(--series-${(index % SYMBOLS.length) + 1})`
}

/** Each line's name at its end, moved up where it would stand on another. */
function labels(series: readonly Series[], top: number, end: Date | number) {
  const step = (16 / (HEIGHT - 60)) * top
  let free = 0
  return series
    .map(({ name, points }, index) => {
      const last = points.findLast(({ days }) => days !== undefined)
      return { name: shortName(name), index, at: end, days: last?.days ?? 0 }
    })
    .sort((a, b) => a.days - b.days)
    .map((label) => {
      const height = Math.max(label.days, free)
      free = height + step
      return { ...label, height }
    })
}

function describe({ name, points }: Series): string {
  const lags = points.flatMap(({ days }) => days ?? [])
  return `${name} at most ${Math.max(...lags)}, at last ${lags.at(-1)}`
}

function lagNumbers(history: readonly HistoryVersion[]): Html {
  let before = new Map<string, number | undefined>()
  return numbers(
    'days behind, for each image, from the commit on that made it so',
    [['date'], ['commit'], ['slot'], ['days behind', 'number']],
    history.flatMap(({ date, commit, slots }) => {
      const now = new Map(slots.map((each) => [printSlot(each.slot), each.days]))
      const moved = [...now].filter(
        ([slot, days]) => days !== undefined && days !== before.get(slot),
      )
      before = now
      return moved.map(([slot, days]) => [day(date), commit.slice(0, 7), slot, String(days)])
    }),
  )
}
