import * as Plot from '@observablehq/plot'
import { printSlot } from '../../core/clouds/slot.ts'
import { groupBy } from '../../core/group.ts'
import type { HistoryVersion } from '../../core/history/history.ts'
import { CHARACTER, chart, drawChart, FONT_SIZE, sign, WIDTH } from './chart.ts'
import { commitId, day, type Html, html, numbers } from './html.ts'
import type { PageStream } from './older.ts'

const HEIGHT = 300
/** Shorter histories have no chart. */
const SHORTEST = 7 * 24 * 60 * 60 * 1000

/** More plans than that reuse the first symbols. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross', 'hexagon']

interface Point {
  readonly at: Date
  /** Of the plan's worst image; undefined if it had none. */
  readonly days: number | undefined
}

interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

interface Indexed {
  readonly index: number
}

/**
 * The lag of each plan's worst image after each commit. Undefined if it never changed, or if the
 * commits are of one week.
 */
export function lagChart({ history: all, commits }: PageStream): Html | undefined {
  const start = all.findIndex(({ slots }) => slots.some(({ days }) => days !== undefined))
  const history = all.slice(Math.max(0, start))
  const series = getSeries(history)
  const times = history.map(({ date }) => Date.parse(date))
  const isShort = Math.max(...times) - Math.min(...times) < SHORTEST
  const isFlat = series.every(({ points }) => new Set(points.map(({ days }) => days)).size < 2)
  if (isShort || isFlat) return undefined
  return html`${chart(
    'Chart of the lag',
    'Days from an image to its build, for the worst image of each plan, after each commit. An image that is newer than its build counts as zero.',
    html`<ul class="key">${series.map(({ name }, index) => html`<li>${sign(SYMBOLS[index % SYMBOLS.length] ?? '', colorVariable(index))} ${name}</li>`)}</ul>`,
    draw(series),
  )}
${lagNumbers(history, commits)}`
}

/** A line for each plan; plans that were always alike share one. */
function getSeries(history: readonly HistoryVersion[]): Series[] {
  const plans = groupBy(
    history.flatMap(({ slots }) => slots),
    ({ slot }) => `${slot.cloud} ${slot.plan}`,
  )
  const series = [...plans.keys()].map((name) => ({
    name,
    points: history.map((version): Point => {
      const lags = version.slots.flatMap(({ slot, days }) =>
        `${slot.cloud} ${slot.plan}` === name && days !== undefined ? [days] : [],
      )
      return {
        at: new Date(version.date),
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

/** `azure ocp, opp, oke`: the cloud is printed once. */
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

function draw(series: readonly Series[]): Html {
  const points = series.flatMap(({ name, points }, at) =>
    points.map((point) => ({ ...point, name, at: point.at, index: at })),
  )
  const end = getEnd(series)
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
      marginRight: longest * CHARACTER + 32,
      marginTop: 24,
      x: { type: 'utc', label: null },
      y: { label: 'days behind', grid: true, domain: [0, top * 1.05], nice: true },
      color: { type: 'identity' },
      symbol: { type: 'identity' },
      marks: [
        Plot.axisY({ fontSize: FONT_SIZE, label: 'days behind', ticks: 5, tickFormat: 'd' }),
        Plot.axisX({ fontSize: FONT_SIZE, label: null }),
        Plot.ruleY([0], { stroke: 'var(--build)' }),
        Plot.line([...points, ...lasting], {
          x: 'at',
          y: 'days',
          z: 'name',
          stroke: ({ index }: Indexed) => colorVariable(index),
          strokeWidth: 2,
          curve: 'step-after',
        }),
        Plot.dot(points, {
          x: 'at',
          y: 'days',
          r: 4,
          symbol: ({ index }: Indexed) => SYMBOLS[index % SYMBOLS.length],
          fill: ({ index }: Indexed) => colorVariable(index),
        }),
        Plot.text(labels(series, top, end), {
          x: 'at',
          y: 'height',
          text: 'name',
          textAnchor: 'start',
          dx: 10,
          fontSize: FONT_SIZE,
          fill: ({ index }: Indexed) => colorVariable(index),
        }),
      ],
    },
    label,
  )
}

/** Shortly after the last commit, so that the last step is visible. */
function getEnd(series: readonly Series[]): Date {
  const times = series.flatMap(({ points }) => points.map(({ at }) => Number(at)))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  return new Date(last + (last - first) * 0.03)
}

function colorVariable(index: number): string {
  return `var(--series-${(index % SYMBOLS.length) + 1})`
}

/** Each line's name at its end, moved up where it would stand on another. */
function labels(series: readonly Series[], top: number, end: Date) {
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

function lagNumbers(history: readonly HistoryVersion[], commits: string | undefined): Html {
  let before = new Map<string, number | undefined>()
  return numbers(
    'days of lag for each image, from the commit that changed it',
    [['date'], ['commit'], ['slot'], ['days behind', 'number']],
    history.flatMap(({ date, commit, slots }) => {
      const now = new Map(slots.map((each) => [printSlot(each.slot), each.days]))
      const moved = [...now].filter(
        ([slot, days]) => days !== undefined && days !== before.get(slot),
      )
      before = now
      return moved.map(([slot, days]) => [day(date), commitId(commit, commits), slot, String(days)])
    }),
  )
}
