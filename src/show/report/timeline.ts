import * as Plot from '@observablehq/plot'
import type { HistoryVersion } from '../../core/audit/history/history.ts'
import { counted } from '../../printable.ts'
import { drawChart, FONT_SIZE, sign } from './chart.ts'
import { printDay } from './dates.ts'
import { badge, LOOKS, type Look } from './grades.ts'
import { type Html, html } from './html.ts'
import { numbers } from './parts.ts'
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
  const hasImages = rows.some(({ bars }) => bars.length > 0)
  const isDated = rows.some(({ builds, bars }) => builds.length + bars.length > 0)
  return html`<p>${
    hasImages
      ? 'Each row is a place for an image. An upright stroke is a build, on the day it was made; a sign is an image, on the day its version tells, an arrow one of before the first commit; the line from the image to the last build that it stood for is its lag. In words beside it: the lag now.'
      : 'Each row is an architecture, each upright stroke a build, on the day it was made. No marketplace image stands in this file.'
  }</p>
${isDated ? figure(rows, hasImages, startOf(history)) : html`<p>No release tells its day.</p>`}
${hasImages ? imageNumbers(rows) : buildNumbers(rows)}`
}

/** The day of the first commit; what is older is clipped there. */
function startOf(history: readonly HistoryVersion[]): Date {
  return new Date(history[0]?.date.slice(0, 10) ?? 0)
}

function figure(rows: readonly Row[], hasImages: boolean, start: Date): Html {
  const label = `Timeline of ${counted(rows.length, 'row')}: ${rows.map(({ label }) => label).join(', ')}`
  const bars = rows.flatMap(({ label, bars }) => bars.map((bar) => ({ row: label, ...bar })))
  const looks = (Object.keys(LOOKS) as Look[]).filter((look) =>
    bars.some((bar) => bar.look === look),
  )
  const legend = hasImages
    ? html`<ul class="key">${looks.map((look) => html`<li>${sign(LOOKS[look].symbol, colourOf(look))} ${badge(look)}</li>`)}</ul>`
    : html``
  return html`<figure>${legend}<div class="scroll chart-box" tabindex="0" role="region" aria-label="Chart of builds and images">${draw(rows, label, start)}</div></figure>`
}

function draw(rows: readonly Row[], label: string, start: Date): Html {
  const clipped = (day: Date) => (day < start ? start : day)
  const builds = rows.flatMap((row) =>
    row.builds.map((build) => ({ row: row.label, ...build, day: clipped(build.day) })),
  )
  const bars = rows.flatMap((row) =>
    row.bars.map((bar) => ({
      row: row.label,
      ...bar,
      isOld: bar.imageDay < start,
      imageDay: clipped(bar.imageDay),
      buildDay: clipped(bar.buildDay),
    })),
  )
  const labels = [
    ...new Map(builds.map(({ release, day }) => [release, { release, day }])).values(),
  ]
    .slice(-LABELLED)
    .map((each, at, all) => ({ ...each, dy: -4 - LABEL_HEIGHT * (all.length - 1 - at) }))
  const current = rows.flatMap((row) => {
    const ends = row.bars.flatMap(({ imageDay, buildDay }) => [
      clipped(imageDay),
      clipped(buildDay),
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
            text: () => '◀',
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
    'images by place, each with the last build that it stood for',
    [['place'], ['image'], ['of'], ['build'], ['of'], ['grade'], ['days behind', 'number']],
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
