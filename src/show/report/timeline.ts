import * as Plot from '@observablehq/plot'
import type { HistoryVersion } from '../../core/history/history.ts'
import { counted } from '../../printable.ts'
import { CHARACTER, chart, drawChart, FONT_SIZE, sign, WIDTH } from './chart.ts'
import { badge, LOOKS, type Look } from './grades.ts'
import { type Html, html, numbers } from './html.ts'
import { type Bar, getRows, printDay, type Row } from './rows.ts'

const ROW_HEIGHT = 34
const LABEL_HEIGHT = 14
/** The number of builds, the latest ones, that are labeled with their release. */
const LABELED = 4

/**
 * Builds and images by their days; the line between an image and its build is the lag. Undefined if
 * everything would be on one day, or all images are older than the first version.
 */
export function timeline(history: readonly HistoryVersion[]): Html | undefined {
  const rows = getRows(history)
  const start = new Date(history[0]?.date.slice(0, 10) ?? 0)
  const builds = rows.flatMap((row) => row.builds.map(({ day }) => day))
  const images = rows.flatMap(({ bars }) => bars.map(({ imageDay }) => imageDay))
  const days = new Set([...builds, ...images].map((day) => clip(day, start).getTime()))
  const hasOldImagesOnly = images.length > 0 && images.every((day) => day < start)
  if (builds.length === 0 || days.size < 2 || hasOldImagesOnly) return undefined
  const hasImages = images.length > 0
  return html`${figure(rows, hasImages, start)}
${hasImages ? imageNumbers(rows) : buildNumbers(rows)}`
}

function clip(day: Date, start: Date): Date {
  return day < start ? start : day
}

function figure(rows: readonly Row[], hasImages: boolean, start: Date): Html {
  const label = `Timeline of ${counted(rows.length, 'row')}: ${rows.map(({ label }) => label).join(', ')}`
  const bars = rows.flatMap(({ bars }) => bars)
  const looks = (Object.keys(LOOKS) as Look[]).filter((look) =>
    bars.some((bar) => bar.look === look),
  )
  const key = html`<ul class="key">${looks.map((look) => html`<li>${sign(LOOKS[look].symbol, colorVariable(look))} ${badge(look)}</li>`)}${
    bars.some(({ imageDay }) => imageDay < start)
      ? html`<li><span aria-hidden="true">${OLDER}</span> older than the chart</li>`
      : ''
  }<li><span aria-hidden="true">|</span> build</li></ul>`
  const words = hasImages
    ? 'Each row is a slot, or several slots with the same history. A build is on its day, an image on the day in its version. The line from an image to the last build that it was listed for is its lag. The current lag is beside each row.'
    : 'Each row is an architecture, with each build on its day.'
  return chart('Chart of builds and images', words, key, draw(rows, label, start))
}

/** Replaces an image that is older than the chart. */
const OLDER = '◀'

function draw(rows: readonly Row[], label: string, start: Date): Html {
  const builds = rows.flatMap((row) =>
    row.builds.map((build) => ({ row: row.label, ...build, day: clip(build.day, start) })),
  )
  const bars = rows.flatMap((row) =>
    row.bars.map((bar) => ({
      row: row.label,
      ...bar,
      isOld: bar.imageDay < start,
      imageDay: clip(bar.imageDay, start),
      buildDay: clip(bar.buildDay, start),
    })),
  )
  const labels = [...new Map(builds.map((build) => [build.release, build])).values()]
    .sort((a, b) => a.day.getTime() - b.day.getTime())
    .slice(-LABELED)
    .map((each, at, all) => ({ ...each, dy: -4 - LABEL_HEIGHT * (all.length - 1 - at) }))
  const current = rows.flatMap((row) => {
    const ends = row.bars.flatMap(({ imageDay, buildDay }) => [
      clip(imageDay, start),
      clip(buildDay, start),
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
          stroke: ({ look }: Bar) => colorVariable(look),
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
            fill: ({ look }: Bar) => colorVariable(look),
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
            fill: ({ look }: Bar) => colorVariable(look),
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

function colorVariable(look: string): string {
  return `var(--${look})`
}

function imageNumbers(rows: readonly Row[]): Html {
  return numbers(
    'images per slot, each with the last build that it was listed for',
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
    'builds per architecture',
    [['architecture'], ['build'], ['of']],
    rows.flatMap(({ label, builds }) =>
      builds.map(({ release, day }) => [label, release, printDay(day)]),
    ),
  )
}
