import * as Plot from '@observablehq/plot'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { counted } from '../../printable.ts'
import { drawChart, FONT_SIZE, sign } from './chart.ts'
import { printDay } from './dates.ts'
import { badge, LOOKS, type Look } from './grades.ts'
import { type Html, html } from './html.ts'
import { chart, numbers } from './parts.ts'
import { type Bar, type Row, rowsOf } from './rows.ts'

const WIDTH = 960
const ROW_HEIGHT = 34
const CHARACTER = 6.7
const LABEL_HEIGHT = 14
/** The last builds have their release beside them. */
const LABELLED = 4

/** Part 2: builds and images by the day they are of; the line between the two is the lag. */
export function timeline(history: readonly HistoryVersion[]): Html {
  const rows = rowsOf(history)
  const hasImages = history.some(({ slots }) => slots.some(({ image }) => image !== undefined))
  if (hasImages && history.every(({ releases }) => Object.keys(releases).length === 0)) {
    return html`<p>No build is known that the images could be set against.</p>`
  }
  const start = startOf(history)
  const words =
    rows.length > 0
      ? flatWords(rows, start)
      : 'There is no slot of which image and build tell their days.'
  return html`${words === undefined ? figure(rows, hasImages, start) : html`<p>${words}</p>`}
${hasImages ? '' : html`<p>No slot with a marketplace image is known.</p>`}
${hasImages ? imageNumbers(rows) : buildNumbers(rows)}`
}

/** The day of the first version; what is older is clipped there. */
function startOf(history: readonly HistoryVersion[]): Date {
  return new Date(history[0]?.date.slice(0, 10) ?? 0)
}

/** What would stand on one day of a chart, in words; undefined where there is something to draw. */
function flatWords(rows: readonly Row[], start: Date): string | undefined {
  const builds = rows.flatMap((row) => row.builds.map(({ day }) => day))
  const images = rows.flatMap(({ bars }) => bars.map(({ imageDay }) => imageDay))
  if (builds.length === 0) return 'No release tells its day.'
  const areOld = (days: readonly Date[]) => days.length > 0 && days.every((day) => day < start)
  const days = new Set([...builds, ...images].map((day) => clipped(day, start).getTime()))
  if (days.size > 1 && !areOld(images)) return undefined
  const what = [
    ...(builds.length > 0 ? [`builds of ${spanOf(builds)}`] : []),
    ...(images.length > 0 ? [`images of ${spanOf(images)}`] : []),
  ].join(' and ')
  const old = areOld([...builds, ...images]) ? ', all' : areOld(images) ? ', the images all' : ''
  const before = old && `${old} older than the first version here, of ${printDay(start)}`
  return `There are ${what}${before}: too few days for a chart.`
}

function clipped(day: Date, start: Date): Date {
  return day < start ? start : day
}

/** `2024-09-16 to 2024-10-09` */
function spanOf(days: readonly Date[]): string {
  const times = days.map((day) => day.getTime())
  const ends = [Math.min(...times), Math.max(...times)].map((time) => printDay(new Date(time)))
  return [...new Set(ends)].join(' to ')
}

function figure(rows: readonly Row[], hasImages: boolean, start: Date): Html {
  const label = `Timeline of ${counted(rows.length, 'row')}: ${rows.map(({ label }) => label).join(', ')}`
  const bars = rows.flatMap(({ bars }) => bars)
  const looks = (Object.keys(LOOKS) as Look[]).filter((look) =>
    bars.some((bar) => bar.look === look),
  )
  const key = html`<ul class="key">${looks.map((look) => html`<li>${sign(LOOKS[look].symbol, colourOf(look))} ${badge(look)}</li>`)}${
    bars.some(({ imageDay }) => imageDay < start)
      ? html`<li><span aria-hidden="true">${OLDER}</span> older than the chart</li>`
      : ''
  }<li><span aria-hidden="true">|</span> build</li></ul>`
  const words = hasImages
    ? 'Each row is a slot, or several that were always alike. A build stands on the day it was made, an image on the day its version tells; the line from the image to the last build that it stood for is its lag. In words beside it: the lag now.'
    : 'Each row is an architecture; a build stands on the day it was made.'
  return chart('Chart of builds and images', words, key, draw(rows, label, start))
}

/** In the place of an image that is older than the chart. */
const OLDER = '◀'

function draw(rows: readonly Row[], label: string, start: Date): Html {
  const builds = rows.flatMap((row) =>
    row.builds.map((build) => ({ row: row.label, ...build, day: clipped(build.day, start) })),
  )
  const bars = rows.flatMap((row) =>
    row.bars.map((bar) => ({
      row: row.label,
      ...bar,
      isOld: bar.imageDay < start,
      imageDay: clipped(bar.imageDay, start),
      buildDay: clipped(bar.buildDay, start),
    })),
  )
  const labels = [
    ...new Map(builds.map(({ release, day }) => [release, { release, day }])).values(),
  ]
    .slice(-LABELLED)
    .map((each, at, all) => ({ ...each, dy: -4 - LABEL_HEIGHT * (all.length - 1 - at) }))
  const current = rows.flatMap((row) => {
    const ends = row.bars.flatMap(({ imageDay, buildDay }) => [
      clipped(imageDay, start),
      clipped(buildDay, start),
    ])
    const end = ends.sort((a, b) => a.getTime() - b.getTime()).at(-1)
    return end ? [{ row: row.label, end, now: row.now }] : []
  })
  const longest = Math.max(...rows.map(({ label }) => label.length))
  return drawChart(
    {
      width: WIDTH,
      height: rows.length * ROW_HEIGHT + 50,
      marginLeft: longest * CHARACTER + 16,
      marginRight: Math.max(...rows.map(({ now }) => now.length)) * CHARACTER + 12,
      marginTop: 8 + LABEL_HEIGHT * labels.length,
      x: { type: 'utc', label: null, grid: true, insetLeft: 12, insetRight: 12 },
      y: { type: 'band', domain: rows.map(({ label }) => label), label: null, padding: 0.25 },
      color: { type: 'identity' },
      symbol: { type: 'identity' },
      marks: [
        Plot.axisY({ tickSize: 0, fontSize: FONT_SIZE, label: null }),
        Plot.axisX({ fontSize: FONT_SIZE, label: null }),
        Plot.tickX(builds, { x: 'day', y: 'row', stroke: 'var(--build)', strokeWidth: 2 }),
        Plot.link(bars, {
          x1: 'imageDay',
          x2: 'buildDay',
          y1: 'row',
          y2: 'row',
          stroke: ({ look }: Bar) => colourOf(look),
          strokeWidth: 3,
        }),
        ...labels.map(({ release, day, dy }) =>
          Plot.text([release], {
            x: () => day,
            frameAnchor: 'top',
            text: (text: string) => text,
            textAnchor: 'end',
            dy,
            fontSize: FONT_SIZE,
            fill: 'var(--build)',
          }),
        ),
        Plot.text(
          bars.filter(({ isOld }) => isOld),
          {
            x: 'imageDay',
            y: 'row',
            text: () => OLDER,
            fill: ({ look }: Bar) => colourOf(look),
            fontSize: FONT_SIZE,
          },
        ),
        Plot.dot(
          bars.filter(({ isOld }) => !isOld),
          {
            x: 'imageDay',
            y: 'row',
            r: 5,
            symbol: ({ look }: Bar) => LOOKS[look].symbol,
            fill: ({ look }: Bar) => colourOf(look),
            stroke: 'var(--paper)',
          },
        ),
        Plot.text(current, {
          x: 'end',
          y: 'row',
          text: 'now',
          textAnchor: 'start',
          dx: 9,
          fontSize: FONT_SIZE,
          fill: 'currentColor',
        }),
      ],
    },
    label,
  )
}

function colourOf(look: string): string {
  return `var(--${look})`
}

function imageNumbers(rows: readonly Row[]): Html {
  return numbers(
    'images by slot, each with the last build that it stood for',
    [['slot'], ['image'], ['of'], ['build'], ['of'], ['grade'], ['days behind', 'number']],
    rows.flatMap(({ label, bars }) =>
      bars.map(({ version, imageDay, release, buildDay, look, days }) => [
        ...[label, version, printDay(imageDay), release, printDay(buildDay), LOOKS[look].word],
        days === undefined ? '' : String(days),
      ]),
    ),
  )
}

function buildNumbers(rows: readonly Row[]): Html {
  return numbers(
    'builds by architecture',
    [['architecture'], ['build'], ['of']],
    rows.flatMap(({ label, builds }) =>
      builds.map(({ release, day }) => [label, release, printDay(day)]),
    ),
  )
}
