import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { Html, html } from './html.ts'

/** The size of all text in a chart, in pixels of the page. */
export const FONT_SIZE = 12
/** The width of a character of that size. */
export const CHARACTER = 6.7
export const WIDTH = 960

/**
 * Draws a chart as SVG, which scales with the page. Colors are the page's variables, so that both
 * themes have their own. Inline styles are removed, as the page's policy forbids them.
 *
 * @param label what the chart shows, in a sentence
 */
export function drawChart(options: Plot.PlotOptions, label: string): Html {
  const svg = plot(options)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  return Html.trusted(svg.outerHTML)
}

/** One sign of a chart, for its key. */
export function sign(symbol: string, color: string): Html {
  const at = {
    x: 0.5,
    y: 0.5,
    r: 5,
    symbol: () => symbol,
    fill: () => color,
    stroke: () => color,
  }
  const svg = plot({
    ...{ width: 14, height: 14, margin: 0, axis: null },
    ...{ x: { domain: [0, 1] }, y: { domain: [0, 1] } },
    ...{ color: { type: 'identity' }, symbol: { type: 'identity' } },
    marks: [Plot.dot([symbol], at)],
  })
  svg.setAttribute('aria-hidden', 'true')
  return Html.trusted(svg.outerHTML)
}

/** A chart with its explanation and its key; on a phone, its data replaces it. */
export function chart(label: string, words: string, key: Html, drawing: Html): Html {
  return html`<div class="of-chart"><p>${words}</p>
<figure>${key}<div class="scroll chart-box" tabindex="0" role="region" aria-label="${label}">${drawing}</div></figure></div>
<p class="no-chart">The chart needs a wider screen. Its data:</p>`
}

function plot(options: Plot.PlotOptions) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({ document, className: 'chart', figure: false, ...options })
  for (const style of svg.querySelectorAll('style')) style.remove()
  // Only the drawing as a whole has a label.
  for (const named of svg.querySelectorAll('[aria-label]')) named.removeAttribute('aria-label')
  for (const styled of svg.querySelectorAll('[style]')) styled.removeAttribute('style')
  svg.setAttribute('font-size', String(FONT_SIZE))
  return svg
}
