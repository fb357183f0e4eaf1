import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { Html } from './html.ts'

/** All that text in a chart is set in, in pixels of the page. */
export const FONT_SIZE = 12

/**
 * Draws a chart to SVG, which scales with the page. Colours are the page's variables, so that both
 * themes have their own. What the page's policy forbids, styles within the drawing, is taken out.
 *
 * @param label what the chart shows, in a sentence; the numbers stand beside it in a table
 */
export function drawChart(options: Plot.PlotOptions, label: string): Html {
  const svg = plot(options)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  return Html.trusted(svg.outerHTML)
}

/** A sign of a chart by itself, for a key whose words stand beside it. */
export function sign(symbol: string, colour: string): Html {
  const at = {
    x: 0.5,
    y: 0.5,
    r: 5,
    symbol: () => symbol,
    fill: () => colour,
    stroke: () => colour,
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

function plot(options: Plot.PlotOptions) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({ document, className: 'chart', figure: false, ...options })
  for (const style of svg.querySelectorAll('style')) style.remove()
  // The drawing as a whole has a label; its parts are no elements that could have one.
  for (const named of svg.querySelectorAll('[aria-label]')) named.removeAttribute('aria-label')
  for (const styled of svg.querySelectorAll('[style]')) styled.removeAttribute('style')
  svg.setAttribute('font-size', String(FONT_SIZE))
  return svg
}
